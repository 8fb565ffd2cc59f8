/** What is wanted of the page and its reports, and whether it was reached. */
import { formatSpread, type Spread } from '../spread.js';

export interface WantedFigure {
  readonly name: string;
  readonly unit: 's' | 'ms' | 'MiB' | '%';
  /** The median is to stay below it; null = told, and nothing is wanted of it. */
  readonly below: number | null;
}

export interface PageFigure extends WantedFigure {
  readonly spread: Spread;
}

export const wanted = {
  savedSeconds: { name: 'report from series.json', unit: 's', below: 10 },
  savedPeak: { name: 'most memory, from series.json', unit: 'MiB', below: 300 },
  remadeSeconds: { name: 'report from the rows alone', unit: 's', below: 10 },
  remadePeak: { name: 'most memory, from the rows alone', unit: 'MiB', below: 300 },
  pageSize: { name: 'size of report.html', unit: 'MiB', below: 1 },
  drawn: { name: 'first chart drawn, cold', unit: 'ms', below: null },
  interactive: { name: 'a click answered, cold', unit: 'ms', below: 1_000 },
  liveCost: { name: 'throughput that the live page costs', unit: '%', below: 2 },
} as const satisfies Readonly<Record<string, WantedFigure>>;

export function isReached({ below, spread }: PageFigure): boolean | null {
  return below === null ? null : spread.median < below;
}

/** Digits that a figure of this unit is told with. */
const digits: Readonly<Record<WantedFigure['unit'], number>> = { s: 2, ms: 0, MiB: 2, '%': 1 };

function measuredText({ unit, spread }: PageFigure): string {
  return `${formatSpread(spread, digits[unit])} ${unit}`;
}

function wantedText(figure: PageFigure): string {
  const reached = isReached(figure);
  return reached === null ? '-' : `below ${figure.below} ${figure.unit}: ${reached ? 'reached' : 'MISSED'}`;
}

export function figureText(figure: PageFigure): string {
  return `${figure.name}: ${measuredText(figure)}; wanted ${wantedText(figure)}`;
}

interface TableHead {
  /** Machine, versions, commit. */
  readonly measuredOn: string;
  /** '' = nothing speaks against the figures. */
  readonly doubt: string;
  readonly rows: number;
  readonly absent: readonly string[];
}

/** `page.md`: the figures for people. */
export function figuresPage(figures: readonly PageFigure[], { measuredOn, doubt, rows, absent }: TableHead): string {
  const lines = [
    '# The page',
    `Of a run of ${rows.toLocaleString('en-US')} requests with six actors and 300 bins; medians (least to most). How each is`,
    'measured stands in [harness/bench/page](../../harness/bench/page/measure.ts).',
    '',
    measuredOn,
    ...(doubt === '' ? [] : ['', `Warning: ${doubt}.`]),
    '',
    '| figure | measured | wanted |',
    '|---|---|---|',
    ...figures.map((figure) => `| ${figure.name} | ${measuredText(figure)} | ${wantedText(figure)} |`),
    ...(absent.length === 0 ? [] : ['', ...absent]),
  ];
  return `${lines.join('\n')}\n`;
}
