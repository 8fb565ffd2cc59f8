/** Verifiers that keep every promise of their contracts. */
import type { VerifierAdapter, VerifierContract } from '../../../invariants/verifier/index.js';
import { nonceMemoryContract, signatureMemoryContract, withoutMemoryContract } from '../contracts.js';
import { NonceMemory } from './nonce-memory.js';
import { signatureMemory } from './signature-memory.js';
import { StoredClaims } from './stored-claims.js';
import { withoutMemory } from './without-memory.js';

export interface RightVerifier {
  readonly name: string;
  readonly contract: VerifierContract;
  create: VerifierAdapter['create'];
}

export const rightVerifiers: readonly RightVerifier[] = [
  { name: 'nonce-memory', contract: nonceMemoryContract, create: () => new NonceMemory() },
  { name: 'signature-memory', contract: signatureMemoryContract, create: signatureMemory },
  { name: 'stored-claims', contract: nonceMemoryContract, create: () => new StoredClaims() },
  { name: 'without-memory', contract: withoutMemoryContract, create: withoutMemory },
];
