/** Limiters that charge what they should not, or do not charge what they should. */
import type { Limiter } from '../../invariants/contract.js';
import {
  type BrokenLimiter,
  fixedWindow,
  isCost,
  keyed,
  MINUTE_US,
  refused,
  SECOND_US,
  slidingLog,
  tellsNothing,
} from './frame.js';

const admitted = { admitted: true } as const;
const CAPACITY = 10;
const windowPromise = fixedWindow(CAPACITY, SECOND_US);

interface Window {
  index: number;
  used: number;
}

/** A window of the calendar of a second, for limiters that charge it in their own way. */
function currentWindow(windows: Map<string, Window>, key: string, nowUs: number): Window {
  const index = Math.floor(nowUs / SECOND_US);
  const last = windows.get(key);
  // A clock that is set back stays in the window that it came from.
  const window = last !== undefined && last.index >= index ? last : { index, used: 0 };
  windows.set(key, window);
  return window;
}

function window(take: (window: Window, cost: number) => boolean, capacity = CAPACITY): Limiter {
  const windows = new Map<string, Window>();
  return {
    consume: (key, cost, nowUs) => ({
      admitted: isCost(cost, capacity) && take(currentWindow(windows, key, nowUs), cost),
    }),
  };
}

const costIgnored: BrokenLimiter = {
  name: 'cost-ignored',
  defect: 'A request counts as one, whatever it costs: a batch is as cheap as a single order.',
  convictedBy: ['admission-bound'],
  contract: { promises: [windowPromise], ...tellsNothing },
  create: () =>
    window((state) => {
      state.used += 1;
      return state.used <= CAPACITY;
    }),
};

const costInAByte: BrokenLimiter = {
  name: 'cost-in-a-byte',
  defect: 'A cost is kept in eight bits, so that 256 cells cost nothing.',
  convictedBy: ['admission-bound'],
  contract: { promises: [fixedWindow(1000, SECOND_US)], ...tellsNothing },
  create: () =>
    window((state, cost) => {
      if (state.used + (cost & 0xff) > 1000) return false;
      state.used += cost & 0xff;
      return true;
    }, 1000),
};

const asksForOne: BrokenLimiter = {
  name: 'asks-for-one',
  defect: 'A request passes as long as a single cell is left, and then takes all that it costs.',
  convictedBy: ['admission-bound'],
  contract: { promises: [windowPromise], ...tellsNothing },
  create: () =>
    window((state, cost) => {
      if (state.used >= CAPACITY) return false;
      state.used += cost;
      return true;
    }),
};

const aboveCapacityWhenFull: BrokenLimiter = {
  name: 'above-capacity-when-full',
  defect: 'A cost above the capacity is let through when nothing is used, and paid off later.',
  convictedBy: ['never-above-capacity'],
  contract: { promises: [windowPromise], ...tellsNothing },
  create: () => {
    const windows = new Map<string, Window>();
    return {
      consume(key, cost, nowUs) {
        if (!isCost(cost, Number.MAX_SAFE_INTEGER)) return refused;
        const state = currentWindow(windows, key, nowUs);
        if (state.used > 0 && state.used + cost > CAPACITY) return refused;
        state.used += cost;
        return admitted;
      },
    };
  },
};

const aboveCapacityLater: BrokenLimiter = {
  name: 'above-capacity-later',
  defect: 'A cost above the capacity is sent away until the next window, where it is sent away again.',
  convictedBy: ['never-above-capacity'],
  contract: { promises: [windowPromise], remaining: 'none' },
  create: () => {
    const windows = new Map<string, Window>();
    return {
      consume(key, cost, nowUs) {
        if (!isCost(cost, Number.MAX_SAFE_INTEGER)) return refused;
        const state = currentWindow(windows, key, nowUs);
        if (state.used + cost > CAPACITY) {
          return { admitted: false, retryAfterUs: (state.index + 1) * SECOND_US - nowUs };
        }
        state.used += cost;
        return admitted;
      },
    };
  },
};

/** A window that takes any number for a cost. */
function unguarded(fits: (used: number) => boolean): Limiter {
  const windows = new Map<string, Window>();
  return {
    consume(key, cost, nowUs) {
      const state = currentWindow(windows, key, nowUs);
      if (!fits(state.used + cost)) return refused;
      state.used += cost;
      return admitted;
    },
  };
}

const negativeCost: BrokenLimiter = {
  name: 'negative-cost',
  defect: 'A negative cost is admitted and gives cells.',
  convictedBy: ['refuses-bad-costs'],
  contract: { promises: [windowPromise], ...tellsNothing },
  create: () => {
    const limiter = unguarded((used) => used <= CAPACITY);
    return {
      consume: (key, cost, nowUs) =>
        Number.isInteger(cost) && cost !== 0 && cost <= CAPACITY ? limiter.consume(key, cost, nowUs) : refused,
    };
  },
};

const poisonedByNan: BrokenLimiter = {
  name: 'poisoned-by-nan',
  defect: 'A cost that is not a number is no more than the capacity and makes the counter such a one for good.',
  convictedBy: ['refuses-bad-costs'],
  contract: { promises: [windowPromise], ...tellsNothing },
  create: () => unguarded((used) => !(used > CAPACITY)),
};

const freeOfCharge: BrokenLimiter = {
  name: 'zero-cost',
  defect: 'A cost of 0 is admitted, even when nothing is left.',
  convictedBy: ['refuses-bad-costs'],
  contract: { promises: [windowPromise], ...tellsNothing },
  create: () => {
    const limiter = unguarded((used) => used <= CAPACITY);
    return {
      consume: (key, cost, nowUs) =>
        cost === 0 || isCost(cost, CAPACITY) ? limiter.consume(key, cost, nowUs) : refused,
    };
  },
};

const chargedOnDeny: BrokenLimiter = {
  name: 'charged-on-deny',
  defect: 'A request that is throttled is charged too, so that small ones are shut out by a large one.',
  convictedBy: ['denied-is-free'],
  contract: { promises: [windowPromise], ...tellsNothing },
  create: () =>
    window((state, cost) => {
      state.used += cost;
      return state.used <= CAPACITY;
    }),
};

const deniedRestarts: BrokenLimiter = {
  name: 'denied-restarts-the-wait',
  defect: 'A request that is throttled starts the window anew, so that who asks too early never gets in.',
  convictedBy: ['denied-is-free'],
  contract: { promises: [slidingLog(CAPACITY, SECOND_US)], ...tellsNothing },
  create: () =>
    keyed({
      capacity: CAPACITY,
      fresh: () => ({ log: [] as number[] }),
      take(state, cost, nowUs) {
        state.log = state.log.filter((atUs) => atUs + SECOND_US > nowUs);
        if (state.log.length + cost > CAPACITY) {
          state.log = state.log.map(() => nowUs);
          return refused;
        }
        state.log.push(...new Array<number>(cost).fill(nowUs));
        return admitted;
      },
    }),
};

const partialCharge: BrokenLimiter = {
  name: 'partial-charge',
  defect:
    'Of two limits the first is charged before the second is asked, and keeps what it took when that one refuses.',
  convictedBy: ['all-or-nothing'],
  contract: { promises: [fixedWindow(20, MINUTE_US), windowPromise], ...tellsNothing },
  create: () => {
    const minutes = new Map<string, Window>();
    const seconds = new Map<string, Window>();
    const take = (windows: Map<string, Window>, key: string, index: number, cost: number, capacity: number) => {
      const last = windows.get(key);
      const state = last !== undefined && last.index >= index ? last : { index, used: 0 };
      windows.set(key, state);
      if (state.used + cost > capacity) return false;
      state.used += cost;
      return true;
    };
    return {
      consume: (key, cost, nowUs) => ({
        admitted:
          isCost(cost, CAPACITY) &&
          take(minutes, key, Math.floor(nowUs / MINUTE_US), cost, 20) &&
          take(seconds, key, Math.floor(nowUs / SECOND_US), cost, CAPACITY),
      }),
    };
  },
};

export const brokenCosts: readonly BrokenLimiter[] = [
  costIgnored,
  costInAByte,
  asksForOne,
  aboveCapacityWhenFull,
  aboveCapacityLater,
  negativeCost,
  poisonedByNan,
  freeOfCharge,
  chargedOnDeny,
  deniedRestarts,
  partialCharge,
];
