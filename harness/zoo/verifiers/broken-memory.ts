/** Verifiers that forget what they have accepted, or remember what they have not. */
import type { Verified, VerifyRequest } from '../../invariants/verifier/index.js';
import { type BrokenVerifier, contract } from './frame.js';
import { NonceMemory } from './right/nonce-memory.js';
import { StoredClaims } from './right/stored-claims.js';

const CAPACITY = 40;
const SECOND_US = 1_000_000;

const claimsFirst: BrokenVerifier = {
  name: 'nonce-before-signature',
  defect: 'The nonce is claimed before the signature is checked, so that a forgery burns the right request.',
  convictedBy: ['refused-claims-nothing'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      override verify(nowUs: number, request: VerifyRequest): Verified | Promise<Verified> {
        if (!this.isFormed(request)) return 'refused';
        this.advance(nowUs);
        if (!super.claim(request)) return 'refused';
        return super.verify(nowUs, request);
      }

      protected override claim(): boolean {
        return true;
      }
    })(),
};

const forgetsEarly: BrokenVerifier = {
  name: 'nonce-forgotten-early',
  defect: 'A nonce is forgotten one second before its signature is stale.',
  convictedBy: ['replay-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isOver(lastFreshUs: number): boolean {
        return lastFreshUs - SECOND_US < this.latestUs;
      }
    })(),
};

const forgetsAtEnd: BrokenVerifier = {
  name: 'nonce-forgotten-at-the-end',
  defect: 'A nonce is forgotten in the last microsecond in which its signature is fresh.',
  convictedBy: ['replay-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isOver(lastFreshUs: number): boolean {
        return lastFreshUs <= this.latestUs;
      }
    })(),
};

const keepsFromArrival: BrokenVerifier = {
  name: 'nonce-kept-from-arrival',
  defect: 'A nonce is kept for a window from its arrival, but a timestamp ahead of the clock is fresh for longer.',
  convictedBy: ['replay-refused'],
  contract: { ...contract, futureUs: 3 * SECOND_US },
  create: () =>
    new (class extends NonceMemory {
      protected override isFresh(request: VerifyRequest): boolean {
        return request.timestampUs < this.latestUs + 3 * SECOND_US && this.latestUs <= this.lastFreshUs(request);
      }

      protected override claim(request: VerifyRequest): boolean {
        const isNew = super.claim(request);
        if (isNew) this.claims.set(this.claimOf(request), this.latestUs + 5 * SECOND_US);
        return isNew;
      }
    })(),
};

const evictsOldest: BrokenVerifier = {
  name: 'nonce-evicted',
  defect: 'A memory that is full forgets its oldest nonce, so that forty requests reopen any signature.',
  convictedBy: ['full-memory-refuses'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override hasRoom(): boolean {
        const [oldest] = this.claims.keys();
        if (this.claims.size >= CAPACITY && oldest !== undefined) this.claims.delete(oldest);
        return true;
      }
    })(),
};

const neverForgets: BrokenVerifier = {
  name: 'memory-without-bound',
  defect: 'Nonces are remembered for ever, however many there are.',
  convictedBy: ['full-memory-refuses'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override hasRoom(): boolean {
        return true;
      }

      protected override isOver(): boolean {
        return false;
      }
    })(),
};

const staysFull: BrokenVerifier = {
  name: 'memory-stays-full',
  defect: 'What is stale is never given up, so that a memory which was full once refuses for ever.',
  convictedBy: ['full-memory-refuses'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isOver(): boolean {
        return false;
      }
    })(),
};

const sharesNonces: BrokenVerifier = {
  name: 'nonce-without-key-id',
  defect: 'A nonce is remembered without the key that used it, so that callers stand in the way of each other.',
  convictedBy: ['keys-apart'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override claimOf({ nonce }: VerifyRequest): string {
        return nonce;
      }
    })(),
};

const sharesMemory: BrokenVerifier = {
  name: 'memory-for-whoever-comes-first',
  defect: 'One key can fill the whole memory, after which all others are refused.',
  convictedBy: ['keys-apart'],
  contract: { ...contract, replayPerKey: 20 },
  create: () =>
    new (class extends NonceMemory {
      protected override hasRoom(): boolean {
        return this.claims.size < 20;
      }
    })(),
};

const remembersSpelling: BrokenVerifier = {
  name: 'replay-by-spelling',
  defect: 'Signatures are remembered as they were spelled, so that upper case makes a new one.',
  convictedBy: ['replay-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override claimOf({ signature }: VerifyRequest): string {
        return signature;
      }
    })(),
};

const remembersLoosely: BrokenVerifier = {
  name: 'replay-by-loose-spelling',
  defect: 'Blanks around a signature are cut off when it is checked, but not when it is remembered.',
  convictedBy: ['replay-respelled'],
  contract: { ...contract, spelling: 'any' },
  create: () =>
    new (class extends NonceMemory {
      override verify(nowUs: number, request: VerifyRequest): Verified | Promise<Verified> {
        if (typeof request.signature !== 'string') return 'refused';
        this.spelled = request.signature.toLowerCase();
        return super.verify(nowUs, { ...request, signature: request.signature.trim() });
      }

      private spelled = '';

      protected override claimOf(): string {
        return this.spelled;
      }
    })(),
};

const looksThenClaims: BrokenVerifier = {
  name: 'looks-then-claims',
  defect: 'The store is asked first and told afterwards, and copies of a request come in between.',
  convictedBy: ['replay-race'],
  contract,
  create: () =>
    new (class extends StoredClaims {
      protected override async setIfAbsent(request: VerifyRequest): Promise<boolean> {
        const isUsed = this.claims.has(this.claimOf(request));
        await Promise.resolve();
        if (isUsed) return false;
        this.claims.delete(this.claimOf(request));
        return this.claim(request);
      }
    })(),
};

const followsClock: BrokenVerifier = {
  name: 'clock-set-back',
  defect: 'The clock is followed when it is set back, but what was forgotten meanwhile does not come back.',
  convictedBy: ['clock-back'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override advance(nowUs: number): void {
        this.latestUs = nowUs;
      }
    })(),
};

const forgetsRemovedKeys: BrokenVerifier = {
  name: 'nonces-gone-with-the-key',
  defect: 'What a key has used is forgotten when it is removed, and it may come back.',
  convictedBy: ['revoked-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      override removeKey(keyId: string): void {
        super.removeKey(keyId);
        for (const claim of this.claims.keys()) {
          if (claim.startsWith(`${keyId} `)) this.claims.delete(claim);
        }
      }
    })(),
};

const takesReplays: BrokenVerifier = {
  name: 'remembers-nothing',
  defect: 'Nothing is remembered at all.',
  convictedBy: ['replay-refused', 'replay-race'],
  contract: { ...contract, replayCapacity: null },
  create: () =>
    new (class extends NonceMemory {
      protected override claim(): boolean {
        return true;
      }
    })(),
};

const wantsRisingTimes: BrokenVerifier = {
  name: 'timestamps-must-rise',
  defect: 'A request that is older than the one before it is refused, though both are fresh and came by two ways.',
  convictedBy: ['valid-accepted'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      private readonly latest = new Map<string, number>();

      protected override claim(request: VerifyRequest): boolean {
        if (request.timestampUs < (this.latest.get(request.keyId) ?? 0)) return false;
        this.latest.set(request.keyId, request.timestampUs);
        return super.claim(request);
      }
    })(),
};

export const brokenMemory: readonly BrokenVerifier[] = [
  claimsFirst,
  forgetsEarly,
  forgetsAtEnd,
  keepsFromArrival,
  evictsOldest,
  neverForgets,
  staysFull,
  sharesNonces,
  sharesMemory,
  remembersSpelling,
  remembersLoosely,
  looksThenClaims,
  followsClock,
  forgetsRemovedKeys,
  takesReplays,
  wantsRisingTimes,
];
