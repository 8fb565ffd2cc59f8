/** What a profile says that its signature covers is what it covers: part by part, on a read and on an order. */
import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { credentialFrom } from '../../../harness/signing/keys/credential.js';
import { isMalformed, type Received, type Unsigned } from '../../../harness/signing/profile.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import { signWith } from '../../support/profile-maker.js';

const venues: readonly ProfileName[] = [
  'binance',
  'binance-ed25519',
  'bybit',
  'okx',
  'kraken',
  'kraken-futures',
  'deribit',
  'bitfinex',
  'gemini',
];

const at = { nowUs: 1_790_000_000_000_000, nonce: 'n', rising: 1_790_000_000_000, windowMs: 0 };
const body = '{"price":"1"}';
const shapes: Readonly<Record<'read' | 'order', Unsigned>> = {
  read: { method: 'GET', path: '/v1/account?limit=50', body: '', host: 'h', contentType: null },
  order: { method: 'POST', path: '/v1/orders?test=1', body, host: 'h', contentType: 'application/json' },
};

function received(name: ProfileName, unsigned: Unsigned): Received {
  const profile = profileOf(name);
  const wire = signWith(profile, unsigned, at, credentialFrom(profile, { keyId: 'k', secret: 'secret' }));
  const type = unsigned.contentType === null ? {} : { 'content-type': unsigned.contentType };
  return {
    method: wire.method,
    path: wire.path,
    headers: { host: 'h', ...type, ...wire.headers },
    body: wire.body ?? '',
  };
}

/** Whether a verifier would notice: another text is signed, or the request has no reading. */
function isNoticed(name: ProfileName, before: Received, after: Received): boolean {
  expect(after).not.toEqual(before);
  const profile = profileOf(name);
  const [first, second] = [profile.read(before), profile.read(after)];
  if (isMalformed(first)) throw new Error(first.malformed);
  return isMalformed(second) || second.message !== first.message;
}

describe.each(venues)('%s', (name) => {
  const { coverage } = profileOf(name);
  const [read, order] = [received(name, shapes.read), received(name, shapes.order)];

  test('covers the method if it says so', () => {
    expect(isNoticed(name, order, { ...order, method: 'PUT' })).toBe(coverage.method);
    expect(isNoticed(name, read, { ...read, method: 'DELETE' })).toBe(coverage.method);
  });

  test('covers the path if it says so', () => {
    expect(isNoticed(name, order, { ...order, path: order.path.replace('orders', 'order5') })).toBe(coverage.path);
    expect(isNoticed(name, read, { ...read, path: read.path.replace('account', 'accoun7') })).toBe(coverage.path);
  });

  test('covers the query if it says so, and when', () => {
    const isByMethod = coverage.query === 'by-method';
    const onRead = isNoticed(name, read, { ...read, path: read.path.replace('50', '51') });
    const onOrder = isNoticed(name, order, { ...order, path: order.path.replace('test=1', 'test=2') });
    expect([onRead, onOrder]).toEqual(isByMethod ? [true, false] : [coverage.query, coverage.query]);
    const cancel = received(name, { ...shapes.read, method: 'DELETE' });
    const onCancel = isNoticed(name, cancel, { ...cancel, path: cancel.path.replace('50', '51') });
    expect(onCancel).toBe(isByMethod || coverage.query);
  });

  test('covers what the business takes for the body if it says so, and when', () => {
    // A body beside Gemini's payload is nobody's: what is read is the payload.
    const isCarried = name === 'gemini';
    const payload = Buffer.from(String(order.headers['x-gemini-payload']), 'base64').toString().replace('"1"}', '"2"}');
    const after = isCarried
      ? { ...order, headers: { ...order.headers, 'x-gemini-payload': Buffer.from(payload).toString('base64') } }
      : { ...order, body: order.body.replace('"1"', '"2"') };
    expect(isNoticed(name, order, after)).toBe(coverage.body !== false);
    const added = isNoticed(name, read, { ...read, body: 'x' });
    expect(added).toBe(!isCarried && coverage.body !== 'by-method');
    if (!isCarried) return;
    const [first, second] = [profileOf(name).read(read), profileOf(name).read({ ...read, body: 'x' })];
    expect(second).toEqual(first);
  });

  test('covers no host', () => {
    expect(isNoticed(name, order, { ...order, headers: { ...order.headers, host: 'other' } })).toBe(coverage.host);
  });
});

test('Kraken Futures signs the hash of query, body, nonce and path, of which only a whole part is left out', () => {
  const textOf = (path: string): string => {
    const { headers } = received('kraken-futures', shapes.order);
    const claim = profileOf('kraken-futures').read({ method: 'POST', path, headers: { ...headers, nonce: '7' }, body });
    return isMalformed(claim) ? claim.malformed : claim.message;
  };
  expect(textOf('/derivatives/api/v3/x?a=1')).toBe(hash('sha256', `a=1${body}7/api/v3/x`, 'binary'));
  expect(textOf('/derivativesx?a=1')).toBe(hash('sha256', `a=1${body}7/derivativesx`, 'binary'));
});

test('Kraken signs the path without its query and the hash of nonce, query and body', () => {
  const { headers } = received('kraken', shapes.order);
  const claim = profileOf('kraken').read({ method: 'GET', path: '/x?a=1&nonce=7', headers, body: '[é]' });
  expect(claim).toHaveProperty('message', `/x${hash('sha256', '7a=1&nonce=7[é]', 'binary')}`);
});
