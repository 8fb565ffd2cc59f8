/** `floodproof report`: any report of runs that were saved, made from what their folders hold. */
import { join } from 'node:path';
import process from 'node:process';
import { buildWorld } from '../actors/identities/world.js';
import type { ArchivedRun } from '../archive/archived-run.js';
import { upToDamage, withSeries } from '../archive/remade-series.js';
import { writeWhole } from '../engine/record/run-folder.js';
import { ExitCode, FloodproofError } from '../errors.js';
import { type JudgedWorld, judgedWorld } from '../judge/judged-world.js';
import { columnNames } from '../judge/observation.js';
import type { SuiteDocument } from '../judge/verdict.js';
import { renderJson } from '../report/json.js';
import { renderJunit } from '../report/junit.js';
import { renderMarkdown } from '../report/markdown.js';
import { renderPage } from '../report/page.js';
import { savedPage } from '../report/page-run.js';
import { RequestLines, requestsCsvHead } from '../report/requests-csv.js';
import { seriesCsv, seriesCsvHead } from '../report/series-csv.js';
import { renderSuite, renderVerdict } from '../report/terminal.js';
import { readPageTemplate } from '../watch/page-file.js';
import { pageRunOf, readRuns, runName, scenarioOf, suiteOf } from './archived-runs.js';
import type { Console } from './console.js';
import { openFile } from './open-file.js';
import { openSink } from './text-sink.js';
import { visible } from './visible.js';

export const reportFormats = ['terminal', 'html', 'markdown', 'junit', 'csv', 'requests-csv', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export interface ReportFlags {
  readonly format: ReportFormat;
  /** null = stdout, and for a page the folder of the run; `-` = stdout. */
  readonly out: string | null;
  /** Whether the page is shown in a browser. */
  readonly open: boolean;
}

/** Series of so many runs make a page that browsers still open. */
const PAGE_RUNS_MAX = 100;

/**
 * @returns 0 when the report was made, whatever the verdicts in it are: they were told by the exit code of the run.
 * @throws {FloodproofError} FP_RUN_UNREADABLE when there is nothing of a run, FP_DISK, FP_PAGE_ABSENT
 */
export async function reportCommand(paths: readonly string[], flags: ReportFlags, console: Console): Promise<number> {
  assertUsage(paths, flags);
  const runs = readRuns(paths);
  if (flags.format === 'html') await writePage(paths, runs, flags, console);
  else if (flags.format === 'csv') await writeLines(runs.map(withSeries), flags, console, seriesCsvHead, seriesPieces);
  else if (flags.format === 'requests-csv') await writeLines(runs, flags, console, requestsCsvHead, requestPieces);
  else writeSuite(runs, flags, console);
  return ExitCode.pass;
}

/** @throws {FloodproofError} FP_USAGE */
function assertUsage(paths: readonly string[], { format, out, open }: ReportFlags): void {
  const [first = '', ...more] = paths;
  if (open && (format !== 'html' || out === '-')) {
    throw new FloodproofError('FP_USAGE', '--open shows a page: add --format html, and let it be written to a file');
  }
  if (format === 'html' && out === null && more.length > 0) {
    const hint = `add --out FILE, or name the folder in which they lie instead of ${visible(first)} and the others`;
    throw new FloodproofError('FP_USAGE', 'a page of several runs needs a place', { hint });
  }
}

async function writePage(
  paths: readonly string[],
  runs: readonly ArchivedRun[],
  { out, open }: ReportFlags,
  console: Console,
): Promise<void> {
  const template = readPageTemplate();
  const shown = runs.slice(-PAGE_RUNS_MAX).map(withSeries);
  if (shown.length < runs.length) console.note(`the page shows the ${shown.length} newest of ${runs.length} runs`);
  const html = renderPage(template, savedPage(shown.map(pageRunOf)));
  tellMissing(shown, console);
  if (out === '-') {
    console.result(html);
    return;
  }
  const file = out ?? join(paths[0] ?? '.', 'report.html');
  writeFile(file, html);
  console.note(`wrote ${visible(file)}`);
  if (open) await openFile(file, process.platform);
}

function writeSuite(runs: readonly ArchivedRun[], { format, out }: ReportFlags, console: Console): void {
  const suite = suiteOf(runs);
  // In a file nobody sees colours.
  const isFile = out !== null && out !== '-';
  const page = { color: console.colorOut && !isFile, width: console.widthOut };
  const text =
    format === 'json'
      ? renderJson(suite)
      : format === 'junit'
        ? renderJunit(suite)
        : format === 'markdown'
          ? renderMarkdown(suite, remarksOf(runs))
          : terminalText(suite, page);
  if (!isFile) {
    console.result(text);
    return;
  }
  writeFile(out, text);
  console.note(`wrote ${visible(out)}`);
}

function terminalText(suite: SuiteDocument, page: { readonly color: boolean; readonly width: number }): string {
  const parts = suite.scenarios.map((document) => renderVerdict(document, page));
  if (suite.scenarios.length !== 1 || suite.errors.length > 0) parts.push(renderSuite(suite, page));
  return parts.join('\n');
}

/** Of runs that have a verdict; why the others have none is told with their names. */
function remarksOf(runs: readonly ArchivedRun[]): readonly string[] {
  const judged = runs.filter(({ verdict }) => verdict !== null);
  return judged.flatMap((run) =>
    run.missing.map((sentence) => (runs.length === 1 ? sentence : `${runName(run)}: ${sentence}`)),
  );
}

/** A table of values has no place for words. */
function tellMissing(runs: readonly ArchivedRun[], console: Console): void {
  for (const run of runs)
    for (const sentence of run.missing) console.note(`${visible(runName(run))}: ${visible(sentence)}`);
}

type Pieces = (run: ArchivedRun, console: Console) => Iterable<string>;

/** Piece by piece, so that memory does not grow with the run. */
async function writeLines(
  runs: readonly ArchivedRun[],
  { out }: ReportFlags,
  console: Console,
  head: string,
  pieces: Pieces,
): Promise<void> {
  tellMissing(runs, console);
  const file = out === '-' ? null : out;
  const sink = openSink(file);
  try {
    let goesOn = await sink.write(head);
    for (const run of runs) {
      if (!goesOn) break;
      for (const piece of pieces(run, console)) {
        goesOn = await sink.write(piece);
        if (!goesOn) break;
      }
    }
  } catch (error) {
    sink.abandon();
    throw error;
  }
  sink.close();
  if (file !== null) console.note(`wrote ${visible(file)}`);
}

function* seriesPieces(run: ArchivedRun): Generator<string> {
  if (run.series !== null) yield* seriesCsv(runName(run), run.series);
}

function* requestPieces(run: ArchivedRun, console: Console): Generator<string> {
  if (run.rows === null) return;
  const plan = run.record?.plan ?? null;
  const lines = new RequestLines({ run: runName(run), scenario: scenarioOf(run), plan, world: worldOf(run, console) });
  const rows = upToDamage(run.rows, columnNames, (why) => {
    console.note(
      `${visible(runName(run))}: the rows end at a damage, and those behind it are not listed: ${visible(why)}`,
    );
  });
  for (const batch of rows()) yield* lines.of(batch);
}

/** null = who took part can't be worked out, and is told by numbers. */
function worldOf(run: ArchivedRun, console: Console): JudgedWorld | null {
  if (run.record === null) return null;
  try {
    return judgedWorld(buildWorld(run.record.plan, run.record.seed));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.note(
      `${visible(runName(run))}: the plan does not tell who took part, so numbers stand for names: ${visible(why)}`,
    );
    return null;
  }
}

/** @throws {FloodproofError} FP_DISK */
function writeFile(file: string, text: string): void {
  try {
    writeWhole(file, text);
  } catch (error) {
    if (!(error instanceof FloodproofError)) throw error;
    const hint = 'free some space, or choose a file that can be written with --out';
    throw new FloodproofError(error.code, error.message, { hint, cause: error.cause });
  }
}
