/**
 * bottleneck, a `Group` with a limiter for each key, which sheds what it can not launch at once: `highWater: 0` with the
 * strategy OVERFLOW ("do not add the new job").
 *
 * What it claims, from its README: `minTime`: "How long to wait after launching a job before launching another one";
 * with an increase interval, "Users are allowed to
 * send 40 requests initially, then every second grants 2 more requests up to a maximum of 40". Cells come by a timer
 * then, so the grain of the clock is the interval. "The `weight` must be an integer equal to or higher than 0."
 */
import type Bottleneck from 'bottleneck';
import type { Consumed, Contract, Limiter } from '../contract.js';
import { definePeer, type Peer, type PeerSetup } from './peer.js';

interface Setup extends PeerSetup {
  readonly options: Bottleneck.ConstructorOptions;
}

const shared: Omit<Contract, 'promises'> = {
  grainUs: 1_000,
  retryAfter: 'none',
  remaining: 'none',
  overCapacity: 'refused',
  // Nothing is said of a clock that is set.
  clockBack: 'undefined',
};

/** `cells` more every `intervalMs`, `capacity` at most. */
function reservoir(words: string, capacity: number, cells: number, intervalMs: number): Setup {
  return {
    words: `reservoir of ${capacity}, ${cells} more every ${words}`,
    options: {
      reservoir: capacity,
      reservoirIncreaseAmount: cells,
      reservoirIncreaseInterval: intervalMs,
      reservoirIncreaseMaximum: capacity,
    },
    contract: {
      ...shared,
      promises: [{ family: 'token-bucket', capacity, refillCells: cells, refillPeriodUs: intervalMs * 1_000 }],
      grainUs: intervalMs * 1_000,
    },
  };
}

const setups: Readonly<Record<string, Setup>> = {
  'min-time': {
    words: 'minTime 333 ms',
    options: { minTime: 333 },
    contract: {
      ...shared,
      promises: [{ family: 'token-bucket', capacity: 1, refillCells: 1, refillPeriodUs: 333_000 }],
      costMax: 1,
    },
  },
  'reservoir-second': reservoir('second', 40, 2, 1_000),
  // A group deletes "limiters that have been idle for longer than 5 minutes", and with them what they had counted.
  'reservoir-hour': reservoir('hour', 5, 1, 3_600_000),
};

/** A limiter's store pauses for a turn of the event loop at each step; none of its options changes that. */
interface PausingLimiter {
  readonly _store: { yieldLoop(ms?: number): Promise<void> };
}

/**
 * A played clock stands still while a request is asked, so the pauses are taken out: the steps are the same and in the
 * same order. A job is launched by a timer of 0 ms, so the answer is read when its launch is scheduled.
 */
function limiterOf(group: Bottleneck.Group, isDropped: (error: unknown) => boolean): Limiter {
  const scheduled = new Map<string, () => void>();
  let jobs = 0;
  group.on('created', (limiter: Bottleneck) => {
    (limiter as unknown as PausingLimiter)._store.yieldLoop = () => Promise.resolve();
    limiter.on('scheduled', ({ options }) => scheduled.get(options.id)?.());
  });
  return {
    consume: async (key, cost) => {
      // That the weight is right is the caller's part, and a job of weight 0 is no request.
      if (!Number.isSafeInteger(cost) || cost < 1) return { admitted: false };
      const id = String(jobs++);
      try {
        return await new Promise<Consumed>((resolve, reject) => {
          scheduled.set(id, () => resolve({ admitted: true }));
          group
            .key(key)
            .schedule({ id, weight: cost }, async () => undefined)
            .catch(reject);
        });
      } catch (error) {
        if (isDropped(error)) return { admitted: false };
        throw error;
      } finally {
        scheduled.delete(id);
      }
    },
    close: () => {
      for (const { limiter } of group.limiters()) void limiter.disconnect();
    },
  };
}

export const bottleneck: Peer = definePeer(
  'bottleneck',
  setups,
  async () => (await import('bottleneck')).default,
  ({ options }, { Group, strategy, BottleneckError }) => {
    const group = new Group({ ...options, highWater: 0, strategy: strategy.OVERFLOW });
    return limiterOf(group, (error) => error instanceof BottleneckError);
  },
);
