/** The collection of mutants: each is a creature, and those that change nothing are right ones. */
import type { Creature, RightOne, ZooOptions } from '../zoo.js';
import { type Equivalent, equivalents } from './equivalents.js';
import { withLoopGuard } from './loop-guard.js';
import { moduleOf } from './module-of.js';
import { type Mutant, mutantsOf } from './mutants.js';
import { type MutationSubject, mutationSubjects } from './subjects.js';

/** Reads a compiled module of the zoo. */
export type ModuleReader = (path: string) => Promise<string>;

interface Tried {
  readonly by: readonly string[];
  readonly ms: number;
}

async function tryMutant(subject: MutationSubject, mutant: Mutant, base: string, options: ZooOptions): Promise<Tried> {
  const began = performance.now();
  const by = await subject.accuse(await moduleOf(withLoopGuard(mutant.source), base), options);
  return { by, ms: performance.now() - began };
}

export interface MutationSources {
  readonly read: ModuleReader;
  /** Address of the folder of the zoo, with a slash at its end. */
  readonly base: string;
  /** What mutants are made of; every right limiter and verifier when left out. */
  readonly subjects?: readonly MutationSubject[];
  readonly known?: readonly Equivalent[];
}

/** @throws Error when a mutant is listed as equivalent that is not there: the list was made for another program. */
export async function mutations(sources: MutationSources): Promise<{ creatures: Creature[]; rightOnes: RightOne[] }> {
  const { read, base, subjects = mutationSubjects, known = equivalents } = sources;
  const unseen = new Set(known.map(({ id }) => id));
  const creatures: Creature[] = [];
  const rightOnes: RightOne[] = [];
  for (const subject of subjects) {
    const file = subject.path.split('/').at(-1) ?? '';
    const url = new URL(subject.path, base).href;
    for (const mutant of mutantsOf(file, await read(subject.path))) {
      const { id } = mutant;
      if (unseen.delete(id)) {
        rightOnes.push({
          name: id,
          kind: 'mutation',
          async check(options) {
            const { by, ms } = await tryMutant(subject, mutant, url, options);
            return { accused: by.length > 0, by, ms };
          },
        });
        continue;
      }
      creatures.push({
        name: id,
        kind: 'mutation',
        defect: `A machine has changed one place: ${id}.`,
        async check(options) {
          const { by, ms } = await tryMutant(subject, mutant, url, options);
          return { caught: by.length > 0, by, ms };
        },
      });
    }
  }
  if (unseen.size > 0)
    throw new Error(`no such mutants, though they are listed as equivalent: ${[...unseen].join(', ')}`);
  return { creatures, rightOnes };
}
