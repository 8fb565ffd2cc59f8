/** Queues that forget who waits, budgets that never end, requests that never finish. */
import type { FixedWindowNumbers } from '../../core/spec.js';
import type { Limiter } from '../../invariants/contract.js';
import { type BrokenLimiter, isCost, keyed, MINUTE_US, refused, SECOND_US, tellsNothing } from './frame.js';

const admitted = { admitted: true } as const;

/** One cell at once, five that wait, one served a second; `delayUs` is told of what is owed with this request. */
function queue(delayUs: (owedUs: number, cost: number) => number, owedUsMax: number): Limiter {
  return keyed({
    capacity: 6,
    fresh: () => ({ fullAtUs: 0 }),
    take(state, cost, nowUs) {
      const owedUs = Math.max(0, state.fullAtUs - nowUs) + cost * SECOND_US;
      if (owedUs > owedUsMax) return refused;
      state.fullAtUs = nowUs + owedUs;
      return { admitted: true, delayUs: delayUs(owedUs, cost) };
    },
  });
}

const queuePromise = {
  family: 'leaky-queue',
  capacity: 1,
  queueCells: 5,
  refillCells: 1,
  refillPeriodUs: SECOND_US,
} as const;

const forgetsTheQueue: BrokenLimiter = {
  name: 'forgets-the-queue',
  defect: 'A request waits as long as it would in an empty queue, so that all that wait are served at once.',
  convictedBy: ['admission-bound'],
  contract: { promises: [queuePromise], ...tellsNothing },
  create: () => queue((_owedUs, cost) => (cost - 1) * SECOND_US, 6 * SECOND_US),
};

const endlessQueue: BrokenLimiter = {
  name: 'endless-queue',
  defect: 'Nothing is ever throttled; it only waits longer and longer.',
  convictedBy: ['admission-bound'],
  contract: { promises: [queuePromise], ...tellsNothing },
  create: () => queue((owedUs) => Math.max(0, owedUs - SECOND_US), Number.POSITIVE_INFINITY),
};

interface InFlight {
  readonly limiter: Limiter;
  readonly counts: Map<string, number>;
}

/** Three in flight; what an end gives back is the caller's. */
function inFlight(): InFlight {
  const counts = new Map<string, number>();
  const consume = (key: string, cost: number) => {
    const before = counts.get(key) ?? 0;
    if (!isCost(cost, 3) || before + cost > 3) return refused;
    counts.set(key, before + cost);
    return admitted;
  };
  return { counts, limiter: { consume } };
}

const concurrencyPromise = { family: 'concurrency', capacity: 3 } as const;

const neverReleased: BrokenLimiter = {
  name: 'never-released',
  defect: 'What ends is not given back, so that after the first three nobody gets in.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [concurrencyPromise], ...tellsNothing },
  create: () => ({ ...inFlight().limiter, release: () => undefined }),
};

const releasedTwice: BrokenLimiter = {
  name: 'released-twice',
  defect: 'What ends is given back twice, by its end and by the clean-up after it.',
  convictedBy: ['admission-bound'],
  contract: { promises: [concurrencyPromise], ...tellsNothing },
  create: () => {
    const { limiter, counts } = inFlight();
    return { ...limiter, release: (key, cost) => void counts.set(key, Math.max(0, (counts.get(key) ?? 0) - 2 * cost)) };
  },
};

const releasedAsOne: BrokenLimiter = {
  name: 'released-as-one',
  defect: 'What ends gives one cell back, however many it holds.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [concurrencyPromise], ...tellsNothing },
  create: () => {
    const { limiter, counts } = inFlight();
    return { ...limiter, release: (key) => void counts.set(key, Math.max(0, (counts.get(key) ?? 0) - 1)) };
  },
};

const deniedHolds: BrokenLimiter = {
  name: 'denied-holds',
  defect: 'A request is counted before it is asked whether it fits; one that is denied stays counted.',
  convictedBy: ['denied-is-free'],
  contract: { promises: [concurrencyPromise], ...tellsNothing },
  create: () => {
    const { limiter, counts } = inFlight();
    return {
      consume(key, cost, nowUs) {
        const answer = limiter.consume(key, cost, nowUs);
        if (answer === refused && isCost(cost, 3)) counts.set(key, (counts.get(key) ?? 0) + cost);
        return answer;
      },
      release: (key, cost) => void counts.set(key, Math.max(0, (counts.get(key) ?? 0) - cost)),
    };
  },
};

/** Four cells for life; `trickles` says whether one passes without any, and when the next one may. */
function budget(trickleUs: number, nextUs: (nowUs: number) => number): Limiter {
  const budgets = new Map<string, { left: number; nextUs: number }>();
  let latestUs = 0;
  const budgetOf = (key: string) => {
    const state = budgets.get(key) ?? { left: 4, nextUs: trickleUs };
    budgets.set(key, state);
    return state;
  };
  return {
    consume(key, cost, nowUs) {
      if (!isCost(cost, 4)) return refused;
      latestUs = Math.max(latestUs, nowUs);
      const state = budgetOf(key);
      if (cost <= state.left) {
        state.left -= cost;
        return admitted;
      }
      if (latestUs < state.nextUs) return refused;
      state.nextUs = nextUs(latestUs);
      return admitted;
    },
    credit(key, cells) {
      budgetOf(key).left += cells;
    },
  };
}

const trickleFloods: BrokenLimiter = {
  name: 'trickle-floods',
  defect: 'Once the budget is used up every request is taken for the one that is let through each ten seconds.',
  convictedBy: ['admission-bound'],
  contract: { promises: [{ family: 'earned-budget', capacity: 4, trickleUs: 10 * SECOND_US }], ...tellsNothing },
  create: () => budget(0, (nowUs) => nowUs),
};

/** Windows of a minute that take credit; `creditOf` is what the next window keeps of the last one's. */
function creditedWindow(creditOf: (earned: number) => number, cells: (cells: number) => number): Limiter {
  const windows = new Map<string, { index: number; used: number }>();
  let latestUs = 0;
  const windowAt = (key: string, nowUs: number) => {
    latestUs = Math.max(latestUs, nowUs);
    const index = Math.floor(latestUs / MINUTE_US);
    const last = windows.get(key);
    const used = last === undefined ? 0 : -creditOf(Math.max(0, -last.used));
    return last?.index === index ? last : { index, used };
  };
  return {
    consume(key, cost, nowUs) {
      if (!isCost(cost, 5)) return refused;
      const window = windowAt(key, nowUs);
      if (window.used + cost > 5) return refused;
      window.used += cost;
      windows.set(key, window);
      return admitted;
    },
    credit(key, earned, nowUs) {
      const window = windowAt(key, nowUs);
      window.used -= cells(earned);
      windows.set(key, window);
    },
  };
}

const creditedPromise: FixedWindowNumbers = {
  family: 'fixed-window',
  capacity: 5,
  windowUs: MINUTE_US,
  anchor: 'calendar',
  credit: 'below-zero',
  countsDenied: false,
};

const creditKept: BrokenLimiter = {
  name: 'credit-kept',
  defect: 'What was earned beyond what was used is carried over into the windows that follow.',
  convictedBy: ['admission-bound'],
  contract: { promises: [creditedPromise], ...tellsNothing },
  create: () =>
    creditedWindow(
      (earned) => earned,
      (cells) => cells,
    ),
};

const creditAboveUsed: BrokenLimiter = {
  name: 'credit-above-used',
  defect: 'Cells that come back are added even where none were used, so that a window holds more than its capacity.',
  convictedBy: ['admission-bound'],
  contract: { promises: [{ ...creditedPromise, credit: 'to-zero' }], ...tellsNothing },
  create: () =>
    creditedWindow(
      () => 0,
      (cells) => cells,
    ),
};

const creditLost: BrokenLimiter = {
  name: 'credit-lost',
  defect: 'However many cells are earned, one is given.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [creditedPromise], ...tellsNothing },
  create: () =>
    creditedWindow(
      () => 0,
      () => 1,
    ),
};

export const brokenQueues: readonly BrokenLimiter[] = [
  forgetsTheQueue,
  endlessQueue,
  neverReleased,
  releasedTwice,
  releasedAsOne,
  deniedHolds,
  trickleFloods,
  creditKept,
  creditAboveUsed,
  creditLost,
];
