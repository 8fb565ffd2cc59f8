import { describe, expect, test } from 'vitest';
import { capOf, excessOf, usedOf } from '../../../harness/web/limit-use.js';

describe('how much of a limit was used', () => {
  for (const { admittedCells, boundCells, excess, used, cap, because } of [
    {
      admittedCells: [3, 5, 7],
      boundCells: [5, 5, 5],
      excess: [0, 0, 2],
      used: 1.4,
      cap: null,
      because: 'only what is above is excess',
    },
    {
      admittedCells: [1, 0],
      boundCells: [5, 0],
      excess: [0, 0],
      used: 0.2,
      cap: null,
      because: 'nothing of nothing is no use',
    },
    {
      admittedCells: [1, 0],
      boundCells: [6, 0],
      excess: [0, 0],
      used: 1 / 6,
      cap: 5,
      because: 'a bound far above is cut off',
    },
    { admittedCells: [0, 0], boundCells: [6, 6], excess: [0, 0], used: 0, cap: null, because: 'nothing was admitted' },
    {
      admittedCells: [9, 9],
      boundCells: [null, null],
      excess: [0, 0],
      used: 0,
      cap: null,
      because: 'nothing is bounded',
    },
    {
      admittedCells: [2, 1],
      boundCells: [null, 0],
      excess: [0, 1],
      used: Number.POSITIVE_INFINITY,
      cap: null,
      because: 'anything is above a bound of 0',
    },
  ]) {
    test(because, () => {
      expect(excessOf({ admittedCells, boundCells })).toEqual(excess);
      expect(usedOf({ admittedCells, boundCells })).toBe(used);
      expect(capOf({ admittedCells, boundCells })).toBe(cap);
    });
  }
});
