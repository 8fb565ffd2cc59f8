/** The two engines side by side. Without the addon such tests are skipped and say what brings it; in CI they fail. */
import process from 'node:process';
import { describe } from 'vitest';
import { type Addon, BUILD_COMMAND, loadAddon } from '../../harness/native/load.js';

const isAddonAbsent = loadAddon().absent !== undefined;
const isCi = process.env.CI !== undefined && process.env.CI !== '';
/** Whether tests of the native engine are left out here. */
export const isNativeLeftOut = isAddonAbsent && !isCi;

export function describeTwins(name: string, body: () => void): void {
  const note = isNativeLeftOut ? ` (skipped: no native engine here, "${BUILD_COMMAND}" brings it)` : '';
  describe.skipIf(isNativeLeftOut)(`${name}${note}`, body);
}

export function demandAddon(): Addon {
  const { addon, absent } = loadAddon();
  if (addon !== undefined) return addon;
  throw new Error(`this test needs the native engine (${absent}): run "${BUILD_COMMAND}"`);
}
