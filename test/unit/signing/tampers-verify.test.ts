/** The edges of what the reference verifier decides, each held against the defence too. */
import { describe, expect, it } from 'vitest';
import type { Received } from '../../../harness/signing/profile.js';
import { isMalformed } from '../../../harness/signing/profile.js';
import { type ProfileName, profileNames } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import { received, signedAnew } from '../../../harness/signing/tampers/tamper-setting.js';
import { emptyMemory, type Verified, type VerifyRules, verify } from '../../../harness/signing/verify.js';
import {
  benchOf,
  decided,
  decisionOf,
  defaultStamp,
  defenceOf,
  HOST,
  NOW_US,
  samples,
} from '../../support/tamper-samples.js';

const ofRule = (rule: string) => profileNames.filter((name) => profileOf(name).freshness === rule);

/** What verifier and defence, who agree, say of requests that come at their instants. */
function said(
  name: ProfileName,
  replay: 'refuse' | 'allow',
  visits: readonly (readonly [Received, number])[],
  more: Partial<VerifyRules> = {},
): Verified[] {
  const profile = profileOf(name);
  const rules: VerifyRules = { ...profile.defaults, replay, ...more };
  const { credentialOf } = benchOf(name, samples.order);
  const memory = emptyMemory();
  const defence = defenceOf(name, rules);
  return visits.map(([request, nowUs]) => {
    const verified = verify(profile, request, credentialOf, memory, nowUs, rules);
    expect(decided(defence, profile, request, nowUs)).toBe(decisionOf(verified));
    return verified;
  });
}

const sent = (name: ProfileName, stamp = defaultStamp): Received =>
  received(benchOf(name, samples.order, stamp).wire, HOST);

/** What the request itself says of its life. */
function claimOf(name: ProfileName, request: Received) {
  const claim = profileOf(name).read(request);
  if (isMalformed(claim)) throw new Error(claim.malformed);
  return claim.freshness;
}

describe.each(ofRule('window'))('a window of %s', (name) => {
  const request = sent(name);
  const claim = claimOf(name, request);
  const { windowUs, futureUs } = profileOf(name).defaults;
  if (claim.rule !== 'window') throw new Error('the profile has no window');
  const freshUs = claim.windowUs === 0 ? windowUs : Math.min(claim.windowUs, windowUs);
  const lastUs = claim.timestampUs + freshUs;

  it('is open to its last instant, and no longer', () => {
    expect(
      said(name, 'allow', [
        [request, lastUs],
        [request, lastUs],
        [request, lastUs + 1],
      ]),
    ).toEqual(['admitted', 'admitted', 'stale']);
  });

  it('opens just after the lead that the policy allows', () => {
    const openUs = claim.timestampUs - futureUs + 1;
    expect(
      said(name, 'allow', [
        [request, openUs - 1],
        [request, openUs],
      ]),
    ).toEqual(['from-future', 'admitted']);
  });

  it('lets a signature in once where replays are refused, to its last instant', () => {
    const visits = [NOW_US, NOW_US, lastUs, lastUs + 1].map((us) => [request, us] as const);
    expect(said(name, 'refuse', visits)).toEqual(['admitted', 'replayed', 'replayed', 'stale']);
  });
});

describe.each(ofRule('expiry'))('an expiry of %s', (name) => {
  const request = sent(name);
  const claim = claimOf(name, request);
  if (claim.rule !== 'expiry') throw new Error('the profile has no expiry');
  const { expiresUs, notBeforeUs } = claim;

  it('is the first instant at which it is stale', () => {
    const visits = [expiresUs - 1, expiresUs].map((us) => [request, us] as const);
    expect(said(name, 'allow', visits)).toEqual(['admitted', 'stale']);
    const twice = [expiresUs - 1, expiresUs - 1, expiresUs].map((us) => [request, us] as const);
    expect(said(name, 'refuse', twice)).toEqual(['admitted', 'replayed', 'stale']);
  });

  it('has a first instant where the profile has one', () => {
    const firstUs = notBeforeUs ?? NOW_US;
    const visits = [firstUs - 1, firstUs].map((us) => [request, us] as const);
    expect(said(name, 'allow', visits)).toEqual([notBeforeUs === null ? 'admitted' : 'from-future', 'admitted']);
  });

  it('is at most a window ahead where it is to be remembered', () => {
    const { windowUs } = profileOf(name).defaults;
    const firstUs = expiresUs - 1 - windowUs;
    const visits = [firstUs - 1, firstUs].map((us) => [request, us] as const);
    // A token's own first instant comes later.
    const isOpen = notBeforeUs === null || firstUs >= notBeforeUs;
    expect(said(name, 'refuse', visits)).toEqual(['from-future', isOpen ? 'admitted' : 'from-future']);
  });

  it('is seen by a clock that is ahead by less than the policy allows', () => {
    const rules = { windowUs: 1_000_000, futureUs: 500_000 };
    const firstUs = Math.max(expiresUs - 1 - rules.windowUs, notBeforeUs ?? 0) - rules.futureUs + 1;
    for (const replay of ['refuse', 'allow'] as const) {
      const openUs = replay === 'refuse' ? firstUs : (notBeforeUs ?? NOW_US) - rules.futureUs + 1;
      const before = replay === 'refuse' || notBeforeUs !== null ? 'from-future' : 'admitted';
      const visits = [openUs - 1, openUs].map((us) => [request, us] as const);
      expect(said(name, replay, visits, rules)).toEqual([before, 'admitted']);
    }
  });
});

describe.each(ofRule('nonce'))('a nonce of %s', (name) => {
  it('must be higher than every accepted one of its key', () => {
    const visits = [7, 7, 6, 8, 7].map((rising) => [sent(name, { ...defaultStamp, rising }), NOW_US] as const);
    expect(said(name, 'refuse', visits)).toEqual([
      'admitted',
      'nonce-not-rising',
      'nonce-not-rising',
      'admitted',
      'nonce-not-rising',
    ]);
  });
});

describe.each(ofRule('none'))('a request of %s', (name) => {
  it('is good for ever, and once where replays are refused', () => {
    const request = sent(name);
    const visits = [NOW_US, NOW_US + 3e13].map((us) => [request, us] as const);
    expect(said(name, 'allow', visits)).toEqual(['admitted', 'admitted']);
    expect(said(name, 'refuse', visits)).toEqual(['admitted', 'replayed']);
  });
});

describe('what is asked first', () => {
  it.each(profileNames)('is the form, the key, the signature of %s, and then its age', (name) => {
    const { profile, wire } = benchOf(name, samples.order, { ...defaultStamp, nowUs: 1e15 });
    const request = received(wire, HOST);
    const rules = profile.defaults;
    const of = (credentialOf: Parameters<typeof verify>[2], asked = request) =>
      verify(profile, asked, credentialOf, emptyMemory(), NOW_US, rules);
    const own = benchOf(name, samples.order).credentialOf;
    expect(of(own, { ...request, method: 'post' })).toBe('malformed');
    expect(of(() => undefined)).toBe('unknown-key');
    expect(of(() => own('key-2'))).toBe('bad-signature');
    const isTimed = profile.freshness === 'window' || profile.freshness === 'expiry';
    expect(of(own)).toBe(isTimed ? 'stale' : 'admitted');
  });

  it('lets a number count that nobody has asked for: a nonce of Kraken Futures', () => {
    const { setting, wire } = benchOf('kraken-futures', samples.order);
    const numbered = ['7', '8', '7'].map((nonce) => {
      const unsigned = { ...wire, headers: { ...wire.headers, nonce } };
      return received(signedAnew(unsigned, setting) ?? wire, HOST);
    });
    const visits = [...numbered, received(wire, HOST)].map((request) => [request, NOW_US] as const);
    expect(said('kraken-futures', 'allow', visits)).toEqual(['admitted', 'admitted', 'nonce-not-rising', 'admitted']);
    // The text is the same with the number at the end of the data and no header: it is a second use.
    const { nonce: _moved, ...headers } = numbered[0]?.headers ?? {};
    const moved = { ...(numbered[0] as Received), headers, body: `${wire.body}7` };
    const twice = [numbered[0] as Received, moved].map((request) => [request, NOW_US] as const);
    expect(said('kraken-futures', 'refuse', twice)).toEqual(['admitted', 'replayed']);
    expect(said('kraken-futures', 'allow', twice)).toEqual(['admitted', 'admitted']);
  });

  it('takes no key id that is longer than any key has, which a bearer token could carry', () => {
    const [longest = sent('bearer'), longer = sent('bearer')] = ['k'.repeat(256), 'k'.repeat(257)].map((keyId) => {
      const request = sent('bearer');
      return { ...request, headers: { ...request.headers, authorization: `Bearer ${keyId}.x` } };
    });
    expect(
      said('bearer', 'allow', [
        [longest, NOW_US],
        [longer, NOW_US],
      ]),
    ).toEqual(['unknown-key', 'malformed']);
  });

  it('remembers nothing of what it does not admit', () => {
    const { profile, wire, credentialOf } = benchOf('kraken', samples.order, { ...defaultStamp, rising: 9 });
    const memory = emptyMemory();
    const spoilt = received({ ...wire, body: `${wire.body} ` }, HOST);
    expect(verify(profile, spoilt, credentialOf, memory, NOW_US)).toBe('bad-signature');
    expect(memory).toEqual(emptyMemory());
    expect(verify(profile, received(wire, HOST), credentialOf, memory, NOW_US)).toBe('admitted');
    expect(memory.highest).toEqual(new Map([['key-1', 9n]]));
  });
});
