/** Recordings of real traffic that are no part of the project; FLOODPROOF_TRACES leads to their folder. */
import { join } from 'node:path';
import process from 'node:process';
import type { TestContext } from 'vitest';

/**
 * The path of a recording. Without the folder the test is skipped, and its report says what to set; in CI, where nothing may be
 * skipped, the test fails.
 */
export function sharedTrace(context: Pick<TestContext, 'skip'>, path: string): string {
  const { FLOODPROOF_TRACES: folder = '', CI = '' } = process.env;
  if (folder !== '') return join(folder, path);
  const message = 'set FLOODPROOF_TRACES to the folder of recordings (azure-llm-2023, elastic-apache)';
  if (CI !== '') throw new Error(message);
  return context.skip(message);
}
