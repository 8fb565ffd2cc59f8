/**
 * What a right verifier of a profile says of a request: the rules told plainly, one after the other, with Node's own HMAC
 * and maps for a memory. It is what the gate and the defence before it must agree with, and no faster than that takes.
 */
import { createHmac } from 'node:crypto';
import { isId } from '../core/text-form.js';
import { type Claim, type Credential, isMalformed, type Received, type SigningProfile } from './profile.js';

export type Verified =
  | 'malformed'
  | 'unknown-key'
  | 'bad-signature'
  | 'stale'
  | 'from-future'
  | 'replayed'
  | 'nonce-not-rising'
  | 'admitted';

/** What was accepted before. */
export interface VerifyMemory {
  /** By key id and signed text: the last instant at which it would be accepted, whole microseconds. */
  readonly used: Map<string, number>;
  /** By key id: the highest number that was accepted. */
  readonly highest: Map<string, bigint>;
}

/** What a policy says beside the profile. Whole microseconds. */
export interface VerifyRules {
  readonly windowUs: number;
  readonly futureUs: number;
  readonly replay: 'refuse' | 'allow';
}

export function emptyMemory(): VerifyMemory {
  return { used: new Map(), highest: new Map() };
}

/**
 * Decides one request; what is admitted is remembered.
 *
 * @param credentialOf - undefined for a key that does not exist.
 * @param rules - the profile's own when they are left out.
 */
export function verify(
  profile: SigningProfile,
  received: Received,
  credentialOf: (keyId: string) => Credential | undefined,
  memory: VerifyMemory,
  nowUs: number,
  rules: VerifyRules = profile.defaults,
): Verified {
  const claim = profile.read(received);
  if (isMalformed(claim) || !isOwnRule(profile, claim) || !isId(claim.keyId)) return 'malformed';
  const credential = credentialOf(claim.keyId);
  if (credential === undefined) return 'unknown-key';
  if (!isProven(profile, claim, credential)) return 'bad-signature';
  const { fault, lastUs } = freshness(claim, memory, nowUs, rules);
  if (fault !== null) return fault;
  // A number that must rise needs no memory of signatures beside it.
  if (rules.replay === 'refuse' && profile.freshness !== 'nonce') {
    const name = `${claim.keyId}\n${claim.message}`;
    const untilUs = memory.used.get(name);
    if (untilUs !== undefined && nowUs <= untilUs) return 'replayed';
    memory.used.set(name, lastUs);
  }
  if (claim.freshness.rule === 'nonce') memory.highest.set(claim.keyId, claim.freshness.nonce);
  return 'admitted';
}

/**
 * What one rule remembers would be open to another, so a profile's requests claim to be fresh by one; but for a number that
 * rises where none is asked for, which counts (Kraken Futures).
 */
function isOwnRule({ freshness: own }: SigningProfile, { freshness: { rule } }: Claim): boolean {
  return rule === own || (own === 'none' && rule === 'nonce');
}

function isProven(profile: SigningProfile, claim: Claim, credential: Credential): boolean {
  const { message, signature, proves } = claim;
  if (proves?.(credential) === false) return false;
  if (profile.kind === 'own') return proves !== null;
  const { hash, encoding, text } = profile;
  const right = createHmac(hash, credential.secret).update(Buffer.from(message, text)).digest(encoding);
  return right === (encoding === 'hex' ? signature.toLowerCase() : signature);
}

interface Fresh {
  readonly fault: Verified | null;
  /** The last instant at which the request would be accepted. */
  readonly lastUs: number;
}

function freshness(
  { keyId, freshness: claimed }: Claim,
  memory: VerifyMemory,
  nowUs: number,
  rules: VerifyRules,
): Fresh {
  switch (claimed.rule) {
    case 'window': {
      const asked = claimed.windowUs === 0 ? rules.windowUs : Math.min(claimed.windowUs, rules.windowUs);
      const lastUs = claimed.timestampUs + asked;
      if (claimed.timestampUs >= nowUs + rules.futureUs) return { fault: 'from-future', lastUs };
      return { fault: nowUs > lastUs ? 'stale' : null, lastUs };
    }
    case 'nonce': {
      const highest = memory.highest.get(keyId);
      const isRising = highest === undefined || claimed.nonce > highest;
      return { fault: isRising ? null : 'nonce-not-rising', lastUs: Number.POSITIVE_INFINITY };
    }
    case 'expiry': {
      const { expiresUs, notBeforeUs } = claimed;
      const lastUs = expiresUs - 1;
      // A clock is ahead by less than the policy allows, or not at all.
      const aheadUs = Math.max(0, rules.futureUs - 1);
      // What is remembered can't be remembered for longer than the policy's window by such a clock.
      const isTooFar = rules.replay === 'refuse' && lastUs - nowUs > rules.windowUs + aheadUs;
      if ((notBeforeUs !== null && nowUs + aheadUs < notBeforeUs) || isTooFar) return { fault: 'from-future', lastUs };
      return { fault: nowUs > lastUs ? 'stale' : null, lastUs };
    }
    case 'none':
      return { fault: null, lastUs: Number.POSITIVE_INFINITY };
  }
}
