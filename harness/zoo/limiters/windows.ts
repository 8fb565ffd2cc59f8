/** Windows that begin, end or count where they should not. */
import {
  type BrokenLimiter,
  DAY_US,
  fixedWindow,
  HOUR_US,
  keyed,
  MINUTE_US,
  refused,
  SECOND_US,
  slidingLog,
  tellsNothing,
} from './frame.js';

const CAPACITY = 5;
const admitted = { admitted: true } as const;

const edgeDoubleBurst: BrokenLimiter = {
  name: 'edge-double-burst',
  defect: 'A window of the calendar is sold as a sliding one: both sides of its edge hold a full burst.',
  convictedBy: ['admission-bound'],
  contract: { promises: [slidingLog(CAPACITY, MINUTE_US)], ...tellsNothing },
  create: () =>
    keyed({
      capacity: CAPACITY,
      fresh: () => ({ index: -1, used: 0 }),
      take(window, cost, nowUs) {
        const index = Math.floor(nowUs / MINUTE_US);
        if (index !== window.index) Object.assign(window, { index, used: 0 });
        if (window.used + cost > CAPACITY) return refused;
        window.used += cost;
        return admitted;
      },
    }),
};

/** A window from the first hit; each defect changes one of its three comparisons. */
function firstHitWindow(
  windowUs: number,
  { isOver, fits }: { isOver: (ageUs: number) => boolean; fits: (used: number) => boolean },
) {
  return keyed({
    capacity: CAPACITY,
    fresh: () => ({ startUs: Number.NEGATIVE_INFINITY, used: 0 }),
    take(window, cost, nowUs) {
      if (isOver(nowUs - window.startUs)) Object.assign(window, { startUs: nowUs, used: 0 });
      if (!fits(window.used + cost)) return { admitted: false, retryAfterUs: window.startUs + windowUs - nowUs };
      window.used += cost;
      return admitted;
    },
  });
}

const capacityPlusOne: BrokenLimiter = {
  name: 'capacity-plus-one',
  defect: 'The counter is compared before it is raised, so that one request too many passes.',
  convictedBy: ['admission-bound'],
  contract: { promises: [fixedWindow(CAPACITY, SECOND_US, 'first-hit')], costMax: 1, ...tellsNothing },
  create: () =>
    firstHitWindow(SECOND_US, { isOver: (ageUs) => ageUs >= SECOND_US, fits: (used) => used - 1 <= CAPACITY }),
};

const capacityMinusOne: BrokenLimiter = {
  name: 'capacity-minus-one',
  defect: 'The last cell of a window is never given out.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [fixedWindow(CAPACITY, SECOND_US, 'first-hit')], costMax: 1, ...tellsNothing },
  create: () => firstHitWindow(SECOND_US, { isOver: (ageUs) => ageUs >= SECOND_US, fits: (used) => used < CAPACITY }),
};

const windowEndIncluded: BrokenLimiter = {
  name: 'window-end-included',
  defect: 'At the very instant of its end a window still counts, against the Retry-After that was told.',
  convictedBy: ['retry-after'],
  contract: { promises: [fixedWindow(CAPACITY, SECOND_US, 'first-hit')], remaining: 'none' },
  create: () => firstHitWindow(SECOND_US, { isOver: (ageUs) => ageUs > SECOND_US, fits: (used) => used <= CAPACITY }),
};

const logForgetsEarly: BrokenLimiter = {
  name: 'log-forgets-early',
  defect: 'A charge is dropped from the log one microsecond before its window has passed.',
  convictedBy: ['admission-bound'],
  contract: { promises: [slidingLog(CAPACITY, SECOND_US)], ...tellsNothing },
  create: () =>
    keyed({
      capacity: CAPACITY,
      fresh: () => ({ log: [] as number[] }),
      take(state, cost, nowUs) {
        state.log = state.log.filter((atUs) => atUs + SECOND_US - 1 > nowUs);
        if (state.log.length + cost > CAPACITY) return refused;
        state.log.push(...new Array<number>(cost).fill(nowUs));
        return admitted;
      },
    }),
};

const windowExtended: BrokenLimiter = {
  name: 'window-extended',
  defect: 'Every request sets the expiry anew, so that under steady traffic a window never ends.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [fixedWindow(CAPACITY, SECOND_US, 'first-hit')], ...tellsNothing },
  create: () =>
    keyed({
      capacity: CAPACITY,
      fresh: () => ({ endUs: 0, used: 0 }),
      take(window, cost, nowUs) {
        if (nowUs >= window.endUs) window.used = 0;
        window.endUs = nowUs + SECOND_US;
        if (window.used + cost > CAPACITY) return refused;
        window.used += cost;
        return admitted;
      },
    }),
};

const phaseByKey: BrokenLimiter = {
  name: 'phase-by-key',
  defect: 'Windows that should start with the calendar start elsewhere for each key.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [fixedWindow(CAPACITY, HOUR_US)], ...tellsNothing },
  create: () => {
    const windows = new Map<string, { index: number; used: number }>();
    let latestUs = 0;
    return {
      consume(key, cost, nowUs) {
        if (!(Number.isInteger(cost) && cost >= 1 && cost <= CAPACITY)) return refused;
        latestUs = Math.max(latestUs, nowUs);
        const phaseUs = (((key.charCodeAt(0) || 0) * 2_654_435_761) % 3599) * SECOND_US + SECOND_US;
        const index = Math.floor((latestUs + phaseUs) / HOUR_US);
        const last = windows.get(key);
        const used = (last?.index === index ? last.used : 0) + cost;
        if (used > CAPACITY) return refused;
        windows.set(key, { index, used });
        return admitted;
      },
    };
  },
};

/** Two weighted windows; each defect is in what is taken for the last one, or in its weight. */
function slidingCounter(previousCounts: (windowsAgo: number) => boolean, weightUs: (elapsedUs: number) => number) {
  return keyed({
    capacity: CAPACITY,
    fresh: () => ({ index: -1, previous: 0, current: 0 }),
    take(counter, cost, nowUs) {
      const elapsedUs = nowUs % MINUTE_US;
      const index = (nowUs - elapsedUs) / MINUTE_US;
      if (index !== counter.index) {
        const previous = previousCounts(index - counter.index) ? counter.current : 0;
        Object.assign(counter, { index, previous, current: 0 });
      }
      const used = counter.previous * weightUs(elapsedUs) + (counter.current + cost) * MINUTE_US;
      if (used > CAPACITY * MINUTE_US) return refused;
      counter.current += cost;
      return admitted;
    },
  });
}

const slidingCounterPromise = { family: 'sliding-counter', capacity: CAPACITY, windowUs: MINUTE_US } as const;

const stalePrevious: BrokenLimiter = {
  name: 'sliding-counter-stale-previous',
  defect: 'Whatever window a key was last seen in is taken for the previous one, however long ago it was.',
  convictedBy: ['nothing-lost'],
  contract: { promises: [slidingCounterPromise], ...tellsNothing },
  create: () =>
    slidingCounter(
      () => true,
      (elapsedUs) => MINUTE_US - elapsedUs,
    ),
};

const wrongWeight: BrokenLimiter = {
  name: 'sliding-counter-wrong-weight',
  defect: 'The previous window counts by the share that has passed in place of the share that is left.',
  convictedBy: ['admission-bound'],
  contract: { promises: [slidingCounterPromise], ...tellsNothing },
  create: () =>
    slidingCounter(
      (windowsAgo) => windowsAgo === 1,
      (elapsedUs) => elapsedUs,
    ),
};

const flushedDaily: BrokenLimiter = {
  name: 'flushed-daily',
  defect: 'A job at midnight clears all counters, whatever their windows.',
  convictedBy: ['admission-bound'],
  contract: { promises: [slidingLog(CAPACITY, 30 * DAY_US)], ...tellsNothing },
  create: () =>
    keyed({
      capacity: CAPACITY,
      fresh: () => ({ day: -1, log: [] as number[] }),
      take(state, cost, nowUs) {
        const day = Math.floor(nowUs / DAY_US);
        const isKept = (atUs: number) => day === state.day && atUs + 30 * DAY_US > nowUs;
        Object.assign(state, { day, log: state.log.filter(isKept) });
        if (state.log.length + cost > CAPACITY) return refused;
        state.log.push(...new Array<number>(cost).fill(nowUs));
        return admitted;
      },
    }),
};

export const brokenWindows: readonly BrokenLimiter[] = [
  edgeDoubleBurst,
  capacityPlusOne,
  capacityMinusOne,
  windowEndIncluded,
  logForgetsEarly,
  windowExtended,
  phaseByKey,
  stalePrevious,
  wrongWeight,
  flushedDaily,
];
