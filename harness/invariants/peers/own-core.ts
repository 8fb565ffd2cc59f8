/** Floodproof's own cores by the same measure: a contract of every family, all of it claimed. */
import { type FixedWindowNumbers, HORIZON_US, type LimitNumbers } from '../../core/spec.js';
import type { Contract } from '../contract.js';
import { CORE_KEYS, coreAdapter } from '../core-adapter.js';
import type { PeerContract } from './peer.js';

const SECOND_US = 1_000_000;
const DAY_US = 86_400 * SECOND_US;

function bucket(capacity: number, refillCells: number, refillPeriodUs: number): LimitNumbers {
  return { family: 'token-bucket', capacity, refillCells, refillPeriodUs };
}

function window(capacity: number, windowUs: number, rest: Partial<FixedWindowNumbers> = {}): LimitNumbers {
  const plain = { anchor: 'calendar', credit: 'none', countsDenied: false } as const;
  return { family: 'fixed-window', capacity, windowUs, ...plain, ...rest };
}

const promises: Readonly<Record<string, readonly LimitNumbers[]>> = {
  bucket: [bucket(5, 1, SECOND_US)],
  'bucket-7-per-3s': [bucket(10, 7, 3 * SECOND_US)],
  'bucket-slow': [bucket(3, 1, 30 * DAY_US)],
  'bucket-large': [bucket(1_000_000, 29_000, SECOND_US)],
  'window-calendar': [window(5, SECOND_US)],
  'window-first-hit': [window(5, 365 * DAY_US, { anchor: 'first-hit' })],
  'window-counts-denied': [window(5, 60 * SECOND_US, { anchor: 'first-hit', countsDenied: true })],
  'window-credit': [window(20, 10 * SECOND_US, { credit: 'to-zero' })],
  'window-earned': [window(20, 10 * SECOND_US, { anchor: 'first-hit', credit: 'below-zero' })],
  log: [{ family: 'sliding-log', capacity: 6, windowUs: SECOND_US }],
  counter: [{ family: 'sliding-counter', capacity: 10, windowUs: 60 * SECOND_US }],
  queue: [{ family: 'leaky-queue', capacity: 2, queueCells: 5, refillCells: 3, refillPeriodUs: SECOND_US }],
  budget: [{ family: 'earned-budget', capacity: 10, trickleUs: 10 * SECOND_US }],
  'budget-strict': [{ family: 'earned-budget', capacity: 10, trickleUs: null }],
  concurrency: [{ family: 'concurrency', capacity: 3 }],
  several: [bucket(5, 5, SECOND_US), window(20, 60 * SECOND_US), bucket(100, 1, 7 * SECOND_US)],
};

/** @throws {FloodproofError} FP_ENGINE_ABSENT */
export function ownCoreContracts(engine: 'native' | 'ts'): readonly PeerContract[] {
  return Object.entries(promises).map(([name, numbers]) => {
    const adapter = coreAdapter(engine, numbers);
    return { name, adapter: { ...adapter, name: `${adapter.name}, ${name}` }, contract: contractOf(numbers) };
  });
}

function contractOf(numbers: readonly LimitNumbers[]): Contract {
  const isCharged = numbers.some((one) => one.family === 'fixed-window' && one.countsDenied);
  return {
    promises: numbers,
    keys: CORE_KEYS,
    // A history that waits for cells to come may go on for as long again, and a gate counts rightly for ten years.
    horizonUs: HORIZON_US / 2,
    ...(isCharged ? { deniedRequests: 'charged' } : {}),
  };
}
