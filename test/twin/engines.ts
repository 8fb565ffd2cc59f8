/** The two engines side by side. Without the addon such tests are skipped and say what brings it; in CI they fail. */
import process from 'node:process';
import { describe } from 'vitest';
import type { Gate, GateSpec, HashSecret } from '../../harness/core/spec.js';
import { type Addon, BUILD_COMMAND, loadAddon } from '../../harness/native/load.js';
import { createNativeGate } from '../../harness/native/native-gate.js';

const isAddonAbsent = loadAddon().absent !== undefined;
const isCi = process.env.CI !== undefined && process.env.CI !== '';
/** Whether tests of the native engine are left out here. */
export const isNativeLeftOut = isAddonAbsent && !isCi;

export function describeTwins(name: string, body: () => void): void {
  const note = isNativeLeftOut ? ` (skipped: no native engine here, "${BUILD_COMMAND}" brings it)` : '';
  describe.skipIf(isNativeLeftOut)(`${name}${note}`, body);
}

/** How much is tried: a glance with every change, ten times as much at night. */
const isNightly = process.env.FLOODPROOF_NIGHTLY !== undefined && process.env.FLOODPROOF_NIGHTLY !== '';
export const operationsWanted = isNightly ? 1_000_000 : 100_000;

export function nativeGate(spec: GateSpec, hashSecret: HashSecret): Gate {
  return createNativeGate(demandAddon(), spec, hashSecret);
}

export function demandAddon(): Addon {
  const { addon, absent } = loadAddon();
  if (addon !== undefined) return addon;
  throw new Error(`this test needs the native engine (${absent}): run "${BUILD_COMMAND}"`);
}
