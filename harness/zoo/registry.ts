/** Every collection of the zoo, in the order in which they are shown. */
import { readFile } from 'node:fs/promises';
import type { Collection } from './zoo.js';

export const collections: readonly Collection[] = [
  {
    kind: 'limiter',
    overHttp: false,
    async load() {
      const { limiterCreatures, rightLimiterOnes } = await import('./limiters/limiters.js');
      return { creatures: limiterCreatures, rightOnes: rightLimiterOnes };
    },
  },
  {
    kind: 'verifier',
    overHttp: false,
    async load() {
      const { verifierCollection } = await import('./verifiers/collection.js');
      return await verifierCollection.load();
    },
  },
  {
    kind: 'gateway',
    overHttp: true,
    async load() {
      const { gatewayCollection } = await import('./gateways/collection.js');
      return await gatewayCollection.load();
    },
  },
  {
    kind: 'mutation',
    overHttp: false,
    async load() {
      const [{ mutations }, limiters, verifiers, known, knownVerifiers] = await Promise.all([
        import('./mutation/mutations.js'),
        import('./mutation/subjects.js'),
        import('./verifiers/mutation-subjects.js'),
        import('./mutation/equivalents.js'),
        import('./verifiers/equivalents.js'),
      ]);
      const base = new URL('./', import.meta.url).href;
      return await mutations({
        base,
        read: async (path) => await readFile(new URL(path, base), 'utf8'),
        subjects: [...limiters.mutationSubjects, ...verifiers.verifierSubjects],
        known: [...known.equivalents, ...knownVerifiers.verifierEquivalents],
      });
    },
  },
];
