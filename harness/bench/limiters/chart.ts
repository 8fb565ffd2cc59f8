/** A picture of the medians: one panel for each place, a bar for each rival, a whisker from the fastest round to the slowest. */
import { type BenchRow, FLOOR, placesOf } from './row.js';
import { titleOf } from './tables.js';

const WIDTH = 860;
const LABEL_WIDTH = 300;
const VALUE_WIDTH = 110;
const BAR_HEIGHT = 18;
const BAR_GAP = 6;
const TITLE_HEIGHT = 34;
const PANEL_GAP = 18;

const undrawn: readonly BenchRow['group'][] = ['batch', 'memory', 'threads'];

/** Which rows are drawn: uniform keys, and of the batches, of memory and of several threads none. */
export function chartOf(rows: readonly BenchRow[]): string {
  const drawn = rows.filter(({ group, skew }) => skew === 'uniform' && !undrawn.includes(group));
  let top = 0;
  const parts = placesOf(drawn).map((bars) => {
    const panel = panelOf(titleOf(bars), bars, top);
    top += TITLE_HEIGHT + bars.length * (BAR_HEIGHT + BAR_GAP) + PANEL_GAP;
    return panel;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${Math.max(top, 1)}" role="img" font-family="sans-serif">`,
    '<title>Nanoseconds for a decision, by rival</title>',
    `<rect width="${WIDTH}" height="${Math.max(top, 1)}" fill="#fff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function panelOf(title: string, bars: readonly BenchRow[], top: number): string {
  const most = Math.max(...bars.map(({ nsPerOp }) => nsPerOp.max));
  const scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / most;
  const lines = bars.map(({ rival, nsPerOp }, index) => {
    const y = top + TITLE_HEIGHT + index * (BAR_HEIGHT + BAR_GAP);
    const middle = y + BAR_HEIGHT / 2;
    const at = (ns: number): string => (LABEL_WIDTH + ns * scale).toFixed(1);
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${middle + 4}" font-size="12" text-anchor="end">${escaped(rival)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${(nsPerOp.median * scale).toFixed(1)}" height="${BAR_HEIGHT}" fill="${colourOf(rival)}"/>`,
      `<path d="M${at(nsPerOp.min)} ${middle}H${at(nsPerOp.max)}" stroke="#222"/>`,
      `<text x="${(Number(at(nsPerOp.max)) + 6).toFixed(1)}" y="${middle + 4}" font-size="12">${nsPerOp.median.toFixed(0)} ns</text>`,
    ].join('\n');
  });
  return [`<text x="8" y="${top + 22}" font-size="14" font-weight="bold">${escaped(title)}</text>`, ...lines].join(
    '\n',
  );
}

function colourOf(rival: string): string {
  if (rival === FLOOR) return '#c8c8c8';
  return rival.startsWith('floodproof') ? '#1f6f8b' : '#d98c3f';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
