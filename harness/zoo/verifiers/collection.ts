/** The verifiers as the zoo shows them: each broken one is asked for all of its promises, and so is each right one. */

import type { VerifierAdapter, VerifierContract } from '../../invariants/verifier/index.js';
import { checkVerifier, coreVerifierAdapter, coreVerifierContract } from '../../invariants/verifier/index.js';
import { loadAddon } from '../../native/load.js';
import type { Collection, Creature, RightOne, ZooOptions } from '../zoo.js';
import { brokenVerifiers } from './all.js';
import { rightVerifiers } from './right/all.js';

/** Histories for each invariant: every broken one is found in far fewer. */
const RUNS_BROKEN = 15;
const RUNS_RIGHT = 40;

interface Found {
  readonly by: readonly string[];
  readonly ms: number;
  readonly evidence: readonly string[];
}

async function find(
  adapter: VerifierAdapter,
  contract: VerifierContract,
  options: Required<ZooOptions>,
): Promise<Found> {
  const startedMs = performance.now();
  const { failures } = await checkVerifier(adapter, contract, options);
  return {
    by: [...new Set(failures.map(({ invariant }) => invariant))],
    ms: performance.now() - startedMs,
    evidence: failures.flatMap(({ invariant, message, timeline }) => [`${invariant}: ${message}`, ...timeline]),
  };
}

const creatures: readonly Creature[] = brokenVerifiers.map(({ name, defect, contract, create }) => ({
  name,
  kind: 'verifier',
  defect,
  check: async ({ seed, runs = RUNS_BROKEN }) => {
    const found = await find({ name, create }, contract, { seed, runs });
    return { caught: found.by.length > 0, ...found };
  },
}));

function rightOne(name: string, contract: VerifierContract, create: VerifierAdapter['create']): RightOne {
  return {
    name,
    kind: 'verifier',
    check: async ({ seed, runs = RUNS_RIGHT }) => {
      const found = await find({ name, create }, contract, { seed, runs });
      return { accused: found.by.length > 0, ...found };
    },
  };
}

/** The verifiers of our own cores; the native one where it is built. */
function ownOnes(): readonly RightOne[] {
  const engines = loadAddon().addon === undefined ? (['ts'] as const) : (['ts', 'native'] as const);
  return engines.flatMap((engine) =>
    (['verify', 'decide'] as const).map((by) => {
      const adapter = coreVerifierAdapter(engine, by);
      return rightOne(`${engine}-core-${by}`, coreVerifierContract(), () => adapter.create());
    }),
  );
}

export const verifierCollection: Collection = {
  kind: 'verifier',
  overHttp: false,
  load: async () => ({
    creatures,
    rightOnes: [...rightVerifiers.map(({ name, contract, create }) => rightOne(name, contract, create)), ...ownOnes()],
  }),
};
