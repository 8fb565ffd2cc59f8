/** Buckets that get back more than they should, or less. */
import { type BrokenLimiter, keyed, MINUTE_US, refused, SECOND_US, tellsNothing, tokenBucket } from './frame.js';

const admitted = { admitted: true } as const;

interface Bucket {
  level: number;
  atUs: number;
}

/** A bucket whose level is whatever `refill` makes of it; full at first. */
function bucket(capacity: number, refill: (bucket: Bucket, nowUs: number) => void, firstLevel = capacity) {
  return keyed<Bucket>({
    capacity,
    fresh: () => ({ level: firstLevel, atUs: Number.NaN }),
    take(state, cost, nowUs) {
      if (Number.isNaN(state.atUs)) state.atUs = nowUs;
      refill(state, nowUs);
      if (state.level < cost) return refused;
      state.level -= cost;
      return admitted;
    },
  });
}

const floatDrift: BrokenLimiter = {
  name: 'float-drift',
  defect: 'The level is a float to which each call adds its share, so that 7 per 3 s come late by the roundings.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [tokenBucket(7, 7, 3 * SECOND_US)], ...tellsNothing },
  create: () =>
    bucket(7, (state, nowUs) => {
      state.level = Math.min(7, state.level + ((nowUs - state.atUs) / SECOND_US) * (7 / 3));
      state.atUs = nowUs;
    }),
};

const fractionLost: BrokenLimiter = {
  name: 'fraction-lost',
  defect: 'A refill is rounded down to whole cells and the rest of the time is forgotten: who polls starves.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [tokenBucket(5, 1, SECOND_US)], ...tellsNothing },
  create: () =>
    bucket(5, (state, nowUs) => {
      state.level = Math.min(5, state.level + Math.floor((nowUs - state.atUs) / SECOND_US));
      state.atUs = nowUs;
    }),
};

const fractionGiven: BrokenLimiter = {
  name: 'fraction-given',
  defect: 'A refill is rounded up to whole cells: who polls fast gets one for each call.',
  convictedBy: ['admission-bound'],
  contract: { promises: [tokenBucket(5, 1, SECOND_US)], ...tellsNothing },
  create: () =>
    bucket(5, (state, nowUs) => {
      state.level = Math.min(5, state.level + Math.ceil((nowUs - state.atUs) / SECOND_US));
      state.atUs = nowUs;
    }),
};

const uncapped: BrokenLimiter = {
  name: 'uncapped-refill',
  defect: 'Cells that come back while a key is idle are kept above the capacity.',
  convictedBy: ['admission-bound'],
  contract: { promises: [tokenBucket(5, 1, SECOND_US)], ...tellsNothing },
  create: () =>
    bucket(5, (state, nowUs) => {
      const cells = Math.floor((nowUs - state.atUs) / SECOND_US);
      state.level += cells;
      state.atUs += cells * SECOND_US;
    }),
};

const startsEmpty: BrokenLimiter = {
  name: 'starts-empty',
  defect: 'A new key starts with an empty bucket and is throttled at its first request.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [tokenBucket(5, 1, SECOND_US)], ...tellsNothing },
  create: () =>
    bucket(
      5,
      (state, nowUs) => {
        const cells = Math.floor((nowUs - state.atUs) / SECOND_US);
        state.level = Math.min(5, state.level + cells);
        state.atUs += cells * SECOND_US;
      },
      0,
    ),
};

const tickLost: BrokenLimiter = {
  name: 'one-cell-a-tick',
  defect: 'However long a key was idle, one tick of refill is given.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [tokenBucket(5, 1, SECOND_US)], ...tellsNothing },
  create: () =>
    bucket(5, (state, nowUs) => {
      if (nowUs - state.atUs < SECOND_US) return;
      state.level = Math.min(5, state.level + 1);
      state.atUs = nowUs - ((nowUs - state.atUs) % SECOND_US);
    }),
};

const refillsInTheLump: BrokenLimiter = {
  name: 'refilled-in-the-lump',
  defect: 'The bucket is filled up at each full minute in place of little by little: two bursts meet at its edge.',
  convictedBy: ['admission-bound'],
  contract: { promises: [tokenBucket(60, 60, MINUTE_US)], ...tellsNothing },
  create: () =>
    bucket(60, (state, nowUs) => {
      if (Math.floor(nowUs / MINUTE_US) > Math.floor(state.atUs / MINUTE_US)) state.level = 60;
      state.atUs = nowUs;
    }),
};

const rateRounded: BrokenLimiter = {
  name: 'rate-rounded',
  defect: 'The time for one cell is rounded down to whole milliseconds: 3 per 10 ms come as 1 per 3 ms.',
  convictedBy: ['admission-bound'],
  contract: { promises: [tokenBucket(3, 3, 10_000)], ...tellsNothing },
  create: () =>
    bucket(3, (state, nowUs) => {
      const cells = Math.floor((nowUs - state.atUs) / 3000);
      state.level = Math.min(3, state.level + cells);
      state.atUs += cells * 3000;
    }),
};

export const brokenRefills: readonly BrokenLimiter[] = [
  floatDrift,
  fractionLost,
  fractionGiven,
  uncapped,
  startsEmpty,
  tickLost,
  refillsInTheLump,
  rateRounded,
];
