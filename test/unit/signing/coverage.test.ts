/** What a profile says of itself, held against what its signatures do: each part is covered, or it can be changed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { credentialFrom } from '../../../harness/signing/keys/credential.js';
import { type Coverage, type Credential, isMalformed, type Received } from '../../../harness/signing/profile.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import { isRight, signWith } from '../../support/profile-maker.js';
import { houseRequests, order, receivedOf, stamp, stamps } from '../../support/profile-requests.js';

const names: readonly ProfileName[] = [
  'bitmex',
  'coinbase-exchange',
  'coinbase-international',
  'coinbase-advanced',
  'coinbase-advanced-ed25519',
  'kucoin',
  'gate',
  'alpaca',
  'rfc9421',
  'rfc9421-ed25519',
  'sigv4',
  'stripe',
  'github',
  'bearer',
];

/** Each changes one part of a request and nothing of its proof. */
const changes: Readonly<
  Record<Exclude<keyof Coverage, 'unique' | 'weaknesses'>, readonly ((r: Received) => Received)[]>
> = {
  method: [(r) => ({ ...r, method: r.method === 'POST' ? 'PUT' : 'POST' })],
  path: [
    (r) => ({ ...r, path: r.path.replace('/v1', '/v2') }),
    (r) => ({ ...r, path: r.path.replace('/v1', '/v1//') }),
    (r) => ({ ...r, path: `/x/..${r.path}` }),
  ],
  query: [
    (r) => ({ ...r, path: r.path.replace('dry=true', 'dry=false') }),
    (r) => ({ ...r, path: `${r.path}&dry=false` }),
    (r) => ({ ...r, path: r.path.replace(/\?.*/, '') }),
  ],
  body: [
    (r) => ({ ...r, body: r.body.replace('0.25', '9.25') }),
    (r) => ({ ...r, body: `${r.body} ` }),
    (r) => ({ ...r, body: '' }),
  ],
  host: [(r) => ({ ...r, headers: { ...r.headers, host: 'other.example' } })],
};

describe.each(names)('%s', (name) => {
  const profile = profileOf(name);
  const credential = credentialFrom(profile, { keyId: 'key-1', secret: 'secret one' });
  const other = { ...credentialFrom(profile, { keyId: 'key-1', secret: 'secret two' }), keyId: 'key-1' };

  const verified = (request: Received, by: Credential = credential): boolean => {
    const claim = profile.read(request);
    return !isMalformed(claim) && isRight(profile, claim, by);
  };
  const received = receivedOf(signWith(profile, order, stamp, credential));

  test('is registered under its name', () => {
    expect(profile.name).toBe(name);
  });

  test('takes what it has signed, and not under the secret of another', () => {
    expect(verified(received)).toBe(true);
    expect(verified(received, other)).toBe(false);
  });

  test.each(Object.entries(changes))('says truly whether the %s is covered', (part, spoilers) => {
    for (const spoil of spoilers) {
      const spoilt = spoil(received);
      expect(spoilt).not.toEqual(received);
      expect(verified(spoilt)).toBe(!profile.coverage[part as keyof typeof changes]);
    }
  });

  test('says truly whether two requests of one instant differ', () => {
    const messages = ['n-1', 'n-2'].map((nonce, index) => {
      const rising = stamp.rising + index;
      const claim = profile.read(receivedOf(signWith(profile, order, { ...stamp, nonce, rising }, credential)));
      return isMalformed(claim) ? claim.malformed : claim.message;
    });
    expect(messages[0] !== messages[1]).toBe(profile.coverage.unique);
  });

  test('has a weakness by design for each part that it does not cover, and only slots that it writes', () => {
    const { coverage, slots } = profile;
    expect(coverage.weaknesses.length).toBeGreaterThan(0);
    for (const slot of Object.values(slots)) {
      if (slot.place === 'header') expect(received.headers).toHaveProperty([slot.name]);
      if (slot.place === 'header-part' || slot.place === 'token')
        expect(received.headers).toHaveProperty([slot.header]);
    }
    if (slots.window === undefined && slots.timestamp !== undefined) expect(profile.freshness).not.toBe('none');
  });

  test('reads of any request of the house what it has signed, and claims the rule that it says', () => {
    const property = fc.property(houseRequests, stamps, (request, at) => {
      const wire = signWith(profile, request, at, credential);
      expect(wire.method).toBe(request.method);
      expect(wire.path).toBe(request.path);
      expect(wire.body ?? '').toBe(request.body);
      const claim = profile.read(receivedOf(wire, request.host));
      if (isMalformed(claim)) throw new Error(claim.malformed);
      expect(claim.freshness.rule).toBe(profile.freshness);
      expect(isRight(profile, claim, credential)).toBe(true);
    });
    fc.assert(property, { seed: 20_260_727, numRuns: 300 });
  });

  test('refuses to sign what can not stand in a request line', () => {
    for (const bad of [{ method: 'post' }, { method: 'GET\n' }, { path: 'v1' }, { path: '/a b' }, { path: '/\n' }]) {
      expect(() => signWith(profile, { ...order, ...bad }, stamp, credential)).toThrow(RangeError);
    }
  });

  test.each([
    { because: 'a method in small letters', change: { method: 'post' } },
    { because: 'a line feed in the path', change: { path: '/v1/orders\n' } },
    { because: 'a path outside ASCII', change: { path: '/v1/örders' } },
    { because: 'an absolute target', change: { path: 'http://x/v1/orders' } },
  ])('calls it malformed: $because', ({ change }) => {
    expect(profile.read({ ...received, ...change })).toHaveProperty('malformed');
  });

  test('takes none of its headers away, twice or in another spelling', () => {
    const mine = signWith(profile, order, stamp, credential).headers;
    for (const [header, value] of Object.entries(mine)) {
      if (header === 'content-type') continue;
      const changed = (wrong: Received['headers'][string]): Received => {
        return { ...received, headers: { ...received.headers, [header]: wrong } };
      };
      for (const wrong of [undefined, [value, value], [value]]) {
        expect(profile.read(changed(wrong)), `${header}: ${JSON.stringify(wrong)}`).toHaveProperty('malformed');
      }
      for (const wrong of ['', `${value}, ${value}`, `${value}0`, `\u00a0${value}`, value.slice(0, -1)]) {
        expect(verified(changed(wrong)), `${header}: ${wrong}`).toBe(false);
      }
    }
  });
});
