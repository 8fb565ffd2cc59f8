import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decision, type Gate } from '../../../harness/core/spec.js';
import { signingHeaders } from '../../../harness/signing/hmac-lines.js';
import { signedAnew } from '../../../harness/signing/signed-wire.js';
import { applyTamper, type LinesKind, tamperKinds, tamperTable } from '../../../harness/signing/tampers/tampers.js';
import { describeTwins, nativeGate } from '../../twin/engines.js';
import {
  cancel,
  type Draft,
  drafts,
  type Form,
  forms,
  OTHER_KEY,
  order,
  reading,
  signedWire,
  verdict,
  verifierGate,
} from './signed-requests.js';

const hex: Form = { hash: 'sha256', encoding: 'hex' };

function spoiled(kind: LinesKind, draft: Draft, options: { seed?: number; form?: Form; otherKeyId?: string } = {}) {
  const { seed = 0, form = hex, otherKeyId = OTHER_KEY } = options;
  const gate = verifierGate(form);
  const sign = (keyId: string, text: string) => gate.sign(keyId, text);
  return applyTamper(signedWire(draft, sign), { kind, seed, otherKeyId }, sign);
}

function sameOnWire(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What comes of the request as it was and of the spoiled one, each shown to a fresh gate. */
function shown(kind: LinesKind, draft: Draft, form: Form, seed: number, create?: Parameters<typeof verifierGate>[1]) {
  const gate = (): Gate => verifierGate(form, create);
  const sign = (keyId: string, text: string) => gate().sign(keyId, text);
  const wire = signedWire(draft, sign);
  const changed = applyTamper(wire, { kind, seed, otherKeyId: OTHER_KEY }, sign);
  return { wire, changed, plain: verdict(gate(), form, wire), spoiled: verdict(gate(), form, changed) };
}

describe('a right verifier', () => {
  describe.each(forms)('of $hash in $encoding', (form) => {
    it.each(tamperKinds)('takes what was spoiled by %s for what the table says', (kind) => {
      for (const draft of [order, reading, cancel]) {
        const found = shown(kind, draft, form, 12_345);
        expect(found.plain).toBe(Decision.admitted);
        expect(found.spoiled === Decision.admitted).toBe(tamperTable[kind].mustAccept);
      }
    });
  });

  it('refuses whatever a request and chance make of a kind that must be refused, and nothing else', () => {
    const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(
        fc.constantFrom(...tamperKinds),
        drafts,
        fc.constantFrom(...forms),
        seed,
        (kind, draft, form, number) => {
          const { wire, changed, plain, spoiled: outcome } = shown(kind, draft, form, number);
          expect(plain).toBe(Decision.admitted);
          expect(sameOnWire(wire, changed)).toBe(false);
          expect(outcome === Decision.admitted).toBe(tamperTable[kind].mustAccept);
        },
      ),
      { seed: 11, numRuns: 3_000 },
    );
  });

  it('counts a signature in other letters as the same signature', () => {
    const gate = verifierGate(hex);
    const sign = (keyId: string, text: string) => gate.sign(keyId, text);
    const wire = signedWire(order, sign);
    expect(verdict(gate, hex, wire)).toBe(Decision.admitted);
    const raised = applyTamper(wire, { kind: 'hex-case', seed: 3, otherKeyId: '' }, sign);
    expect(verdict(gate, hex, raised)).toBe(Decision.replayed);
  });
});

describeTwins('the native verifier', () => {
  it.each(tamperKinds)('says the same of %s', (kind) => {
    for (const form of [hex, { hash: 'sha512', encoding: 'base64' } as const]) {
      for (const draft of [order, reading]) {
        const native = shown(kind, draft, form, 5, (spec) => nativeGate(spec, [1, 2]));
        expect(native.spoiled).toBe(shown(kind, draft, form, 5).spoiled);
        expect(native.plain).toBe(Decision.admitted);
      }
    }
  });
});

describe('a spoiled request', () => {
  it('is the same for the same seed, and mostly another for another one', () => {
    for (const kind of tamperKinds)
      expect(spoiled(kind, order, { seed: 9 })).toEqual(spoiled(kind, order, { seed: 9 }));
    const bits = new Set(Array.from({ length: 50 }, (_, seed) => JSON.stringify(spoiled('bit-flip', order, { seed }))));
    expect(bits.size).toBe(50);
  });

  it.each([
    ['truncated-0', 0],
    ['truncated-1', 2],
    ['truncated-16', 32],
    ['truncated-31', 62],
    ['other-hash', 128],
    ['zero-mac', 64],
    ['key-as-secret', 64],
    ['empty-secret', 64],
  ] as const)('by %s has %i digits of a signature', (kind, digits) => {
    expect(spoiled(kind, order).headers[signingHeaders.signature]).toMatch(new RegExp(`^[0-9a-f]{${digits}}$`));
  });

  it('by alg-none has no signature', () => {
    const { headers } = spoiled('alg-none', order);
    expect(headers).not.toHaveProperty(signingHeaders.signature);
    expect(headers['x-algorithm']).toBe('none');
  });

  it('by other-key is signed by somebody else, or has a bit flipped where nobody is named', () => {
    const gate = verifierGate(hex);
    const right = signedWire(order, (keyId, text) => gate.sign(keyId, text));
    const signature = (otherKeyId: string) =>
      spoiled('other-key', order, { otherKeyId }).headers[signingHeaders.signature];
    const bits = (text = '') => BigInt(`0x${text}`).toString(2).replaceAll('0', '').length;
    const xor = (a = '', b = '') => (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(16);
    const own = right.headers[signingHeaders.signature];
    expect(bits(xor(own, signature('')))).toBe(1);
    expect(bits(xor(own, signature(OTHER_KEY)))).toBeGreaterThan(50);
  });

  it.each([
    [
      'body-byte',
      '{"symbol":"BTC-USDT","side":"buy","type":"limit","price":"64999.50","quantity":"1.25","note":"Zoë"}',
      49,
    ],
    ['body-whitespace', `{ ${order.body?.slice(1)}`, 0],
    [
      'body-key-order',
      '{"side":"buy","type":"limit","price":"64999.50","quantity":"0.25","note":"Zoë","symbol":"BTC-USDT"}',
      0,
    ],
    ['body-duplicate-key', `{"side":"buy1",${order.body?.slice(1)}`, 1],
    ['body-escape', `{"\\u0073${order.body?.slice(3)}`, 0],
    ['unicode-form', order.body?.normalize('NFD'), 0],
  ] as const)('by %s has the body that its name says', (kind, body, seed) => {
    expect(spoiled(kind, order, { seed })).toMatchObject({ path: order.path, body });
  });

  it.each([
    ['query-duplicate', '/v1/account?cursor=p%2F7&fields=open%20orders&limit=50&fields=open%20orders', 1],
    ['query-order', '/v1/account?fields=open%20orders&limit=50&cursor=p%2F7', 0],
    ['query-added', '/v1/account?cursor=p%2F7&fields=open%20orders&limit=50&x=0', 0],
    ['query-plus', '/v1/account?cursor=p%2F7&fields=open+orders&limit=50', 0],
    ['percent-case', '/v1/account?cursor=p%2f7&fields=open%20orders&limit=50', 0],
    ['percent-unreserved', '/v1/account?%63ursor=p%2F7&fields=open%20orders&limit=50', 0],
    ['trailing-question-mark', '/v1/account?cursor=p%2F7&fields=open%20orders&limit=50&', 0],
  ] as const)('by %s has the path that its name says', (kind, path, seed) => {
    expect(spoiled(kind, reading, { seed })).toMatchObject({ path, body: null });
  });

  it('by boundary-shift has the same characters, of which some are on the other side', () => {
    const shifted = spoiled('boundary-shift', order, { seed: 4 });
    expect(shifted.path).toBe('/v1/orders?{"sym');
    expect(`${shifted.path}${shifted.body}`).toBe(`${order.path}?${order.body}`);
    const read = spoiled('boundary-shift', reading, { seed: 1 });
    expect(read).toMatchObject({ path: reading.path.slice(0, -2), body: '50' });
  });

  it.each([
    ['later-stamp', signingHeaders.timestamp, '1790000000008', 7],
    ['stamp-seconds', signingHeaders.timestamp, '1790000000', 0],
    ['stamp-micros', signingHeaders.timestamp, '1790000000000000', 0],
    ['wider-window', signingHeaders.window, '65000', 0],
    ['later-stamp', signingHeaders.timestamp, '1790000000001', 999],
    ['wider-window', signingHeaders.window, '65001', 60_001],
    ['other-nonce', signingHeaders.nonce, '5n-1', 5],
    ['huge-nonce', signingHeaders.nonce, 'n'.repeat(66), 1],
  ] as const)('by %s has another %s', (kind, header, value, seed) => {
    expect(spoiled(kind, order, { seed }).headers[header]).toBe(value);
  });

  it('by other-nonce is no longer than the profile allows, also where the old one was as long as that', () => {
    for (const nonce of ['x'.repeat(64), '0'.repeat(64)]) {
      const fresh = spoiled('other-nonce', { ...order, nonce }).headers[signingHeaders.nonce];
      expect(fresh).toHaveLength(64);
      expect(fresh).not.toBe(nonce);
    }
  });

  it('keeps its unit where the clock stands in 1970, since seconds would pass for milliseconds there', () => {
    const gate = verifierGate(hex);
    const sign = (keyId: string, text: string) => gate.sign(keyId, text);
    const early = signedAnew(signedWire(order, sign), { [signingHeaders.timestamp]: '3000' }, sign);
    for (const kind of ['stamp-seconds', 'stamp-micros'] as const) {
      const changed = applyTamper(early, { kind, seed: 7, otherKeyId: '' }, sign);
      expect(changed.headers).toEqual({ ...early.headers, [signingHeaders.timestamp]: '3008' });
    }
  });
});
