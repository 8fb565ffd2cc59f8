/** Plays scenario after scenario: shows how each goes and its verdict when it is there, and sums them up. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Progress } from '../engine/play.js';
import { writeWhole } from '../engine/record/run-folder.js';
import { FloodproofError, formatError } from '../errors.js';
import type { ObservationBatch } from '../judge/observation.js';
import type { SuiteError, VerdictDocument } from '../judge/verdict.js';
import { renderJson, suiteDocument } from '../report/json.js';
import { renderJunit } from '../report/junit.js';
import type { LiveState } from '../report/live.js';
import { renderSuite, renderVerdict } from '../report/terminal.js';
import type { Plan } from '../scenario/plan.js';
import type { Watchers } from '../watch/watchers.js';
import { tellCi } from './ci-summary.js';
import type { Console } from './console.js';
import type { LiveScreen } from './live-screen.js';
import { ownCommand, quote } from './own-command.js';
import type { PlannedRun } from './planned-run.js';
import { runScenario } from './run-scenario.js';
import type { WatchFlags } from './watching.js';

/** Where a suite's results go, and who watches. */
export interface SuiteFlags extends WatchFlags {
  readonly json: boolean;
  readonly junit: string | null;
  /** Run folders are made in it. */
  readonly out: string;
  /** Run time that passes in a second of real time, in virtual time; infinity = as fast as it goes. */
  readonly speed: number;
  /** Whether two short runs are played beside each one over HTTP. */
  readonly controls: boolean;
}

interface SuiteParts {
  readonly flags: SuiteFlags;
  readonly console: Console;
  readonly screen: LiveScreen;
  readonly stop: AbortSignal;
  readonly watchers: Watchers;
  /** Told of the folder of each run that has a verdict. */
  readonly onSaved: (run: PlannedRun, folder: string) => void;
}

export class SuitePlayer {
  readonly #parts: SuiteParts;
  readonly #documents: VerdictDocument[] = [];
  readonly #errors: SuiteError[] = [];
  #hasPrinted = false;

  constructor(parts: SuiteParts) {
    this.#parts = parts;
  }

  /**
   * An error ends its scenario and not the suite.
   * @param index - its place in the suite.
   * @returns null when there is no verdict.
   */
  async play(run: PlannedRun, index: number): Promise<VerdictDocument | null> {
    const { plan } = run.record;
    const { flags, console, screen, stop, watchers } = this.#parts;
    const seen: { progress: Progress | null; folder: string | null } = { progress: null, folder: null };
    try {
      const document = await runScenario(run, flags.out, {
        stop,
        onProgress: (progress) => {
          seen.progress = progress;
          screen.update(liveState(plan, progress));
          watchers.progress(progress);
        },
        ...(watchers.wantRows ? { onRows: (batch: ObservationBatch) => watchers.rows(batch) } : {}),
        onNote: (line) => screen.print(line),
        onFolder: (folder) => {
          seen.folder = folder;
          watchers.runBegins(index, folder);
        },
        speed: flags.speed,
        controls: flags.controls,
        replayCommand: (folder) =>
          `${ownCommand(process.argv[1] ?? 'floodproof', process.cwd())} replay ${quote(folder)}`,
      });
      if (seen.progress !== null) screen.update(lastState(plan, seen.progress, document));
      screen.close();
      if (console.redraws) console.note('');
      this.#documents.push(document);
      watchers.runEnds(index, { verdict: document, error: null });
      if (!flags.json) this.#print(renderVerdict(document, this.#page));
      console.note(savedText(seen.folder ?? ''));
      if (seen.folder !== null) this.#parts.onSaved(run, seen.folder);
      return document;
    } catch (error) {
      screen.close();
      if (!(error instanceof FloodproofError)) throw error;
      this.#errors.push({ scenario: plan.name, code: error.code, message: error.message });
      watchers.runEnds(index, { verdict: null, error: `${error.code}: ${error.message}` });
      console.error(formatError(error));
      const how = error.code === 'FP_CONSENT_LOST' ? 'was interrupted' : 'has no verdict';
      // Before the first request there is nothing to look at.
      if (seen.folder !== null && seen.progress !== null)
        console.note(`${plan.name} ${how}; what was seen of it is in ${seen.folder}`);
      return null;
    }
  }

  /** Notes a run that an interrupt has left unplayed. */
  leaveOut({ record }: PlannedRun, index: number): void {
    const message = 'not played: the suite was stopped before';
    this.#parts.watchers.runEnds(index, { verdict: null, error: message });
    this.#errors.push({ scenario: record.plan.name, code: 'interrupted', message });
  }

  /** @returns the exit code. */
  finish(): number {
    const { flags } = this.#parts;
    const suite = suiteDocument(this.#documents, this.#errors);
    if (flags.json) this.#parts.console.result(renderJson(suite));
    else if (suite.scenarios.length > 0) this.#print(renderSuite(suite, this.#page));
    if (flags.junit !== null) writeWhole(flags.junit, renderJunit(suite));
    tellCi(suite, process.env, this.#parts.console);
    return suite.exitCode;
  }

  get #page(): { color: boolean; width: number } {
    const { colorOut, widthOut } = this.#parts.console;
    return { color: colorOut, width: widthOut };
  }

  /** One empty line between what is printed. */
  #print(text: string): void {
    this.#parts.console.result(this.#hasPrinted ? `\n${text}` : text);
    this.#hasPrinted = true;
  }
}

/** Where the run lies, and whether its page is there. */
function savedText(folder: string): string {
  return `saved in ${folder}${existsSync(join(folder, 'report.html')) ? ' (with report.html)' : ''}`;
}

/** The run as it ended: the last progress is up to a quarter of a second old. */
function lastState(plan: Plan, last: Progress, document: VerdictDocument): LiveState {
  // Not the very end, from which on a run is said to drain.
  const elapsedUs = Math.min(document.durationMs * 1000, last.totalUs - 1);
  return liveState(plan, { ...last, elapsedUs: Math.max(last.elapsedUs, elapsedUs) });
}

function liveState(plan: Plan, progress: Progress): LiveState {
  return {
    scenario: plan.name,
    elapsedMs: progress.elapsedUs / 1000,
    totalMs: progress.totalUs / 1000,
    phases: plan.phases.map(({ name, startUs, endUs }) => ({ name, startMs: startUs / 1000, endMs: endUs / 1000 })),
    actors: plan.actors.map((actor, index) => {
      const tally = progress.tally.actors[index];
      return {
        name: actor.name,
        label: actor.label,
        sent: tally?.sent ?? 0,
        admitted: tally?.admitted ?? 0,
        throttled: tally?.throttled ?? 0,
        refused: tally?.refused ?? 0,
        banned: tally?.banned ?? 0,
        errors: tally?.errors ?? 0,
        p99Ms: progress.tally.latencyMsP99(index),
      };
    }),
    // A second is told some seconds after it is over; no second is without any delay.
    ownDelayP99Ms: progress.ownDelayMsP99 === 0 ? null : progress.ownDelayMsP99,
  };
}
