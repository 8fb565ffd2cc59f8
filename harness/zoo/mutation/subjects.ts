/** The right programs of which a machine makes mutants, and who accuses these. */
import type { InvariantName, Limiter } from '../../invariants/contract.js';
import { convict, RUNS } from '../limiters/conviction.js';
import { type Habit, type RightLimiter, rightLimiters } from '../limiters/right-limiters.js';
import type { ZooOptions } from '../zoo.js';

export interface MutationSubject {
  /** Compiled module, from the folder of the zoo, for example `limiters/right/token-bucket.js`. */
  readonly path: string;
  /** @returns the names of those who accuse the module; none when nobody does. */
  accuse(module: Readonly<Record<string, unknown>>, options: ZooOptions): Promise<readonly string[]>;
}

/** Those that convict most mutants at the least cost come first; the first that does ends it. */
const order: readonly InvariantName[] = [
  'admission-bound',
  'nothing-lost',
  'refuses-bad-costs',
  'retry-after',
  'remaining',
  'denied-is-free',
  'never-above-capacity',
  'clock-steps',
  'all-or-nothing',
  'isolation',
  'number-edges',
  'long-horizon',
  'concurrency',
  'bounded-memory',
  'determinism',
];

function subjectOf({ file, build, claims, habits = [] }: RightLimiter): MutationSubject {
  return {
    path: `limiters/right/${file}.js`,
    async accuse(module, { seed, runs }) {
      const make = module[build.name] as (...made: readonly unknown[]) => Limiter;
      // Few histories of every contract before many of any.
      for (const count of runs === undefined ? RUNS : [runs]) {
        for (const { name, contract, made } of claims) {
          const { by } = await convict({ name, contract, create: () => make(...made) }, { seed, runs: count }, order);
          if (by.length > 0) return by;
        }
      }
      return habits.filter((habit) => !isKept(habit, () => make(...(claims[0]?.made ?? [])))).map(({ name }) => name);
    },
  };
}

/** A limiter that throws does not keep it. */
function isKept(habit: Habit, create: () => Limiter): boolean {
  try {
    return habit.isKept(create());
  } catch {
    return false;
  }
}

export const mutationSubjects: readonly MutationSubject[] = rightLimiters.map(subjectOf);
