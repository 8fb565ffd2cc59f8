/** The collection of limiters. */
import type { Creature, RightOne } from '../zoo.js';
import { brokenAnswers } from './answers.js';
import { brokenClocks } from './clocks.js';
import { convict, type Suspect } from './conviction.js';
import { cores } from './cores.js';
import { brokenCosts } from './costs.js';
import type { BrokenLimiter } from './frame.js';
import { brokenKeys } from './keys.js';
import { brokenMemories } from './memory.js';
import { brokenQueues } from './queues.js';
import { brokenRefills } from './refills.js';
import { rightLimiters } from './right-limiters.js';
import { brokenSharing } from './sharing.js';
import { brokenWindows } from './windows.js';

export const brokenLimiters: readonly BrokenLimiter[] = [
  ...brokenWindows,
  ...brokenRefills,
  ...brokenClocks,
  ...brokenCosts,
  ...brokenAnswers,
  ...brokenKeys,
  ...brokenMemories,
  ...brokenQueues,
  ...brokenSharing,
];

function creatureOf(limiter: BrokenLimiter): Creature {
  const { name, defect } = limiter;
  return {
    name,
    kind: 'limiter',
    defect,
    async check(options) {
      const began = performance.now();
      const { by, evidence } = await convict(limiter, options);
      return { caught: by.length > 0, by, evidence, ms: performance.now() - began };
    },
  };
}

/** Histories for each invariant that a right limiter has to stand. */
const RIGHT_RUNS = 300;

function rightOneOf(suspect: Suspect): RightOne {
  return {
    name: suspect.name,
    kind: 'limiter',
    async check(options) {
      const began = performance.now();
      const { by, evidence } = await convict(suspect, { runs: RIGHT_RUNS, ...options });
      return { accused: by.length > 0, by, evidence, ms: performance.now() - began };
    },
  };
}

export const limiterCreatures: readonly Creature[] = brokenLimiters.map(creatureOf);

const smallOnes: readonly Suspect[] = rightLimiters.flatMap(({ build, claims }) =>
  claims.map(({ name, contract, made }) => ({ name, contract, create: () => build(...(made as never[])) })),
);

export const rightLimiterOnes: readonly RightOne[] = [...smallOnes, ...cores].map(rightOneOf);
