/** Verifiers that let a key do what it was not made for. */
import type { UnsignedRequest, Verified, VerifyRequest } from '../../invariants/verifier/index.js';
import { type BrokenVerifier, contract } from './frame.js';
import { type Key, NonceMemory } from './right/nonce-memory.js';

type Allowed = (request: UnsignedRequest, key: Key) => boolean;

class WithRights extends NonceMemory {
  private readonly allowed: Allowed;

  constructor(allowed: Allowed) {
    super();
    this.allowed = allowed;
  }

  protected override isAllowed(request: UnsignedRequest, key: Key): boolean {
    return this.allowed(request, key);
  }
}

function wrongRights(
  parts: Pick<BrokenVerifier, 'name' | 'defect' | 'convictedBy'> & { readonly allowed: Allowed },
): BrokenVerifier {
  const { allowed, ...rest } = parts;
  return { ...rest, contract, create: () => new WithRights(allowed) };
}

const cachesKeys: BrokenVerifier = {
  name: 'revoked-key-in-a-cache',
  defect: 'A key that was found once is kept at hand, and works on after it was removed.',
  convictedBy: ['revoked-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      private readonly cache = new Map<string, Key>();

      override addKey(keyId: string, secret: string, account: string, scopes: readonly string[]): void {
        super.addKey(keyId, secret, account, scopes);
        this.cache.delete(keyId);
      }

      protected override find(keyId: string): Key | undefined {
        const key = this.cache.get(keyId) ?? super.find(keyId);
        if (key !== undefined) this.cache.set(keyId, key);
        return key;
      }
    })(),
};

const keepsOldSecret: BrokenVerifier = {
  name: 'old-secret-works-on',
  defect: 'When a key gets a new secret, the one before still opens it.',
  convictedBy: ['revoked-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      private readonly old = new Map<string, Key>();

      override removeKey(keyId: string): void {
        const key = super.find(keyId);
        if (key !== undefined) this.old.set(keyId, key);
        super.removeKey(keyId);
      }

      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        const old = this.old.get(request.keyId);
        const before = this.macs;
        const isRight = super.isSigned(request, key) || (old !== undefined && super.isSigned(request, old));
        this.macs = before + 1;
        return isRight;
      }
    })(),
};

const decidesByTurns: BrokenVerifier = {
  name: 'answers-by-turns',
  defect: 'One in seven requests of the process is not checked, to save time.',
  convictedBy: ['determinism'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      override verify(nowUs: number, request: VerifyRequest): Verified | Promise<Verified> {
        turns += 1;
        return turns % 7 === 0 ? 'accepted' : super.verify(nowUs, request);
      }
    })(),
};
let turns = 0;

const throwsOnText: BrokenVerifier = {
  name: 'throws-on-odd-fields',
  defect: 'A field that is missing or no text is an exception instead of a refusal.',
  convictedBy: ['bad-input-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isFormed(request: VerifyRequest): boolean {
        return request.keyId.length > 0 && request.nonce.length <= 64;
      }
    })(),
};

const poisoned: BrokenVerifier = {
  name: 'poisoned-by-a-bad-time',
  defect: 'A timestamp that is no number is compared like one, and every comparison with it is false.',
  convictedBy: ['bad-input-refused'],
  contract: {
    ...contract,
    text: (request) => JSON.stringify({ ...request, timestampUs: 0 }),
    signed: ['timestampUs', 'windowUs', 'method', 'path', 'query', 'body', 'nonce'],
  },
  create: () =>
    new (class extends NonceMemory {
      protected override isFormed(): boolean {
        return true;
      }

      protected override text(request: UnsignedRequest): string {
        const { signature: _left, ...rest } = request as VerifyRequest;
        return JSON.stringify({ ...rest, timestampUs: 0 });
      }

      protected override isFresh(request: UnsignedRequest): boolean {
        return !(request.timestampUs >= this.latestUs + 1_000_000) && !(this.latestUs > this.lastFreshUs(request));
      }
    })(),
};

export const brokenRights: readonly BrokenVerifier[] = [
  wrongRights({
    name: 'account-of-another-key',
    defect: 'The account that a request names is not compared with the account of its key.',
    convictedBy: ['account-bound'],
    allowed: ({ scope }, key) => key.scopes.includes(scope),
  }),
  wrongRights({
    name: 'account-by-prefix',
    defect: 'An account passes that begins with the name of the right one.',
    convictedBy: ['account-bound'],
    allowed: ({ account, scope }, key) => account.startsWith(key.account) && key.scopes.includes(scope),
  }),
  wrongRights({
    name: 'scope-not-checked',
    defect: 'Whoever has a key may do whatever any key may.',
    convictedBy: ['scope-bound'],
    allowed: ({ account }, key) => account === key.account,
  }),
  wrongRights({
    name: 'scope-by-part-of-the-text',
    defect: 'Scopes are looked for within one text, in which parts of their names are found too.',
    convictedBy: ['scope-bound'],
    allowed: ({ account, scope }, key) => account === key.account && key.scopes.join(',').includes(scope),
  }),
  cachesKeys,
  keepsOldSecret,
  decidesByTurns,
  throwsOnText,
  poisoned,
];
