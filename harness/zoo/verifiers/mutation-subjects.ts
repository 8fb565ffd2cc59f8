/** The right verifiers as programs of which a machine makes mutants, and how these are accused. */
import {
  checkVerifier,
  type Verifier,
  type VerifierContract,
  verifierInvariantNames,
} from '../../invariants/verifier/index.js';
import type { MutationSubject } from '../mutation/subjects.js';
import { nonceMemoryContract, signatureMemoryContract, withoutMemoryContract } from './contracts.js';

/** Each history tries every spoilt variant of a request, so few of them are enough. */
const RUNS = 12;

type Module = Readonly<Record<string, unknown>>;
type VerifierClass = new () => Verifier;

/** The first promise that is broken ends it. */
async function accuse(
  create: () => Verifier,
  contract: VerifierContract,
  { seed, runs = RUNS }: { readonly seed: number; readonly runs?: number },
): Promise<readonly string[]> {
  for (const invariant of verifierInvariantNames) {
    const { pass } = await checkVerifier({ name: 'mutant', create }, contract, { seed, runs, invariant });
    if (!pass) return [invariant];
  }
  return [];
}

function subject(file: string, contract: VerifierContract, create: (module: Module) => Verifier): MutationSubject {
  return {
    path: `verifiers/right/${file}.js`,
    accuse: (module, options) => accuse(() => create(module), contract, options),
  };
}

export const verifierSubjects: readonly MutationSubject[] = [
  subject('nonce-memory', nonceMemoryContract, (module) => new (module.NonceMemory as VerifierClass)()),
  subject('stored-claims', nonceMemoryContract, (module) => new (module.StoredClaims as VerifierClass)()),
  subject('signature-memory', signatureMemoryContract, (module) => (module.signatureMemory as () => Verifier)()),
  subject('without-memory', withoutMemoryContract, (module) => (module.withoutMemory as () => Verifier)()),
];
