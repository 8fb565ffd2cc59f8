/** The page measured: a report of a long run, how soon it is of use in a browser, and what the live page costs a run. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../generator/measure.js';
import { formatSpread, type Spread, spreadOf } from '../spread.js';
import { figureText, type PageFigure, wanted } from './figures.js';
import { pageOpener } from './interactive.js';
import { writeLargeRun } from './large-run.js';
import { type ReportRun, reportRun } from './report-run.js';
import { watchedRun } from './watched-run.js';

const ROWS = 10_000_000;
const ROWS_QUICK = 60_000;
const LIVE_REQUESTS = 300_000;
const LIVE_REQUESTS_QUICK = 10_000;
const MiB = 2 ** 20;

export interface PageOptions {
  readonly engine: 'native' | 'ts';
  readonly isQuick: boolean;
  readonly say: (line: string) => void;
}

export interface PageFigures {
  readonly rows: number;
  readonly figures: readonly PageFigure[];
  /** Requests a second, round by round in turns. */
  readonly live: {
    readonly requests: number;
    readonly watched: Spread;
    readonly alone: Spread;
    readonly ratio: Spread;
  };
  /** Why a figure was not measured, a sentence each. */
  readonly absent: readonly string[];
}

export async function measurePage({ engine, isQuick, say }: PageOptions): Promise<PageFigures> {
  const rows = isQuick ? ROWS_QUICK : ROWS;
  const scratch = mkdtempSync(join(tmpdir(), 'floodproof-bench-'));
  const figures: PageFigure[] = [];
  const absent: string[] = [];
  try {
    say(`a run of ${rows.toLocaleString('en-US')} requests, six actors, 300 bins:`);
    const page = join(scratch, 'report.html');
    figures.push(...(await measureReports(join(scratch, 'run'), rows, { page, rounds: isQuick ? 1 : 3 })));
    const opener = await pageOpener();
    if ('absent' in opener) absent.push(`how soon the page is of use was not measured: ${opener.absent}`);
    else figures.push(...(await measureInteractive(page, opener.open, isQuick ? 2 : 7)));
    for (const figure of figures) say(`  ${figureText(figure)}`);
    for (const sentence of absent) say(`  ${sentence}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const requests = isQuick ? LIVE_REQUESTS_QUICK : LIVE_REQUESTS;
  const live = await measureLive(engine, requests, isQuick ? 2 : 7);
  const cost: PageFigure = { ...wanted.liveCost, spread: costOf(live.ratio) };
  say(`a run in a closed loop, ${requests.toLocaleString('en-US')} requests each round:`);
  say(
    `  alone: ${formatSpread(live.alone, 0)} requests/s; with its live page and one reader: ${formatSpread(live.watched, 0)}`,
  );
  say(`  with / without, round by round: ${formatSpread(live.ratio, 3)}`);
  say(`  ${figureText(cost)}`);
  return { rows, figures: [...figures, cost], live: { requests, ...live }, absent };
}

interface ReportPlace {
  /** Where the report is written, and stays. */
  readonly page: string;
  readonly rounds: number;
}

async function measureReports(folder: string, rows: number, { page, rounds }: ReportPlace): Promise<PageFigure[]> {
  writeLargeRun(folder, rows);
  const [series, aside] = [join(folder, 'series.json'), join(folder, 'aside')];
  const saved: ReportRun[] = [];
  const remade: ReportRun[] = [];
  for (let round = 0; round < rounds; round++) {
    renameSync(series, aside);
    remade.push(await reportRun(folder, page));
    renameSync(aside, series);
    saved.push(await reportRun(folder, page));
  }
  const of = (runs: readonly ReportRun[], value: (run: ReportRun) => number): Spread => spreadOf(runs.map(value));
  return [
    { ...wanted.savedSeconds, spread: of(saved, ({ seconds }) => seconds) },
    { ...wanted.savedPeak, spread: of(saved, ({ peakMiB }) => peakMiB) },
    { ...wanted.remadeSeconds, spread: of(remade, ({ seconds }) => seconds) },
    { ...wanted.remadePeak, spread: of(remade, ({ peakMiB }) => peakMiB) },
    { ...wanted.pageSize, spread: of([...saved, ...remade], ({ pageBytes }) => pageBytes / MiB) },
  ];
}

type Open = (page: string) => Promise<{ readonly drawnMs: number; readonly answeredMs: number }>;

async function measureInteractive(page: string, open: Open, rounds: number): Promise<PageFigure[]> {
  const seen: Awaited<ReturnType<Open>>[] = [];
  // The first one brings the browser itself from the disk, and does not count.
  for (let round = 0; round <= rounds; round++) {
    const one = await open(page);
    if (round > 0) seen.push(one);
  }
  return [
    { ...wanted.drawn, spread: spreadOf(seen.map(({ drawnMs }) => drawnMs)) },
    { ...wanted.interactive, spread: spreadOf(seen.map(({ answeredMs }) => answeredMs)) },
  ];
}

type Live = Pick<PageFigures['live'], 'watched' | 'alone' | 'ratio'>;

async function measureLive(engine: 'native' | 'ts', requests: number, rounds: number): Promise<Live> {
  const { port, child } = await startServer();
  const [watched, alone]: [number[], number[]] = [[], []];
  try {
    // The first round warms the server and the disk, and does not count. Who goes first takes turns.
    for (let round = 0; round <= rounds; round++) {
      for (const isWatched of round % 2 === 0 ? [true, false] : [false, true]) {
        const { perSecond } = await watchedRun(port, { engine, requests, isWatched });
        if (round > 0) (isWatched ? watched : alone).push(perSecond);
      }
    }
  } finally {
    child.disconnect();
  }
  const ratio = spreadOf(watched.map((value, index) => value / (alone[index] ?? Number.NaN)));
  return { watched: spreadOf(watched), alone: spreadOf(alone), ratio };
}

/** Percent that is lost. */
function costOf({ median, min, max }: Spread): Spread {
  const lost = (ratio: number): number => (1 - ratio) * 100;
  return { median: lost(median), min: lost(max), max: lost(min) };
}
