import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as api from '../../../harness/actors/api.js';
import { Decision } from '../../../harness/core/spec.js';
import { normalisedText } from '../../../harness/signing/tampers/lenient-text.js';
import { applyTamper, type LinesKind, tamperKinds, tamperTable } from '../../../harness/signing/tampers/tampers.js';
import {
  cancel,
  type Draft,
  drafts,
  type Form,
  order,
  reading,
  signedWire,
  verdict,
  verifierGate,
} from './signed-requests.js';

const form: Form = { hash: 'sha256', encoding: 'hex' };

/** Which kinds a verifier of normalised texts accepts of a request. */
function letThrough(draft: Draft): LinesKind[] {
  return tamperKinds.filter((kind) => {
    const gate = verifierGate(form);
    const sign = (keyId: string, text: string) => gate.sign(keyId, text);
    const changed = applyTamper(signedWire(draft, sign), { kind, seed: 0, otherKeyId: '' }, sign);
    return verdict(gate, form, changed, normalisedText) === Decision.admitted;
  });
}

const harmless = tamperKinds.filter((kind) => tamperTable[kind].mustAccept);

describe('a verifier of normalised texts', () => {
  it('takes an order in other spellings for the one that was signed', () => {
    expect(letThrough(order).filter((kind) => !harmless.includes(kind))).toEqual([
      'body-whitespace',
      'body-key-order',
      'body-duplicate-key',
      'body-escape',
      'percent-case',
      'percent-unreserved',
      'trailing-question-mark',
    ]);
  });

  it('takes a query in other spellings for the one that was signed', () => {
    const accepted = letThrough(reading).filter((kind) => !harmless.includes(kind));
    for (const kind of [
      'query-duplicate',
      'query-order',
      'query-plus',
      'percent-case',
      'percent-unreserved',
      'trailing-question-mark',
    ] as const) {
      expect(accepted).toContain(kind);
    }
    expect(accepted).not.toContain('query-added');
  });

  it('refuses what changes the signature, a value, the time or the nonce', () => {
    for (const draft of [order, reading, cancel]) {
      const accepted = letThrough(draft);
      for (const kind of tamperKinds) {
        const isMac = tamperTable[kind].spoils === 'mac' && !tamperTable[kind].mustAccept;
        if (isMac || /stamp|window|nonce|byte|shift|added/.test(kind)) expect(accepted).not.toContain(kind);
      }
      expect(accepted).toEqual(expect.arrayContaining(harmless));
    }
  });
});

describe('the normalised text', () => {
  const wish = {
    symbol: 'BTC-USDT',
    side: 'buy',
    type: 'limit',
    price: '1.50',
    quantity: '2',
    clientOrderId: 'a-b',
  } as const;

  it.each([
    api.login('alice', 'p%20+"s'),
    api.ticker('BTC-USDT'),
    api.account(),
    api.placeOrder(wish),
    api.placeOrder({ ...wish, type: 'market', price: '' }),
    api.placeOrders([wish, wish]),
    api.account(3),
    api.amendOrder('order-1', { price: '1', quantity: '2.0' }),
    api.cancelOrder('order-1'),
  ])('of an honest request is the request: $requestClass', ({ path, body }) => {
    expect(normalisedText({ path, body: body ?? '' })).toEqual({ path, body: body ?? '' });
  });

  it.each([
    { path: '/a?', because: 'an empty query is none', wanted: '/a' },
    { path: '/a?&&', because: 'empty parameters are none', wanted: '/a' },
    { path: '/a?b=2&a=1', because: 'parameters are sorted', wanted: '/a?a=1&b=2' },
    { path: '/a?a=2&b=3&a=1', because: 'the last of one name counts', wanted: '/a?a=1&b=3' },
    { path: '/a?%61=2&a=1', because: 'names are read before they are compared', wanted: '/a?a=1' },
    { path: '/a?x=1+2', because: 'a plus is a blank', wanted: '/a?x=1%202' },
    { path: '/%7ea%2fb+c', because: 'a path keeps its slashes and its plus', wanted: '/~a%2Fb+c' },
    { path: '/a%zz%4', because: 'what is no escape stays', wanted: '/a%zz%4' },
  ])('of $path is $wanted: $because', ({ path, wanted }) => {
    expect(normalisedText({ path, body: '' })).toEqual({ path: wanted, body: '' });
  });

  it.each([
    { body: '{"a":1,"side":"x","symbol":"y"}', wanted: '{"symbol":"y","side":"x","a":1}' },
    { body: '[{"c":{"b":1,"a":2}}]', wanted: '[{"c":{"a":2,"b":1}}]' },
    { body: '{"a":1,"a":2}', wanted: '{"a":2}' },
    { body: ' "\\u0061" ', wanted: '"a"' },
    { body: 'null', wanted: 'null' },
    { body: '{"a":', wanted: '{"a":' },
    { body: '', wanted: '' },
  ])('of the body $body is $wanted', ({ body, wanted }) => {
    expect(normalisedText({ path: '/', body }).body).toBe(wanted);
  });

  it('of a normalised text is itself', () => {
    fc.assert(
      fc.property(drafts, ({ path, body }) => {
        const once = normalisedText({ path, body: body ?? '' });
        expect(normalisedText(once)).toEqual(once);
      }),
      { seed: 3, numRuns: 1_000 },
    );
  });
});
