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
  const lines = [
    ...warningOf(document).flatMap((one) => wrapBehind('', visible(one), width).map(ink.red)),
    `${ink.bold(visible(document.scenario))}  ${headlineOf(document)}`,
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
  const lines = [
    ...warningOf(document).flatMap((one) => [`**${inline(one)}**`, '']),
    `## Floodproof: ${inline(document.scenario)} beside its baseline: ${headlineOf(document)}`,
    '',
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

function headlineOf({ metrics, regressions }: ComparisonDocument): string {
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

function percentText(change: number): string {
  const percent = Number((change * 100).toPrecision(3));
  return `${percent > 0 ? '+' : ''}${percent} %`;
}
