/**
 * The reference verifier and the defence with its gate, over histories of random requests of every profile, spoiled, sent
 * again and shown at other times: each decision is the same, and so is what is remembered.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Received, Stamp } from '../../harness/signing/profile.js';
import { profileNames } from '../../harness/signing/profile-names.js';
import { profileOf } from '../../harness/signing/profiles.js';
import type { SignedWire } from '../../harness/signing/signed-wire.js';
import { spoiledBy } from '../../harness/signing/tampers/profile-tampers.js';
import { allTamperKinds } from '../../harness/signing/tampers/tamper-kinds.js';
import { received } from '../../harness/signing/tampers/tamper-setting.js';
import { emptyMemory, verify } from '../../harness/signing/verify.js';
import { houseRequests } from '../support/profile-requests.js';
import {
  benchOf,
  type CreateGate,
  decided,
  decisionOf,
  defenceOf,
  HOST,
  NOW_US,
  OTHER_KEY,
} from '../support/tamper-samples.js';
import { describeTwins, nativeGate } from '../twin/engines.js';

/** Around every edge that a rule has: windows of 5 s to a quarter of an hour, seconds that are cut off. */
const steps = fc.oneof(
  fc.constantFrom(0, 1, 999_999, 1_000_000, 4_877_000, 5_000_000, 5_000_001, 29_877_000, 30_000_000, 60_000_000),
  fc.constantFrom(120_000_000, 300_000_000, 900_000_000, 900_000_001),
  fc.integer({ min: 0, max: 10_000_000 }),
);

interface Step {
  readonly request: Parameters<typeof benchOf>[1];
  readonly aheadUs: number;
  readonly rising: number;
  readonly nonce: string;
  readonly windowMs: number;
  readonly kind: (typeof allTamperKinds)[number] | null;
  readonly seed: number;
  readonly again: number;
  readonly passedUs: number;
  readonly twice: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  request: houseRequests.map((request) => ({ ...request, host: HOST })),
  aheadUs: fc.oneof(
    steps,
    steps.map((us) => -us),
  ),
  rising: fc.integer({ min: 2_000, max: 2_010 }),
  nonce: fc.constantFrom('n-1', 'n-2'),
  windowMs: fc.constantFrom(0, 1, 5_000, 60_000),
  kind: fc.option(fc.constantFrom(...allTamperKinds), { nil: null, freq: 3 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  // Above 0: what was sent so many steps before.
  again: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) }),
  passedUs: steps,
  twice: fc.boolean(),
});

const histories = fc.array(step, { minLength: 2, maxLength: 10 });

/** The request, one header of it as a server has it that keeps what comes twice apart. */
function withDoubled(request: Received, { twice, seed }: Step): Received {
  const names = Object.keys(request.headers).filter((name) => name !== 'host');
  const name = names[seed % Math.max(1, names.length)];
  const value = name === undefined ? undefined : request.headers[name];
  if (!twice || seed % 5 > 0 || name === undefined || typeof value !== 'string') return request;
  return { ...request, headers: { ...request.headers, [name]: [value, value] } };
}

function agree(create?: CreateGate) {
  return (name: (typeof profileNames)[number], history: readonly Step[], refuses: boolean): ReadonlySet<string> => {
    const profile = profileOf(name);
    const rules = { ...profile.defaults, replay: refuses ? 'refuse' : profile.defaults.replay } as const;
    const defence = defenceOf(name, rules, create);
    const memory = emptyMemory();
    const sent: SignedWire[] = [];
    const seen = new Set<string>();
    let nowUs = NOW_US;
    for (const one of history) {
      nowUs += one.passedUs;
      const wire = sent.at(-one.again) ?? wireOf(name, one, nowUs);
      if (wire === null) continue;
      sent.push(wire);
      const request = withDoubled(received(wire, HOST), one);
      const { credentialOf } = benchOf(name, plain);
      const verified = verify(profile, request, credentialOf, memory, nowUs, rules);
      expect(decided(defence, profile, request, nowUs)).toBe(decisionOf(verified));
      seen.add(verified);
    }
    return seen;
  };
}

const plain = { method: 'GET', path: '/', body: '', host: HOST, contentType: null };

function wireOf(name: (typeof profileNames)[number], one: Step, nowUs: number): SignedWire | null {
  const { request, aheadUs, nonce, rising, windowMs, kind, seed } = one;
  const stamp: Stamp = { nowUs: nowUs + aheadUs, nonce, rising, windowMs };
  try {
    const { setting, wire } = benchOf(name, request, stamp);
    return kind === null ? wire : (spoiledBy(wire, { kind, seed, otherKeyId: OTHER_KEY }, setting) ?? wire);
  } catch (error) {
    // A request that the profile can't carry.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

describe.each(profileNames)('of %s', (name) => {
  it.each([false, true])('verifier and defence say the same of every history, replays refused: %s', (refuses) => {
    const seen = new Set<string>();
    const isSlow = profileOf(name).kind === 'own';
    fc.assert(
      fc.property(histories, (history) => {
        for (const verified of agree()(name, history, refuses)) seen.add(verified);
      }),
      { seed: 7, numRuns: isSlow ? 40 : 120 },
    );
    expect(seen).toContain('admitted');
    expect(seen).toContain('malformed');
    expect(seen).toContain('bad-signature');
    const { freshness } = profileOf(name);
    if (freshness === 'window' || freshness === 'expiry') expect(seen).toContain('stale');
    if (freshness === 'nonce') expect(seen).toContain('nonce-not-rising');
    else if (refuses) expect(seen).toContain('replayed');
  });
});

describeTwins('the native gate', () => {
  it.each(profileNames)('says the same of %s', (name) => {
    fc.assert(
      fc.property(histories, fc.boolean(), (history, refuses) => {
        agree(nativeGate)(name, history, refuses);
      }),
      { seed: 8, numRuns: 15 },
    );
  });
});
