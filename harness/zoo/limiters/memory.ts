/** Limiters that forget, or never do. */
import type { Limiter } from '../../invariants/contract.js';
import { type BrokenLimiter, fixedWindow, HOUR_US, isCost, keyed, refused, tellsNothing } from './frame.js';

const admitted = { admitted: true } as const;
const CAPACITY = 5;
const promise = fixedWindow(CAPACITY, HOUR_US);

interface Window {
  index: number;
  used: number;
}

/** Windows of an hour in a map that `makeRoom` may shorten before a new key comes in. */
function windows(makeRoom: (windows: Map<string, Window>, index: number) => void): Limiter {
  const kept = new Map<string, Window>();
  let latestUs = 0;
  return {
    consume(key, cost, nowUs) {
      if (!isCost(cost, CAPACITY)) return refused;
      latestUs = Math.max(latestUs, nowUs);
      const index = Math.floor(latestUs / HOUR_US);
      const last = kept.get(key);
      const window = last?.index === index ? last : { index, used: 0 };
      if (last === undefined) makeRoom(kept, index);
      // Put last in the order of the map, so that the first is the one that was not used for longest.
      kept.delete(key);
      kept.set(key, window);
      if (window.used + cost > CAPACITY) return refused;
      window.used += cost;
      return admitted;
    },
    size: () => kept.size,
  };
}

const evictionResets: BrokenLimiter = {
  name: 'eviction-resets',
  defect: 'The counter that was not used for longest makes room for a new key, so that 100 other keys reset one.',
  convictedBy: ['isolation'],
  contract: { promises: [promise], keys: 100, countersMax: 100, ...tellsNothing },
  create: () =>
    windows((kept) => {
      const [oldest] = kept.keys();
      if (kept.size >= 100 && oldest !== undefined) kept.delete(oldest);
    }),
};

const clearedWhenFull: BrokenLimiter = {
  name: 'cleared-when-full',
  defect: 'A table that is full is cleared as a whole.',
  convictedBy: ['isolation'],
  contract: { promises: [promise], keys: 100, countersMax: 100, ...tellsNothing },
  create: () =>
    windows((kept) => {
      if (kept.size >= 100) kept.clear();
    }),
};

const opensWhenFull: BrokenLimiter = {
  name: 'opens-when-full',
  defect: 'Keys that find no room in a full table are not counted at all.',
  convictedBy: ['isolation'],
  contract: { promises: [promise], keys: 100, countersMax: 100, ...tellsNothing },
  create: () => {
    const kept = new Map<string, Window>();
    let latestUs = 0;
    return {
      consume(key, cost, nowUs) {
        if (!isCost(cost, CAPACITY)) return refused;
        latestUs = Math.max(latestUs, nowUs);
        const index = Math.floor(latestUs / HOUR_US);
        const last = kept.get(key);
        if (last === undefined && kept.size >= 100) return admitted;
        const window = last?.index === index ? last : { index, used: 0 };
        kept.set(key, window);
        if (window.used + cost > CAPACITY) return refused;
        window.used += cost;
        return admitted;
      },
      size: () => kept.size,
    };
  },
};

const neverForgets: BrokenLimiter = {
  name: 'never-forgets',
  defect: 'A counter is kept for every key that was ever seen, and a key costs its sender nothing.',
  convictedBy: ['bounded-memory'],
  contract: { promises: [promise], keys: 100, countersMax: 1000, ...tellsNothing },
  create: () => windows(() => undefined),
};

const forgetsNothingInTime: BrokenLimiter = {
  name: 'sweeps-one-at-a-time',
  defect: 'Counters whose window is over are dropped one for each new key, and only once it is twice too many.',
  convictedBy: ['bounded-memory'],
  contract: { promises: [promise], keys: 100, countersMax: 1000, ...tellsNothing },
  create: () =>
    windows((kept, index) => {
      if (kept.size < 2000) return;
      for (const [key, window] of kept) {
        if (window.index < index) {
          kept.delete(key);
          return;
        }
      }
    }),
};

let starts = 0;

const randomSketch: BrokenLimiter = {
  name: 'random-sketch',
  defect: 'Which keys share a counter is drawn anew at each start, so that no run can be repeated.',
  convictedBy: ['determinism'],
  contract: { promises: [promise], keys: 1, ...tellsNothing },
  create: () => {
    // Not drawn at all, so that this creature can be repeated where its like can not.
    starts += 1;
    const salt = Math.imul(starts, 2_654_435_761);
    const limiter = keyed({
      capacity: CAPACITY,
      fresh: () => ({ index: -1, used: 0 }),
      take(window, cost, nowUs) {
        const index = Math.floor(nowUs / HOUR_US);
        if (index !== window.index) Object.assign(window, { index, used: 0 });
        if (window.used + cost > CAPACITY) return refused;
        window.used += cost;
        return admitted;
      },
    });
    return {
      consume(key, cost, nowUs) {
        let hash = salt;
        for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 16_777_619);
        return limiter.consume(String((hash ^ (hash >>> 15)) & 3), cost, nowUs);
      },
    };
  },
};

export const brokenMemories: readonly BrokenLimiter[] = [
  evictionResets,
  clearedWhenFull,
  opensWhenFull,
  neverForgets,
  forgetsNothingInTime,
  randomSketch,
];
