/** This project's own core, held to the contracts of the small right limiters. */
import { CORE_KEYS, coreAdapter } from '../../invariants/index.js';
import { openEngine } from '../../native/engine.js';
import type { Suspect } from './conviction.js';
import { rightLimiters } from './right-limiters.js';

/** Both engines, or TypeScript alone where the native one is not built. */
const engines: readonly ('ts' | 'native')[] = openEngine('auto').engine === 'native' ? ['ts', 'native'] : ['ts'];

export const cores: readonly Suspect[] = engines.flatMap((engine) =>
  rightLimiters
    .flatMap(({ claims }) => claims)
    .map(({ name, contract }) => {
      const { name: _, ...adapter } = coreAdapter(engine, contract.promises);
      return {
        ...adapter,
        name: `core-${engine}-${name}`,
        contract: { ...contract, keys: CORE_KEYS, countersMax: null },
      };
    }),
);
