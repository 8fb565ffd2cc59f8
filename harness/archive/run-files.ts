/** Names of the files that a run writes into its folder; whatever else lies there is somebody's own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Who puts a file of this name into a run folder keeps it: it is never pruned. */
export const KEEP_NAME = 'keep';

const names: ReadonlySet<string> = new Set([
  'plan.json',
  'verdict.json',
  'series.json',
  'generator.json',
  'latency.json',
  'observations.parquet',
  'junit.xml',
  'summary.md',
  'report.html',
  'report.md',
  'report.txt',
  'report.json',
  'comparison.json',
  KEEP_NAME,
]);

/** Whole files, those that were being written when a run was cut off (`.part`), and the record of a run that goes on. */
export function isRunFile(name: string): boolean {
  return names.has(name.replace(/\.part$/, '')) || /^observations\.\d{1,4}\.arrows$/.test(name);
}

/** Files of which one lies in every run folder, be it damaged or cut off. */
export const marks: readonly string[] = [
  'plan.json',
  'verdict.json',
  'series.json',
  'observations.parquet',
  'observations.0.arrows',
];

/** Whether anything of a run lies in it, be it damaged. */
export function isRunFolder(folder: string): boolean {
  return marks.some((name) => existsSync(join(folder, name)));
}
