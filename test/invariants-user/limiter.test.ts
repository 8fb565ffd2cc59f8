import { assertLimiter } from 'floodproof/invariants';
import { test } from 'vitest';
import { createLimiter } from './limiter.js';

test('five requests a second', () =>
  assertLimiter(
    { name: 'mine', clock: 'global', create: createLimiter },
    { promises: [{ family: 'token-bucket', capacity: 5, refillCells: 5, refillPeriodUs: 1_000_000 }], grainUs: 1_000 },
    { seed: 1 },
  ));
