/** Limiters that a clock which is set, or which runs for long, leads astray. */
import type { Limiter } from '../../invariants/contract.js';
import {
  type BrokenLimiter,
  DAY_US,
  fixedWindow,
  isCost,
  keyed,
  MINUTE_US,
  refused,
  SECOND_US,
  slidingLog,
  tellsNothing,
  tokenBucket,
} from './frame.js';

const admitted = { admitted: true } as const;
const CAPACITY = 5;

/** A bucket of 5 cells, one a second, which counts whole microseconds; `elapsedUs` is what it takes for the time gone by. */
function clockedBucket(elapsedUs: (fromUs: number, toUs: number) => number): Limiter {
  const buckets = new Map<string, { owedUs: number; atUs: number }>();
  return {
    consume(key, cost, nowUs) {
      if (!isCost(cost, CAPACITY)) return refused;
      const bucket = buckets.get(key) ?? { owedUs: 0, atUs: nowUs };
      const owedUs = Math.max(0, bucket.owedUs - elapsedUs(bucket.atUs, nowUs));
      const after = owedUs + cost * SECOND_US;
      const fits = after <= CAPACITY * SECOND_US;
      buckets.set(key, { owedUs: fits ? after : owedUs, atUs: nowUs });
      return { admitted: fits };
    },
  };
}

const stepEarnsTwice: BrokenLimiter = {
  name: 'step-earns-twice',
  defect: 'After a step back the time from there on is paid again, though it was paid before.',
  convictedBy: ['clock-steps'],
  contract: { promises: [tokenBucket(CAPACITY, 1, SECOND_US)], ...tellsNothing },
  create: () => clockedBucket((fromUs, toUs) => Math.max(0, toUs - fromUs)),
};

const stepBackEarns: BrokenLimiter = {
  name: 'step-back-earns',
  defect: 'The time between two calls is taken without its sign, so that a clock set back refills.',
  convictedBy: ['clock-steps'],
  contract: { promises: [tokenBucket(CAPACITY, 1, SECOND_US)], ...tellsNothing },
  create: () => clockedBucket((fromUs, toUs) => Math.abs(toUs - fromUs)),
};

const unsignedDifference: BrokenLimiter = {
  name: 'unsigned-difference',
  defect: 'The time between two calls is an unsigned number of 32 bits, which a step back makes huge.',
  convictedBy: ['clock-steps'],
  contract: { promises: [tokenBucket(CAPACITY, 1, SECOND_US)], horizonUs: 10 * MINUTE_US, ...tellsNothing },
  create: () => clockedBucket((fromUs, toUs) => (toUs - fromUs) >>> 0),
};

const microsecondWrap: BrokenLimiter = {
  name: 'microsecond-wrap',
  defect:
    'Microseconds are counted in 32 bits, which wrap each 71 minutes: a key that comes back then has earned too little.',
  convictedBy: ['long-horizon'],
  contract: { promises: [tokenBucket(CAPACITY, 1, SECOND_US)], clockBack: 'undefined', ...tellsNothing },
  create: () => clockedBucket((fromUs, toUs) => ((toUs >>> 0) - (fromUs >>> 0)) >>> 0),
};

const windowWrap: BrokenLimiter = {
  name: 'window-wrap',
  defect:
    'The end of a window is kept in 32 bits of microseconds, so that a window of an hour and more may end at once.',
  convictedBy: ['admission-bound'],
  contract: { promises: [fixedWindow(CAPACITY, DAY_US, 'first-hit')], ...tellsNothing },
  create: () =>
    keyed({
      capacity: CAPACITY,
      fresh: () => ({ startUs: Number.NEGATIVE_INFINITY, used: 0 }),
      take(window, cost, nowUs) {
        if (nowUs - window.startUs >= DAY_US >>> 0) Object.assign(window, { startUs: nowUs, used: 0 });
        if (window.used + cost > CAPACITY) return refused;
        window.used += cost;
        return admitted;
      },
    }),
};

const timerOverflow: BrokenLimiter = {
  name: 'timer-overflow',
  defect: 'A window of 30 days is ended by a timer, whose delay of more than 2^31 - 1 ms fires at once.',
  convictedBy: ['admission-bound'],
  contract: {
    promises: [fixedWindow(CAPACITY, 30 * DAY_US, 'first-hit')],
    grainUs: 1000,
    clockBack: 'undefined',
    ...tellsNothing,
  },
  clock: 'global',
  create: () => {
    const used = new Map<string, number>();
    const timers = new Set<NodeJS.Timeout>();
    return {
      consume(key, cost) {
        if (!isCost(cost, CAPACITY)) return refused;
        const before = used.get(key);
        if ((before ?? 0) + cost > CAPACITY) return refused;
        if (before === undefined) timers.add(setTimeout(() => used.delete(key), (30 * DAY_US) / 1000));
        used.set(key, (before ?? 0) + cost);
        return admitted;
      },
      close() {
        for (const timer of timers) clearTimeout(timer);
      },
    };
  },
};

/** The instant as it is read back from 32 bits of seconds with a sign, and the rest of the second. */
function readBackUs(atUs: number): number {
  return (Math.floor(atUs / SECOND_US) | 0) * SECOND_US + (atUs % SECOND_US);
}

const secondsIn32Bits: BrokenLimiter = {
  name: 'year-2038',
  defect: 'Seconds since 1970 are kept in 32 bits with a sign: from 2038 on every charge seems to be long over.',
  convictedBy: ['number-edges'],
  contract: { promises: [slidingLog(CAPACITY, MINUTE_US)], ...tellsNothing },
  create: () =>
    keyed({
      capacity: CAPACITY,
      fresh: () => ({ log: [] as number[] }),
      take(state, cost, nowUs) {
        state.log = state.log.filter((atUs) => readBackUs(atUs) + MINUTE_US > nowUs);
        if (state.log.length + cost > CAPACITY) return refused;
        state.log.push(...new Array<number>(cost).fill(nowUs));
        return admitted;
      },
    }),
};

const roundedArrival: BrokenLimiter = {
  name: 'arrival-above-2-53',
  defect: 'The arrival time is kept in units of 1/997 microsecond since 1970, above 2^53, and each cell rounds it.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [tokenBucket(CAPACITY, 997, 1_000_003)], ...tellsNothing },
  create: () =>
    keyed({
      capacity: CAPACITY,
      fresh: () => ({ arrival: 0 }),
      take(state, cost, nowUs) {
        const now = nowUs * 997;
        const arrival = Math.max(state.arrival, now) + cost * 1_000_003;
        if (arrival - now > CAPACITY * 1_000_003) return refused;
        state.arrival = arrival;
        return admitted;
      },
    }),
};

export const brokenClocks: readonly BrokenLimiter[] = [
  stepEarnsTwice,
  stepBackEarns,
  unsignedDifference,
  microsecondWrap,
  windowWrap,
  timerOverflow,
  secondsIn32Bits,
  roundedArrival,
];
