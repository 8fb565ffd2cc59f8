/** One contract or two of every family. */
import type { Contract } from '../../../harness/invariants/index.js';

const fixed = { family: 'fixed-window', credit: 'none', countsDenied: false } as const;

export const contracts: readonly { readonly name: string; readonly contract: Contract }[] = [
  {
    name: 'a token bucket',
    contract: { promises: [{ family: 'token-bucket', capacity: 5, refillCells: 7, refillPeriodUs: 3_000_000 }] },
  },
  {
    name: 'a token bucket on a clock of milliseconds',
    contract: {
      promises: [{ family: 'token-bucket', capacity: 10, refillCells: 3, refillPeriodUs: 1_000_000 }],
      grainUs: 1_000,
    },
  },
  {
    name: 'a calendar window',
    contract: { promises: [{ ...fixed, capacity: 6, windowUs: 60_000_000, anchor: 'calendar' }] },
  },
  {
    name: 'a window from the first hit on',
    contract: { promises: [{ ...fixed, capacity: 5, windowUs: 1_000_000, anchor: 'first-hit' }] },
  },
  {
    name: 'a window that counts denied requests',
    contract: {
      promises: [{ ...fixed, capacity: 5, windowUs: 1_000_000, anchor: 'first-hit', countsDenied: true }],
      deniedRequests: 'charged',
    },
  },
  {
    name: 'a window with credit to zero',
    contract: { promises: [{ ...fixed, capacity: 5, windowUs: 1_000_000, anchor: 'calendar', credit: 'to-zero' }] },
  },
  {
    name: 'a window with credit below zero',
    contract: { promises: [{ ...fixed, capacity: 5, windowUs: 1_000_000, anchor: 'first-hit', credit: 'below-zero' }] },
  },
  { name: 'a sliding log', contract: { promises: [{ family: 'sliding-log', capacity: 7, windowUs: 1_000_000 }] } },
  {
    name: 'a sliding counter',
    contract: { promises: [{ family: 'sliding-counter', capacity: 7, windowUs: 1_000_000 }] },
  },
  {
    name: 'a leaky queue',
    contract: {
      promises: [{ family: 'leaky-queue', capacity: 2, queueCells: 4, refillCells: 3, refillPeriodUs: 1_000_000 }],
    },
  },
  {
    name: 'a budget with a trickle',
    contract: { promises: [{ family: 'earned-budget', capacity: 20, trickleUs: 10_000_000 }] },
  },
  {
    name: 'a budget without a trickle',
    contract: { promises: [{ family: 'earned-budget', capacity: 20, trickleUs: null }] },
  },
  { name: 'cells in flight', contract: { promises: [{ family: 'concurrency', capacity: 4 }] } },
  {
    name: 'a bucket under a long window',
    contract: {
      promises: [
        { family: 'token-bucket', capacity: 3, refillCells: 1, refillPeriodUs: 1_000_000 },
        { ...fixed, capacity: 10, windowUs: 60_000_000, anchor: 'calendar' },
      ],
    },
  },
  {
    name: 'a month',
    contract: {
      promises: [{ ...fixed, capacity: 5, windowUs: 2_592_000_000_000, anchor: 'first-hit' }],
      grainUs: 1_000,
      retryGrainUs: 1_000_000,
    },
  },
];
