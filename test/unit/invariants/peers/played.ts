/** One limiter of a peer on a clock that is played, so that a year passes in no time. */
import { type Clock, install } from '@sinonjs/fake-timers';
import type { Consumed, Contract, Limiter } from '../../../../harness/invariants/contract.js';
import type { Peer } from '../../../../harness/invariants/peers/peer.js';

export interface PlayedLimiter {
  readonly contract: Contract;
  readonly limiter: Limiter;
  ask(key: string, cost?: number): Promise<Consumed>;
  /** `times` requests of one cell, one after the other. @returns how many were admitted. */
  admitted(key: string, times: number): Promise<number>;
  pass(ms: number): Promise<void>;
}

const START_MS = 1_700_000_000_000;
/** Rounds of timers that are due at once, of which some limiters need several before they answer. */
const ROUNDS_MAX = 50;

async function answerOf<T>(clock: Clock, asked: Promise<T> | T): Promise<T> {
  let isDone = false;
  const done = Promise.resolve(asked).finally(() => {
    isDone = true;
  });
  // Who waits is told below; this only keeps a rejection from being taken for unheard.
  done.catch(() => undefined);
  for (let round = 0; round < ROUNDS_MAX && !isDone; round++) await clock.tickAsync(0);
  if (!isDone) throw new Error(`no answer after ${ROUNDS_MAX} rounds of timers`);
  return await done;
}

/** Lets `use` ask a fresh limiter; the clock is given back whatever happens. */
export async function withPlayed<T>(
  peer: Peer,
  contractName: string,
  use: (played: PlayedLimiter) => Promise<T>,
): Promise<T> {
  const found = (await peer.open()).find(({ name }) => name === contractName);
  if (found === undefined) throw new Error(`${peer.name} has no contract ${contractName}`);
  const clock = install({
    now: START_MS,
    toFake: ['Date', 'performance', 'hrtime', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  });
  try {
    const limiter = await found.adapter.create();
    const ask = (key: string, cost = 1): Promise<Consumed> =>
      answerOf(clock, Promise.resolve(limiter.consume(key, cost, clock.now * 1_000)));
    return await use({
      contract: found.contract,
      limiter,
      ask,
      admitted: async (key, times) => {
        let admitted = 0;
        for (let time = 0; time < times; time++) if ((await ask(key)).admitted) admitted += 1;
        return admitted;
      },
      pass: async (ms) => {
        await clock.tickAsync(ms);
      },
    });
  } finally {
    clock.uninstall();
  }
}
