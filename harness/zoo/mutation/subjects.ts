/** The right programs of which a machine makes mutants, and who accuses these. */
import type { InvariantName, Limiter } from '../../invariants/contract.js';
import { convict } from '../limiters/conviction.js';
import { type RightLimiter, rightLimiters } from '../limiters/right-limiters.js';
import { verifierSubjects } from '../verifiers/mutation-subjects.js';
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

function subjectOf({ file, build, claims }: RightLimiter): MutationSubject {
  return {
    path: `limiters/right/${file}.js`,
    async accuse(module, options) {
      const make = module[build.name] as (...made: readonly unknown[]) => Limiter;
      for (const { name, contract, made } of claims) {
        const { by } = await convict({ name, contract, create: () => make(...made) }, options, order);
        if (by.length > 0) return by;
      }
      return [];
    },
  };
}

export const mutationSubjects: readonly MutationSubject[] = [...rightLimiters.map(subjectOf), ...verifierSubjects];
