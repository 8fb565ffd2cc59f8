/**
 * Rows of comma-separated values after RFC 4180, that a spreadsheet takes for data and never for commands: a text that
 * begins as a formula does stands behind an apostrophe. Numbers are left as they are.
 */
import { visible } from './text.js';

export type CsvCell = string | number | null;

/** What makes a spreadsheet take a cell for a formula, in either width; see OWASP, "CSV Injection". */
const formula = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** One line with its end. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** @param cell - null = empty. Control characters of a text are shown as escapes, line ends as spaces. */
export function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const shown = visible(cell);
  const safe = formula.test(shown) ? `'${shown}` : shown;
  return /[",]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
