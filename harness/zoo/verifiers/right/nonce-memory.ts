/**
 * The reference: HMAC-SHA256 in hex over the lines of hmac-lines, a window of five seconds, a nonce that one key can use
 * once. Each step is a method of its own, so that the broken ones can take a single one out.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { UnsignedRequest, Verified, Verifier, VerifyRequest } from '../../../invariants/verifier/index.js';
import { textOfLines } from '../../../invariants/verifier/index.js';

export interface Key {
  readonly secret: string;
  readonly account: string;
  readonly scopes: readonly string[];
}

const WINDOW_US = 5_000_000;
const FUTURE_US = 1_000_000;
const CAPACITY = 40;
const nobody: Key = { secret: 'nobody has this', account: '', scopes: [] };

export class NonceMemory implements Verifier {
  protected readonly keys = new Map<string, Key>();
  /** The last instant at which each request that was accepted is fresh. */
  protected readonly claims = new Map<string, number>();
  protected latestUs = 0;
  protected macs = 0;

  addKey(keyId: string, secret: string, account: string, scopes: readonly string[]): void {
    this.keys.set(keyId, { secret, account, scopes });
  }

  removeKey(keyId: string): void {
    this.keys.delete(keyId);
  }

  work(): number {
    return this.macs;
  }

  size(): number {
    return this.claims.size;
  }

  verify(nowUs: number, request: VerifyRequest): Verified | Promise<Verified> {
    if (!this.isFormed(request)) return 'refused';
    this.advance(nowUs);
    const key = this.find(request.keyId);
    if (!this.isSigned(request, key ?? nobody) || key === undefined) return 'refused';
    if (!this.isFresh(request) || !this.isAllowed(request, key)) return 'refused';
    return this.claim(request) ? 'accepted' : 'refused';
  }

  protected isFormed(request: VerifyRequest): boolean {
    const { keyId, nonce, method, path, query, body, signature, account, scope } = request;
    if (
      ![keyId, nonce, method, path, query, body, signature, account, scope].every((text) => typeof text === 'string')
    ) {
      return false;
    }
    if (!isWhole(request.timestampUs) || !isWhole(request.windowUs)) return false;
    if (!/^[\x21-\x7e]{1,256}$/.test(keyId) || !/^[\x21-\x7e]{1,64}$/.test(nonce)) return false;
    return /^[A-Z]+$/.test(method) && /^[\x21-\x7e]+$/.test(path) && /^[\x21-\x7e]*$/.test(query);
  }

  /** A clock that is set back stands still. */
  protected advance(nowUs: number): void {
    this.latestUs = Math.max(this.latestUs, nowUs);
  }

  protected find(keyId: string): Key | undefined {
    return this.keys.get(keyId);
  }

  protected text(request: UnsignedRequest): string {
    return textOfLines(request);
  }

  protected mac(hash: string, key: Key, request: UnsignedRequest): Buffer {
    this.macs += 1;
    return createHmac(hash, key.secret).update(this.text(request), 'utf8').digest();
  }

  protected isSigned(request: VerifyRequest, key: Key): boolean {
    const mac = this.mac('sha256', key, request);
    return /^[0-9a-fA-F]{64}$/.test(request.signature) && timingSafeEqual(Buffer.from(request.signature, 'hex'), mac);
  }

  protected lastFreshUs({ timestampUs, windowUs }: UnsignedRequest): number {
    return timestampUs + (windowUs === 0 ? WINDOW_US : Math.min(windowUs, WINDOW_US));
  }

  protected isFresh(request: UnsignedRequest): boolean {
    return request.timestampUs < this.latestUs + FUTURE_US && this.latestUs <= this.lastFreshUs(request);
  }

  protected isAllowed({ account, scope }: UnsignedRequest, key: Key): boolean {
    return account === key.account && key.scopes.includes(scope);
  }

  /** What one acceptance uses up. */
  protected claimOf({ keyId, nonce }: VerifyRequest): string {
    return `${keyId} ${nonce}`;
  }

  /** Whether a claim can be forgotten: its request is stale for ever. */
  protected isOver(lastFreshUs: number): boolean {
    return lastFreshUs < this.latestUs;
  }

  protected claim(request: VerifyRequest): boolean {
    for (const [claim, lastFreshUs] of this.claims) {
      if (this.isOver(lastFreshUs)) this.claims.delete(claim);
    }
    const claim = this.claimOf(request);
    if (this.claims.has(claim) || !this.hasRoom(request)) return false;
    this.claims.set(claim, this.lastFreshUs(request));
    return true;
  }

  protected hasRoom(_request: VerifyRequest): boolean {
    return this.claims.size < CAPACITY;
  }
}

function isWhole(us: number): boolean {
  return Number.isSafeInteger(us) && us >= 0 && us % 1000 === 0;
}
