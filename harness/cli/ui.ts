/** `floodproof ui`: the runs that are saved, as a list, as the history of a metric, in a browser, and without the old ones. */
import { dirname, join, relative, sep } from 'node:path';
import process from 'node:process';
import { knownMetrics, metricName, metricValue } from '../archive/metric-value.js';
import { chooseRuns, linkedFrom, removeRun } from '../archive/prune.js';
import { type ListedRun, listFolder } from '../archive/run-list.js';
import { writeWhole } from '../engine/record/run-folder.js';
import { ExitCode, FloodproofError } from '../errors.js';
import {
  formatBytes,
  type History,
  type HistoryRow,
  renderHistories,
  renderRuns,
  unusableText,
} from '../report/run-table.js';
import { renderRunsPage } from '../report/runs-page.js';
import { isJudged } from '../report/verdict-word.js';
import type { Console } from './console.js';
import { openFile } from './open-file.js';
import { reportCommand } from './report.js';
import { serveRuns } from './serve-runs.js';
import { visible } from './visible.js';

export interface UiFlags {
  /** Whose history is told; null = none. */
  readonly metric: string | null;
  /** Only runs of this scenario; null = all. */
  readonly scenario: string | null;
  readonly prune: boolean;
  readonly keep: number;
  /** null = of any age. */
  readonly olderThanMs: number | null;
  /** Whether what the rule chose is removed. */
  readonly yes: boolean;
  /** Whether the page of the newest run is shown in a browser. */
  readonly open: boolean;
  /** Port of the list in a browser, 0 = a free one; null = it is not served. */
  readonly servePort: number | null;
  /** Where the list is written as a page that links to the page of each run; null = nowhere. */
  readonly html: string | null;
}

/** @throws {FloodproofError} FP_USAGE, FP_RUN_UNREADABLE, FP_DISK, FP_PORT_TAKEN, FP_PAGE_ABSENT, FP_SYSTEM_ABSENT */
export async function uiCommand(parent: string, flags: UiFlags, console: Console): Promise<number> {
  assertUsage(flags);
  if (flags.servePort !== null) return await serveRuns(parent, flags.servePort, flags.open, console);
  const list = listFolder(parent);
  const runs = list.runs.filter(({ scenario }) => flags.scenario === null || scenario === flags.scenario);
  if (flags.prune) {
    prune(parent, runs, flags, console);
  } else if (flags.metric !== null) {
    console.result(renderHistories(metricName(flags.metric), historiesOf(runs, flags.metric), pageOf(console)));
  } else if (flags.html !== null) {
    const from = dirname(flags.html);
    const linked = runs.map((run) => ({
      ...run,
      href: run.hasPage ? hrefOf(from, join(run.folder, 'report.html')) : null,
    }));
    writeWhole(flags.html, renderRunsPage(parent, linked, list.unusable));
    console.note(`the list is ${visible(flags.html)}`);
  } else if (flags.open) {
    await openNewest(runs, parent, console);
  } else if (runs.length === 0) {
    console.note(`no run lies in ${visible(parent)}`);
    const left = unusableText(list.unusable);
    if (left !== null) console.note(left);
  } else {
    console.result(renderRuns(runs, list.unusable, pageOf(console)));
  }
  return ExitCode.pass;
}

/** @throws {FloodproofError} FP_USAGE */
function assertUsage({ prune, metric, open, yes, olderThanMs, servePort, html }: UiFlags): void {
  const refuse = (message: string): never => {
    throw new FloodproofError('FP_USAGE', message, { hint: 'see "floodproof ui --help"' });
  };
  if (yes && !prune) refuse('--yes removes what --prune chooses: add --prune');
  if (olderThanMs !== null && !prune) refuse('--older-than is a part of the rule of --prune: add --prune');
  if ([prune, metric !== null, servePort !== null, html !== null].filter(Boolean).length > 1) {
    refuse('--prune, --metric, --serve and --html are four things: give one of them');
  }
  if (open && (prune || metric !== null || html !== null))
    refuse('--open shows the newest run, or the list of --serve');
}

/** From a folder to a file below or beside it: names are escaped, whatever they hold. */
function hrefOf(from: string, file: string): string {
  return relative(from, file).split(sep).map(encodeURIComponent).join('/');
}

/** What goes to a file or a pipe is not for a width: each run is one line of it. */
function pageOf({ colorOut, widthOut }: Console): { readonly color: boolean; readonly width: number } {
  return { color: colorOut, width: process.stdout.isTTY === true ? widthOut : Infinity };
}

/**
 * Those of each scenario, target and enforced policy of which any run tells the metric; the oldest run first, scenarios by
 * name. A latency over HTTP and one in virtual time are not two moments of one course.
 */
function historiesOf(runs: readonly ListedRun[], written: string): readonly History[] {
  const metric = metricName(written);
  const byKind = new Map<string, ListedRun[]>();
  for (const run of [...runs].reverse()) {
    const kind = JSON.stringify([run.scenario, run.target, run.otherPolicy?.file ?? null]);
    byKind.set(kind, [...(byKind.get(kind) ?? []), run]);
  }
  const histories = [...byKind].flatMap(([kind, ofIt]) => {
    const rows = ofIt.flatMap((run): HistoryRow[] => {
      const found = metricValue(run, metric);
      return found === null ? [] : [{ ...rowOf(run), ...found }];
    });
    const [{ scenario, target, otherPolicy }] = ofIt as [ListedRun, ...ListedRun[]];
    const history = { scenario, target: target ?? 'a target that is not known', rows };
    return rows.length === 0 ? [] : [{ kind, history: { ...history, otherPolicy: otherPolicy?.file ?? null } }];
  });
  if (histories.length > 0) {
    return histories.sort((a, b) => (a.kind < b.kind ? -1 : 1)).map(({ history }) => history);
  }
  const known = knownMetrics(runs);
  const hint = known.length === 0 ? 'there are no judged runs' : `these runs tell ${known.map(visible).join(', ')}`;
  throw new FloodproofError('FP_USAGE', `no run tells the metric ${visible(written)}`, { hint });
}

function rowOf({ name, started, verdict, faults }: ListedRun): Omit<HistoryRow, 'value' | 'interval' | 'unit'> {
  const counts = verdict !== null && isJudged(verdict.verdict) && faults.length === 0;
  return { name, started, verdict: verdict?.verdict ?? null, counts };
}

function prune(parent: string, runs: readonly ListedRun[], flags: UiFlags, console: Console): void {
  const { keep, olderThanMs, yes } = flags;
  const choices = chooseRuns(runs, { keep, olderThanMs, nowMs: Date.now(), linked: linkedFrom(parent) });
  const going = choices.flatMap(({ run, stays }) => (stays === null ? [run] : []));
  for (const { run, stays } of choices) {
    if (stays !== null && run.foreign.length > 0) console.note(`stays: ${visible(run.name)}: ${visible(stays)}`);
  }
  const count = going.length === 1 ? '1 run' : `${going.length} runs`;
  if (!yes) {
    const lines = going.map((run) => `would go: ${visible(run.name)}, ${formatBytes(run.bytes)}`);
    const end = `${count} of ${runs.length} would go, ${bytesOf(going)}${going.length > 0 ? '; add --yes to remove them' : ''}`;
    console.result([...lines, end].join('\n'));
    return;
  }
  const removed: ListedRun[] = [];
  const failures: FloodproofError[] = [];
  for (const run of going) {
    try {
      removeRun(run);
      removed.push(run);
    } catch (error) {
      if (!(error instanceof FloodproofError)) throw error;
      failures.push(error);
    }
  }
  console.result(`removed ${removed.length} of ${runs.length} runs, ${bytesOf(removed)} of disk space`);
  const [first] = failures;
  if (first !== undefined) throw first;
}

function bytesOf(runs: readonly ListedRun[]): string {
  return formatBytes(runs.reduce((sum, run) => sum + run.bytes, 0));
}

/** Its page is made where it is not there yet. @throws {FloodproofError} FP_FILE_EMPTY when there is no run. */
async function openNewest(runs: readonly ListedRun[], parent: string, console: Console): Promise<void> {
  const [newest] = runs;
  if (newest === undefined) {
    const hint = 'play one: "floodproof run scenarios/release"';
    throw new FloodproofError('FP_FILE_EMPTY', `no run lies in ${visible(parent)}`, { hint });
  }
  const { folder, hasPage } = newest;
  if (hasPage) await openFile(join(folder, 'report.html'), process.platform);
  else await reportCommand([folder], { format: 'html', out: null, open: true }, console);
}
