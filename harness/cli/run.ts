/** `floodproof run` and `floodproof replay`: plays scenarios one after the other and sums them up. */
import process from 'node:process';
import type { Progress } from '../engine/play.js';
import { readRunRecord, type RunRecord, writeWhole } from '../engine/record/run-folder.js';
import { ExitCode, FloodproofError, formatError } from '../errors.js';
import type { SuiteDocument, VerdictDocument } from '../judge/verdict.js';
import { renderJson, suiteDocument } from '../report/json.js';
import { renderJunit } from '../report/junit.js';
import type { LiveState } from '../report/live.js';
import { renderSuite, renderVerdict } from '../report/terminal.js';
import type { Plan } from '../scenario/plan.js';
import { checkTarget } from '../targets/loopback.js';
import { openEngine } from '../native/engine.js';
import type { Console } from './console.js';
import { catchInterrupt } from './interrupt.js';
import { LiveScreen } from './live-screen.js';
import { loadPolicyFile, loadScenarios } from './load.js';
import { runScenario } from './run-scenario.js';

export interface RunFlags {
  readonly target: string;
  readonly seed: number;
  readonly engine: 'auto' | 'native' | 'ts';
  readonly workers: number;
  readonly repeat: number;
  readonly maxRequests: number | null;
  readonly gatewayPolicy: string | null;
  readonly json: boolean;
  readonly junit: string | null;
  readonly out: string;
}

/** @returns the exit code of the suite. */
export async function runCommand(paths: readonly string[], flags: RunFlags, console: Console): Promise<number> {
  const plans = loadScenarios(paths);
  if (flags.gatewayPolicy !== null && flags.target !== 'gateway') {
    throw new FloodproofError('FP_USAGE', '--gateway-policy is for the embedded gateway; the target is a URL');
  }
  const gatewayPolicy = flags.gatewayPolicy === null ? null : loadPolicyFile(flags.gatewayPolicy);
  // Both faults are better found before the first request.
  openEngine(flags.engine);
  if (flags.target !== 'gateway') await checkTarget(flags.target);
  const records = Array.from({ length: flags.repeat }, () => plans).flat().map(
    (plan): RunRecord => ({
      schema: 'floodproof/run/1',
      plan,
      seed: flags.seed,
      engine: flags.engine,
      workers: flags.workers,
      target: flags.target,
      gatewayPolicy,
      arrivalsMax: flags.maxRequests,
    }),
  );
  return await playSuite(records, flags, console);
}

/** Plays the run of a folder again: same plan, same seed, same flags. */
export async function replayCommand(
  folder: string,
  flags: Pick<RunFlags, 'json' | 'junit' | 'out'>,
  console: Console,
): Promise<number> {
  return await playSuite([readRunRecord(folder)], flags, console);
}

async function playSuite(
  records: readonly RunRecord[],
  flags: Pick<RunFlags, 'json' | 'junit' | 'out'>,
  console: Console,
): Promise<number> {
  const interrupt = catchInterrupt(() => console.note('stopping: what was observed is being saved (again: end at once)'));
  const documents: VerdictDocument[] = [];
  const errorCodes: ExitCode[] = [];
  try {
    for (const record of records) {
      if (interrupt.signal.aborted) break;
      const document = await playOne(record, flags, console, interrupt.signal).catch((error: unknown) => {
        if (!(error instanceof FloodproofError)) throw error;
        console.note(formatError(error));
        errorCodes.push(error.exitCode);
        return null;
      });
      if (document !== null) documents.push(document);
    }
    // Interrupted between two scenarios: nothing was cut, but not everything was played.
    if (interrupt.signal.aborted && !documents.some((document) => document.verdict === 'interrupted')) {
      errorCodes.push(ExitCode.interrupted);
    }
    const suite = suiteDocument(documents, errorCodes);
    writeSuite(suite, flags, console);
    return suite.exitCode;
  } finally {
    interrupt.release();
  }
}

async function playOne(
  record: RunRecord,
  flags: Pick<RunFlags, 'json' | 'out'>,
  console: Console,
  stop: AbortSignal,
): Promise<VerdictDocument> {
  const screen = new LiveScreen(process.stderr, { color: console.colorErr });
  try {
    const { document, folder } = await runScenario(record, flags.out, {
      stop,
      onProgress: (progress) => screen.update(liveState(record.plan, progress)),
      replayCommand: (path) => `floodproof replay ${quote(path)}`,
    });
    screen.close();
    if (!flags.json) console.result(renderVerdict(document, { color: console.colorOut, width: console.widthOut }));
    console.note(`saved in ${folder}`);
    return document;
  } finally {
    screen.close();
  }
}

function writeSuite(suite: SuiteDocument, flags: Pick<RunFlags, 'json' | 'junit'>, console: Console): void {
  if (flags.junit !== null) writeWhole(flags.junit, renderJunit(suite));
  if (flags.json) console.result(renderJson(suite));
  else if (suite.scenarios.length > 0) {
    console.result(renderSuite(suite, { color: console.colorOut, width: console.widthOut }));
  }
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
    ownDelayP99Ms: progress.ownDelayMsP99,
  };
}

/** A path as a shell takes it. */
function quote(path: string): string {
  return /^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
