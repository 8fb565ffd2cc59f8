/** A right limiter for every contract: small, slow and exact. It shows what the kit accepts. */
import { claimsOf } from './claims.js';
import type { Consumed, Contract, Limiter, LimiterAdapter } from './contract.js';
import { Promised } from './promised.js';

/** Time that steps back is taken as the latest that was seen. Memory grows with the keys. */
export function modelAdapter(contract: Contract, name = 'model'): LimiterAdapter {
  const claims = claimsOf(contract);
  return {
    name,
    clock: 'argument',
    create: () => {
      const counters = new Map<string, Promised>();
      let latestUs = 0;
      const counterOf = (key: string, nowUs: number): Promised => {
        latestUs = Math.max(latestUs, nowUs);
        let counter = counters.get(key);
        if (counter === undefined) {
          counter = new Promised(claims);
          counters.set(key, counter);
        }
        return counter;
      };
      return {
        consume: (key, cost, nowUs) => consume(counterOf(key, nowUs), cost, latestUs, nowUs),
        release: (key, cost, nowUs) => counterOf(key, nowUs).release(cost),
        credit: (key, cells, nowUs) => counterOf(key, nowUs).credit(latestUs, cells),
        size: () => counters.size,
      } satisfies Limiter;
    },
  };
}

function consume(counter: Promised, cost: number, latestUs: number, nowUs: number): Consumed {
  if (!Number.isSafeInteger(cost) || cost < 1) return { admitted: false };
  if (counter.readyAtUs(latestUs, cost) === latestUs) {
    const delayUs = counter.charge(latestUs, cost);
    return { admitted: true, remaining: counter.remaining(latestUs), delayUs: latestUs + delayUs - nowUs };
  }
  counter.deny(latestUs, cost);
  const retryAfterUs = counter.readyAtUs(latestUs, cost) - nowUs;
  return { admitted: false, remaining: counter.remaining(latestUs), retryAfterUs };
}
