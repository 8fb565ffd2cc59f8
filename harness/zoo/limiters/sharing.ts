/** Limiters in several places at once: between a look and a charge somebody else comes by. */
import type { Limiter } from '../../invariants/contract.js';
import { type BrokenLimiter, fixedWindow, isCost, MINUTE_US, refused, tellsNothing } from './frame.js';

const admitted = { admitted: true } as const;
const CAPACITY = 5;
const promise = fixedWindow(CAPACITY, MINUTE_US);

interface Row {
  readonly index: number;
  readonly used: number;
}

/** A table in another place: it answers later. */
function store() {
  const rows = new Map<string, Row>();
  return {
    read: async (key: string) => rows.get(key),
    write: async (key: string, row: Row) => void rows.set(key, row),
  };
}

/** What is used in the window of `nowUs`; a clock that is set back stays in the window that it came from. */
function usedIn(row: Row | undefined, nowUs: number): Row {
  const index = Math.floor(nowUs / MINUTE_US);
  return row !== undefined && row.index >= index ? row : { index, used: 0 };
}

const lostUpdate: BrokenLimiter = {
  name: 'lost-update',
  defect: 'The counter is read, raised and written back: of two that read the same one charge is lost.',
  convictedBy: ['concurrency'],
  contract: { promises: [promise], ...tellsNothing },
  create: () => {
    const { read, write } = store();
    return {
      async consume(key, cost, nowUs) {
        if (!isCost(cost, CAPACITY)) return refused;
        const { index, used } = usedIn(await read(key), nowUs);
        if (used + cost > CAPACITY) return refused;
        await write(key, { index, used: used + cost });
        return admitted;
      },
    };
  },
};

const chargedAfterwards: BrokenLimiter = {
  name: 'charged-afterwards',
  defect: 'The charge is written when the answer is given already.',
  convictedBy: ['concurrency'],
  contract: { promises: [promise], ...tellsNothing },
  create: () => {
    const rows = new Map<string, Row>();
    return {
      async consume(key, cost, nowUs) {
        if (!isCost(cost, CAPACITY)) return refused;
        const { used } = usedIn(rows.get(key), nowUs);
        if (used + cost > CAPACITY) return refused;
        await null;
        const latest = usedIn(rows.get(key), nowUs);
        rows.set(key, { index: latest.index, used: latest.used + cost });
        return admitted;
      },
    };
  },
};

const lockByCall: BrokenLimiter = {
  name: 'lock-not-shared',
  defect: 'Each of two processes waits for a lock of its own, and both write to one table.',
  convictedBy: ['concurrency'],
  contract: { promises: [promise], ...tellsNothing },
  create: () => {
    const { read, write } = store();
    const locks: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
    let calls = 0;
    const decide = async (key: string, cost: number, nowUs: number) => {
      const { index, used } = usedIn(await read(key), nowUs);
      if (used + cost > CAPACITY) return refused;
      await write(key, { index, used: used + cost });
      return admitted;
    };
    return {
      async consume(key, cost, nowUs) {
        if (!isCost(cost, CAPACITY)) return refused;
        calls += 1;
        const own = calls % 2;
        const answer = Promise.resolve(locks[own]).then(() => decide(key, cost, nowUs));
        locks[own] = answer;
        return answer;
      },
    };
  },
};

const countedOnEach: BrokenLimiter = {
  name: 'counted-on-each-node',
  defect: 'Each of two nodes counts for itself what only both together may let through.',
  convictedBy: ['admission-bound'],
  contract: { promises: [promise], ...tellsNothing },
  create: () => {
    const nodes = [new Map<string, Row>(), new Map<string, Row>()];
    let calls = 0;
    const limiter: Limiter = {
      consume(key, cost, nowUs) {
        if (!isCost(cost, CAPACITY)) return refused;
        calls += 1;
        const rows = nodes[calls % 2];
        const { index, used } = usedIn(rows?.get(key), nowUs);
        if (used + cost > CAPACITY) return refused;
        rows?.set(key, { index, used: used + cost });
        return admitted;
      },
    };
    return limiter;
  },
};

const failsOpen: BrokenLimiter = {
  name: 'store-fails-open',
  defect: 'When the table does not answer, as each tenth time, the request is let through.',
  convictedBy: ['admission-bound'],
  contract: { promises: [promise], ...tellsNothing },
  create: () => {
    const rows = new Map<string, Row>();
    let calls = 0;
    return {
      consume(key, cost, nowUs) {
        if (!isCost(cost, CAPACITY)) return refused;
        calls += 1;
        if (calls % 10 === 0) return admitted;
        const { index, used } = usedIn(rows.get(key), nowUs);
        if (used + cost > CAPACITY) return refused;
        rows.set(key, { index, used: used + cost });
        return admitted;
      },
    };
  },
};

export const brokenSharing: readonly BrokenLimiter[] = [
  lostUpdate,
  chargedAfterwards,
  lockByCall,
  countedOnEach,
  failsOpen,
];
