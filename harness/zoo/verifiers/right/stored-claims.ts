/** Keeps its claims in a store that is asked over a network: set if not there, in one step, and only then accepted. */

import type { Verified, VerifyRequest } from '../../../invariants/verifier/index.js';
import { type Key, NonceMemory } from './nonce-memory.js';

export class StoredClaims extends NonceMemory {
  override async verify(nowUs: number, request: VerifyRequest): Promise<Verified> {
    if (!this.isFormed(request)) return 'refused';
    this.advance(nowUs);
    const key = this.find(request.keyId);
    const nobody: Key = { secret: '', account: '', scopes: [] };
    if (!this.isSigned(request, key ?? nobody) || key === undefined) return 'refused';
    if (!this.isFresh(request) || !this.isAllowed(request, key)) return 'refused';
    return (await this.setIfAbsent(request)) ? 'accepted' : 'refused';
  }

  /** The way there takes a while, what happens there is one step. */
  protected async setIfAbsent(request: VerifyRequest): Promise<boolean> {
    await Promise.resolve();
    return this.claim(request);
  }
}
