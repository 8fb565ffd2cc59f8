/** What `floodproof check --json` prints. */
import type { CheckReport } from '../invariants/contract.js';

interface SingleCheck extends CheckReport {
  readonly schema: 'floodproof/check/1';
}

interface SeveralChecks {
  readonly schema: 'floodproof/check/1';
  readonly pass: boolean;
  readonly reports: readonly CheckReport[];
}

export type CheckDocument = SingleCheck | SeveralChecks;

/** One report stands alone; several stand in a list. Nothing checked is no pass. */
export function checkDocument(reports: readonly CheckReport[]): CheckDocument {
  const [only, ...others] = reports;
  if (only !== undefined && others.length === 0) return { schema: 'floodproof/check/1', ...only };
  return { schema: 'floodproof/check/1', pass: allPass(reports), reports };
}

export function allPass(reports: readonly CheckReport[]): boolean {
  return reports.length > 0 && reports.every((report) => report.pass);
}

/** Two spaces deep, ending in a line end. */
export function renderCheckJson(reports: readonly CheckReport[]): string {
  return `${JSON.stringify(checkDocument(reports), null, 2)}\n`;
}
