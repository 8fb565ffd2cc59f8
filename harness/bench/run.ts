/** Every benchmark by its name: the groups of limiters and verifiers, the engines' pair, the generator, arrivals, signing, logs, the page. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FloodproofError } from '../errors.js';
import { openEngine } from '../native/engine.js';
import { measureArrivals } from './arrivals/measure.js';
import { measureEngines } from './engines.js';
import { measureGenerator } from './generator/measure.js';
import { chartOf } from './limiters/chart.js';
import { compare, comparisonText } from './limiters/compare.js';
import { figuresTable } from './limiters/figures.js';
import { findingsOf } from './limiters/findings.js';
import { pageOf } from './limiters/page.js';
import { type BenchDocument, type GroupName, groupNames, parseBenchDocument } from './limiters/row.js';
import { runSuite } from './limiters/suite.js';
import { tablesOf, textOf } from './limiters/tables.js';
import { measureLogs } from './logs/measure.js';
import { doubtOf, machineFacts } from './machine.js';
import { figuresPage } from './page/figures.js';
import { measurePage, type PageFigures } from './page/measure.js';
import { measureSigning } from './signing/measure.js';
import { measureVirtual } from './virtual/measure.js';

const otherNames = ['engines', 'generator', 'arrivals', 'virtual', 'signing', 'logs', 'page'] as const;
type OtherName = (typeof otherNames)[number];
type BenchName = GroupName | OtherName;

const benchNames: readonly BenchName[] = [...groupNames, ...otherNames];

export interface BenchOptions {
  /** None = all. */
  readonly names: readonly string[];
  readonly isQuick: boolean;
  readonly isLarge: boolean;
  readonly ownLimiter: string | null;
  /** File of an earlier run. */
  readonly compareWith: string | null;
  /** null: whole runs in `results/bench`, others in `results/runs/bench`. */
  readonly folder: string | null;
  readonly isJson: boolean;
  readonly result: (text: string) => void;
  readonly note: (line: string) => void;
}

/** @throws {FloodproofError} FP_USAGE, FP_FILE_UNREADABLE, FP_FILE_INVALID, FP_BENCH_DISAGREES, FP_DISK */
export async function runBench(options: BenchOptions): Promise<void> {
  const names = wantedNames(options.names);
  const before = options.compareWith === null ? null : readDocument(options.compareWith);
  const wanted = groupNames.filter((name) => names.includes(name));
  if (options.isJson && wanted.length === 0) {
    throw new FloodproofError('FP_USAGE', '--json prints the figures of limiters, of which none were asked for');
  }
  if (wanted.length > 0) await benchLimiters(options, wanted, before);
  for (const name of otherNames) {
    if (!names.includes(name)) continue;
    if (name === 'generator' && !hasAutocannon()) options.note('generator: left out, its rival autocannon is not here');
    else await benchOther(name, options);
  }
}

/** It comes with a checkout, and not with the published package. */
function hasAutocannon(): boolean {
  try {
    import.meta.resolve('autocannon');
    return true;
  } catch {
    return false;
  }
}

function wantedNames(names: readonly string[]): readonly BenchName[] {
  const unknown = names.filter((name) => !benchNames.some((known) => known === name));
  if (unknown.length > 0) {
    throw new FloodproofError('FP_USAGE', `no such benchmark: ${unknown.join(', ')}`, {
      hint: `there are ${benchNames.join(', ')}; without a name all are run`,
    });
  }
  return names.length === 0 ? benchNames : benchNames.filter((known) => names.includes(known));
}

function readDocument(path: string): BenchDocument {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new FloodproofError('FP_FILE_UNREADABLE', `${path} can not be read`, { cause: error });
  }
  const document = parseBenchDocument(text);
  if (typeof document !== 'string') return document;
  throw new FloodproofError('FP_FILE_INVALID', `${path} holds no figures of limiters: ${document}`, {
    hint: 'name a file that "floodproof bench" has written or printed with --json',
  });
}

async function benchLimiters(
  options: BenchOptions,
  names: readonly GroupName[],
  before: BenchDocument | null,
): Promise<void> {
  const { isQuick, isLarge, ownLimiter, note } = options;
  const document = await runSuite({ names, isQuick, isLarge, ownLimiter, say: note });
  const { machine, versions, commit, doubts, absent, figures, rows } = document;
  const findings = findingsOf(rows, document.figures);
  const isWhole = names.length === groupNames.length && !isQuick && ownLimiter === null;
  const folder = options.folder ?? join('results', isWhole ? 'bench' : join('runs', 'bench'));
  const json = `${JSON.stringify(document, null, 2)}\n`;
  if (rows.length > 0) {
    save(folder, {
      'limiters.json': json,
      'limiters.md': pageOf(document, findings, 'limiters.svg'),
      'limiters.svg': chartOf(rows),
    });
    note(`saved in ${folder}: limiters.json, limiters.md, limiters.svg`);
  }
  const comparison = before === null ? '' : comparisonText(compare(before, document));
  if (options.isJson) {
    options.result(json);
    if (comparison !== '') note(comparison);
    return;
  }
  const parts = [
    `${machine.cpu}, ${machine.cores} cores, Node ${versions.node}, commit ${commit}`,
    ...doubts.map((doubt) => `warning: ${doubt}`),
    ...(figures.length > 0 ? [`\n${textOf(figuresTable(figures))}\n`] : []),
    'Nanoseconds for a decision, median (least to most), the loop included.',
    ...tablesOf(rows).map((table) => `\n${textOf(table)}`),
    ...(findings.length > 0 ? [`\nIn words\n${findings.map((finding) => `  ${finding}`).join('\n')}`] : []),
    ...(absent.length > 0 ? [`\nNot measured\n${absent.map((sentence) => `  ${sentence}`).join('\n')}`] : []),
    ...(comparison === '' ? [] : [`\nAgainst ${options.compareWith}\n${comparison}`]),
  ];
  options.result(parts.join('\n'));
}

async function benchOther(name: OtherName, options: BenchOptions): Promise<void> {
  const machine = machineFacts(['undici', 'piscina', 'hdr-histogram-js', 'apache-arrow', 'hyparquet-writer']);
  const doubt = doubtOf(machine);
  const lines: string[] = [];
  const say = (line: string): void => {
    lines.push(line);
    if (options.isJson) options.note(line);
    else options.result(line);
  };
  say(`${name}: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, commit ${machine.commit}`);
  if (doubt !== '') say(`warning: ${doubt}`);
  const figures = await measureOther(name, options, say);
  const document = { schema: 'floodproof/bench/1', name, machine, doubt, lines, figures };
  const isShort = ['virtual', 'signing', 'logs', 'page'].includes(name) && options.isQuick;
  save(options.folder ?? join('results', isShort ? join('runs', 'bench') : 'bench'), {
    [`${name}.json`]: `${JSON.stringify(document, null, 2)}\n`,
    ...(name === 'page' ? { 'page.md': pageText(figures as PageFigures, lines[0] ?? '', doubt) } : {}),
  });
}

function pageText({ figures, rows, absent }: PageFigures, measuredOn: string, doubt: string): string {
  return figuresPage(figures, { measuredOn, doubt, rows, absent });
}

async function measureOther(
  name: OtherName,
  { isQuick, isLarge }: BenchOptions,
  say: (line: string) => void,
): Promise<unknown> {
  switch (name) {
    case 'engines':
      return measureEngines(say);
    case 'generator':
      return await measureGenerator(openEngine('auto').engine, say);
    case 'arrivals':
      return await measureArrivals(openEngine('auto').engine, say);
    case 'virtual':
      return await measureVirtual(openEngine('auto').engine, { isQuick, isLarge, say });
    case 'signing':
      return await measureSigning(openEngine('auto').engine, { isQuick, say });
    case 'logs':
      return await measureLogs(isQuick, say);
    case 'page':
      return await measurePage({ engine: openEngine('auto').engine, isQuick, say });
  }
}

function save(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new FloodproofError('FP_DISK', `${folder} can not be written: ${words}`, { cause: error });
  }
}
