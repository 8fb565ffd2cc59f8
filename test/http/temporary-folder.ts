import { onTestFinished } from 'vitest';
import { scratch } from '../support/run-cli.js';

/** A folder that is gone when the test has ended. */
export function temporaryFolder(): string {
  const folder = scratch();
  onTestFinished(() => folder.remove());
  return folder.path;
}
