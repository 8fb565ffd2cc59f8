/** What a broken verifier is: the reference with one step done wrongly, and what it claims all the same. */
import type { Verifier, VerifierContract, VerifierInvariantName } from '../../invariants/verifier/index.js';
import { nonceMemoryContract } from './contracts.js';

export interface BrokenVerifier {
  readonly name: string;
  /** One sentence. */
  readonly defect: string;
  /** What it is convicted of in any case; there may be more. */
  readonly convictedBy: readonly VerifierInvariantName[];
  readonly contract: VerifierContract;
  create(): Verifier;
}

export const contract = nonceMemoryContract;
