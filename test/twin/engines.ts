/** The two engines side by side; without the addon a twin test fails, unless it was said to be absent on purpose. */
import { describe } from 'vitest';
import { type Addon, BUILD_COMMAND, loadAddon } from '../../harness/native/load.js';

const isAbsentOnPurpose = process.env.FLOODPROOF_NATIVE === 'absent';

export function describeTwins(name: string, body: () => void): void {
  const note = isAbsentOnPurpose ? ` (skipped: FLOODPROOF_NATIVE=absent; "${BUILD_COMMAND}" brings the addon)` : '';
  describe.skipIf(isAbsentOnPurpose)(`${name}${note}`, body);
}

export function demandAddon(): Addon {
  const { addon, absent } = loadAddon();
  if (addon !== undefined) return addon;
  throw new Error(`twin tests need the addon (${absent}): run "${BUILD_COMMAND}", or set FLOODPROOF_NATIVE=absent`);
}
