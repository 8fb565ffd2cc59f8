import { assertLimiter } from 'floodproof/invariants';
import { test } from 'vitest';
import { createLimiter } from './limiter.js';

const promises = [
  {
    family: 'fixed-window',
    capacity: 5,
    windowUs: 1_000_000,
    anchor: 'first-hit',
    credit: 'none',
    countsDenied: false,
  },
] as const;

test('five requests a second', () =>
  assertLimiter({ name: 'mine', clock: 'global', create: createLimiter }, { promises, grainUs: 1_000 }, { seed: 1 }));
