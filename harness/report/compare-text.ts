/** A comparison for the terminal, as Markdown and as JSON. */
import type { ComparedMetric, ComparisonDocument, Finding } from '../compare/comparison.js';
import { inkOf } from './ink.js';
import { inline } from './markdown.js';
import { formatMeasured } from './quantity.js';
import { layOutTable, type TableColumn } from './table.js';
import { visible, wrapBehind } from './text.js';

export interface ComparisonPage {
  readonly color: boolean;
  readonly width: number;
  /** Every metric, not only those that changed or that an expectation names. */
  readonly all: boolean;
}

const words: Readonly<Record<Finding, string>> = {
  same: 'same',
  better: 'better',
  worse: 'WORSE',
  changed: 'changed',
  untold: "can't be told",
};

export function renderComparisonJson(document: ComparisonDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function renderComparison(document: ComparisonDocument, { color, width, all }: ComparisonPage): string {
  const ink = inkOf(color);
  const shown = shownOf(document, all);
  const paint = (text: string, row: number): string => {
    const finding = shown[row]?.finding;
    if (finding === 'worse') return ink.red(text);
    if (finding === 'better') return ink.green(text);
    return finding === 'changed' ? ink.yellow(text) : text;
  };
  const table = layOutTable(columnsOf(paint), shown.map(cellsOf), width - 2);
  const cautions = cautionsOf(document);
  const lines = [
    ...warningOf(document).flatMap((one) => wrapBehind('', visible(one), width).map(ink.red)),
    `${ink.bold(visible(document.scenario))}  ${headlineOf(document)}`,
    ...(cautions.length === 0 ? [] : wrapBehind('  CAUTION: ', visible(cautions.join('; ')), width)),
    ...sideLines(document, width),
    '',
    `  ${ink.dim(table.head)}`,
  ];
  for (const [index, rows] of table.rows.entries()) {
    lines.push(...rows.map((row) => `  ${row}`));
    const { finding, because } = shown[index] as ComparedMetric;
    if (finding !== 'same') lines.push(...wrapBehind('      ', visible(because), width));
  }
  const hidden = document.metrics.length - shown.length;
  if (hidden > 0) lines.push(ink.dim(`  and ${hidden} more metrics within noise, or that can't be told: --all`));
  const bullets = (title: string, sentences: readonly string[]): string[] =>
    sentences.length === 0
      ? []
      : ['', `  ${ink.dim(title)}`, ...sentences.flatMap((one) => wrapBehind('    - ', visible(one), width))];
  lines.push(
    ...bullets('regressions', document.regressions),
    ...bullets('unlike between the two', document.differences),
    ...bullets('notes', document.notes),
  );
  return `${lines.join('\n')}\n`;
}

export function renderComparisonMarkdown(document: ComparisonDocument, all = false): string {
  const shown = shownOf(document, all);
  const bullets = (title: string, sentences: readonly string[]): string[] =>
    sentences.length === 0 ? [] : ['', `**${title}**`, '', ...sentences.map((one) => `- ${inline(one)}`)];
  const hidden = document.metrics.length - shown.length;
  const cautions = cautionsOf(document);
  const lines = [
    ...warningOf(document).flatMap((one) => [`**${inline(one)}**`, '']),
    `## Floodproof: ${inline(document.scenario)} beside its baseline: ${headlineOf(document)}`,
    '',
    ...(cautions.length === 0 ? [] : [`- **CAUTION**: ${inline(cautions.join('; '))}`]),
    ...sideTexts(document).map((text) => `- ${inline(text)}`),
    '',
    '| metric | baseline | run | change | 95 % | finding |',
    '|---|---:|---:|---:|---|---|',
    ...shown.map((one) => `| ${cellsOf(one).map(inline).join(' | ')} |`),
    ...(hidden > 0 ? ['', `And ${hidden} more metrics within noise, or that can't be told.`] : []),
    ...bullets('Regressions', document.regressions),
    ...bullets(
      'Other changes',
      shown
        .filter(({ finding, expectations }) => isTold(finding) && !(finding === 'worse' && expectations.length > 0))
        .map((one) => `${nameOf(one)}: ${one.because}`),
    ),
    ...bullets('Unlike between the two', document.differences),
    ...bullets('Notes', document.notes),
  ];
  return `${lines.join('\n')}\n`;
}

/** What changed, and what expectations name; all else is noise to whoever reads. */
function shownOf({ metrics }: ComparisonDocument, all: boolean): readonly ComparedMetric[] {
  return all ? metrics : metrics.filter(({ finding, expectations }) => isTold(finding) || expectations.length > 0);
}

function isTold(finding: Finding): boolean {
  return finding === 'worse' || finding === 'better' || finding === 'changed';
}

/** Said before all that the comparison says, since it may be no finding about the target. */
function warningOf({ warnings = [] }: ComparisonDocument): readonly string[] {
  return warnings.length === 0 ? [] : [`COMPARED ANYWAY, though ${warnings.join('; ')}`];
}

/** In one line what came of it, and whether what is said under it must be known first. */
function headlineOf(document: ComparisonDocument): string {
  return `${findingsOf(document)}${cautionsOf(document).length > 0 ? '; CAUTION' : ''}`;
}

/** What makes two runs measure different things: the rest that is unlike is told below. */
const conditions = ['target', 'enforced policy', 'delay each way'];

/** Why what changed may not be the target's doing; empty = nothing is known that makes it so. */
function cautionsOf({ baseline, run, differences }: ComparisonDocument): readonly string[] {
  const sides = [['baseline', baseline] as const, ['run', run] as const].flatMap(([side, { verdicts }]) => {
    const unjudged = [...new Set(verdicts)].filter((one) => ['invalid', 'interrupted', 'none'].includes(one));
    return unjudged.map((one) => (one === 'none' ? `the ${side} has no verdict` : `the ${side} is ${one}`));
  });
  return [...sides, ...differences.filter((one) => conditions.some((name) => one.startsWith(`${name}: `)))];
}

function findingsOf({ metrics, regressions }: ComparisonDocument): string {
  if (regressions.length > 0) return regressions.length === 1 ? '1 REGRESSION' : `${regressions.length} REGRESSIONS`;
  if (metrics.every(({ finding }) => finding === 'untold')) return 'nothing could be compared';
  const count = (finding: Finding): number => metrics.filter((one) => one.finding === finding).length;
  const parts = (['worse', 'better', 'changed'] as const).flatMap((one) =>
    count(one) === 0 ? [] : [`${count(one)} ${one}`],
  );
  return parts.length === 0 ? 'no change beyond noise' : `no regression; ${parts.join(', ')}`;
}

function sideTexts({ baseline, run }: ComparisonDocument): readonly string[] {
  return [['baseline', baseline] as const, ['run', run] as const].map(([side, { folders, verdicts }]) => {
    const more = folders.length > 1 ? ` and ${folders.length - 1} more` : '';
    return `${side}: ${folders[0]}${more} (${[...new Set(verdicts)].join(', ')})`;
  });
}

function sideLines(document: ComparisonDocument, width: number): string[] {
  return sideTexts(document).flatMap((text) => wrapBehind('  ', visible(text), width));
}

function columnsOf(paint: NonNullable<TableColumn['paint']>): readonly TableColumn[] {
  return [
    { title: 'metric', align: 'left', narrow: 'wrap', widthMin: 16 },
    { title: 'baseline', align: 'right', narrow: 'wrap' },
    { title: 'run', align: 'right', narrow: 'wrap' },
    { title: 'change', align: 'right', narrow: 'keep' },
    { title: '95 %', align: 'left', narrow: 'wrap', widthMin: 10 },
    { title: 'finding', align: 'left', narrow: 'keep', paint },
  ];
}

function cellsOf(one: ComparedMetric): readonly string[] {
  const { unit, baseline, run, change, changeInterval, finding } = one;
  return [
    visible(nameOf(one)),
    formatMeasured(baseline, unit),
    formatMeasured(run, unit),
    change === null ? '' : percentText(change),
    changeInterval === null ? '' : `${percentText(changeInterval[0])} to ${percentText(changeInterval[1])}`,
    words[finding],
  ];
}

function nameOf({ subject, metric, phase }: ComparedMetric): string {
  return `${subject}.${metric}${phase === null ? '' : ` in ${phase}`}`;
}

/** A share so small comes of rounding alone, and would be written with an exponent. */
const PERCENT_MIN = 1e-6;

function percentText(change: number): string {
  const exact = Number((change * 100).toPrecision(3));
  const percent = Math.abs(exact) < PERCENT_MIN ? 0 : exact;
  return `${percent > 0 ? '+' : ''}${percent} %`;
}
