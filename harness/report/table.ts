/**
 * Columns of text within a width. The widths follow the contents; when they do not fit, the gaps shrink first, then the
 * widest of the columns that may give way is wrapped or cut.
 */
import type { Align } from './text.js';
import { displayWidth, pad, truncate, wrap } from './text.js';

export interface TableColumn {
  readonly title: string;
  readonly align: Align;
  /** What happens to a cell for which there is no room; `keep` is never made narrower. */
  readonly narrow: 'keep' | 'wrap' | 'cut';
  /** Columns that a `wrap` or `cut` column keeps at least. */
  readonly widthMin?: number;
  /** Colours a cell when it has been filled up, so that colours do not count as width. */
  readonly paint?: (text: string, row: number) => string;
}

export interface TableText {
  readonly head: string;
  /** The lines of each row. */
  readonly rows: readonly (readonly string[])[];
  readonly width: number;
}

const WIDTH_MIN = 8;

/** Lays the rows out; `width` is reached, never passed, unless the columns that must be kept are wider already. */
export function layOutTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): TableText {
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[index] ?? ''))),
  );
  let gap = 2;
  let total = totalOf(widths, gap);
  if (total > width) {
    gap = 1;
    total = totalOf(widths, gap);
  }
  while (total > width) {
    const index = widestToNarrow(columns, widths);
    if (index === -1) break;
    widths[index] = (widths[index] ?? 0) - 1;
    total -= 1;
  }
  const space = ' '.repeat(gap);
  const headCells = columns.map((column, index) =>
    pad(truncate(column.title, widths[index] ?? 0), widths[index] ?? 0, column.align),
  );
  return {
    head: headCells.join(space).trimEnd(),
    rows: rows.map((row, rowIndex) => layOutRow(columns, row, rowIndex, widths, space)),
    width: total,
  };
}

/** The widest column that may still be made narrower, -1 when there is none. */
function widestToNarrow(columns: readonly TableColumn[], widths: readonly number[]): number {
  let widest = -1;
  for (const [index, column] of columns.entries()) {
    const width = widths[index] ?? 0;
    if (column.narrow === 'keep' || width <= (column.widthMin ?? WIDTH_MIN)) continue;
    if (width > (widths[widest] ?? 0)) widest = index;
  }
  return widest;
}

function layOutRow(
  columns: readonly TableColumn[],
  row: readonly string[],
  rowIndex: number,
  widths: readonly number[],
  space: string,
): string[] {
  const cells = columns.map((column, index) => {
    const text = row[index] ?? '';
    const width = widths[index] ?? 0;
    return column.narrow === 'wrap' ? wrap(text, Math.max(1, width)) : [truncate(text, width)];
  });
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, lineIndex) =>
    columns
      .map((column, index) => {
        const filled = pad(cells[index]?.[lineIndex] ?? '', widths[index] ?? 0, column.align);
        const bare = filled.trim();
        // Only the word is coloured: spaces at the end of a line can then be cut off.
        return column.paint === undefined || bare === ''
          ? filled
          : filled.replace(bare, () => column.paint?.(bare, rowIndex) ?? bare);
      })
      .join(space)
      .trimEnd(),
  );
}

function totalOf(widths: readonly number[], gap: number): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(0, widths.length - 1);
}
