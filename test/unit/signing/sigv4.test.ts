/** SigV4 against `aws4`, against AWS's published example, and at its edges. */
import { hash } from 'node:crypto';
import aws4 from 'aws4';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { credentialFrom } from '../../../harness/signing/keys/credential.js';
import { isMalformed, type Received } from '../../../harness/signing/profile.js';
import { scopeOf, sigv4 } from '../../../harness/signing/standards/sigv4.js';
import { canonicalRequest } from '../../../harness/signing/standards/sigv4-canonical.js';
import { isRight } from '../../support/profile-maker.js';
import { HOST, order, receivedOf, stamp } from '../../support/profile-requests.js';

const keyId = 'AKIDEXAMPLE';
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const credential = credentialFrom(sigv4, { keyId, secret });

describe('the canonical request', () => {
  it('is that of the example in AWS’s documents', () => {
    // "Task 1" of the Signature Version 4 documentation, IAM ListUsers of 2015-08-30; its hash is published there.
    const headers = [
      ['content-type', 'application/x-www-form-urlencoded; charset=utf-8'],
      ['host', 'iam.amazonaws.com'],
      ['x-amz-date', '20150830T123600Z'],
    ] as const;
    const text = canonicalRequest({ method: 'GET', path: '/?Action=ListUsers&Version=2010-05-08', headers, body: '' });
    expect(text).toBe(
      'GET\n/\nAction=ListUsers&Version=2010-05-08\n' +
        'content-type:application/x-www-form-urlencoded; charset=utf-8\nhost:iam.amazonaws.com\n' +
        'x-amz-date:20150830T123600Z\n\ncontent-type;host;x-amz-date\n' +
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(hash('sha256', text ?? '', 'hex')).toBe('f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59');
  });

  const query = (path: string): string | undefined =>
    canonicalRequest({ method: 'GET', path, headers: [], body: '' })?.split('\n')[2];

  it.each([
    { because: 'parameters are sorted by name, not by text', path: '/?a-b=1&a=2', is: 'a=2&a-b=1' },
    { because: 'one name is sorted by value', path: '/?a=2&a=10&a=1', is: 'a=1&a=10&a=2' },
    { because: 'capitals come first', path: '/?b=1&A=1&a=1', is: 'A=1&a=1&b=1' },
    { because: 'a name alone has an empty value', path: '/?b&a', is: 'a=&b=' },
    { because: 'a plus is a blank', path: '/?a=1+2', is: 'a=1%202' },
    { because: 'escapes are in capitals and only where they are needed', path: '/?a=%2f%7e%41', is: 'a=%2F~A' },
    { because: 'what encodeURIComponent leaves is escaped', path: "/?a=!'()*", is: 'a=%21%27%28%29%2A' },
    { because: 'the second equals sign is part of the value', path: '/?a=b=c', is: 'a=b%3Dc' },
    { because: 'an empty query is none', path: '/?', is: '' },
    { because: 'an escape that is no UTF-8 can not be signed', path: '/?a=%ff', is: undefined },
  ])('sorts and encodes: $because', ({ path, is }) => {
    expect(query(path)).toBe(is);
  });

  it('encodes a path once more and leaves its segments', () => {
    const path = (text: string) =>
      canonicalRequest({ method: 'GET', path: text, headers: [], body: '' })?.split('\n')[1];
    expect(path('/a%20b/c:d')).toBe('/a%2520b/c%3Ad');
    expect(path('/a//b/../c/./')).toBe('/a//b/../c/./');
  });

  it('has values without blanks around them and with single ones inside', () => {
    const text = canonicalRequest({ method: 'GET', path: '/', headers: [['x', '  a   b ']], body: '' });
    expect(text).toContain('\nx:a b\n');
  });
});

const piece = fc.string({
  unit: fc.constantFrom('a', 'B', '0', '-', '~', '%20', '%2F', '%C3%A9', '+'),
  minLength: 1,
  maxLength: 5,
});
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  // Without a plus, which in a path is none of a form's.
  segments: fc.array(
    piece.map((text) => text.replaceAll('+', ':')),
    { maxLength: 3 },
  ),
  query: fc.array(fc.tuple(piece, piece), { maxLength: 5 }),
  body: fc.oneof(fc.constant(''), fc.json({ maxDepth: 1 })),
  host: fc.constantFrom(HOST, 'x7.execute-api.eu-west-1.amazonaws.com'),
  nowSeconds: fc.integer({ min: 1_000_000_000, max: 4_000_000_000 }),
});

test('signs what aws4 signs, a thousand random requests', () => {
  const property = fc.property(requests, ({ method, segments, query, body, host, nowSeconds }) => {
    const search = query.length === 0 ? '' : `?${query.map(([name, value]) => `${name}=${value}`).join('&')}`;
    const path = `/v1/${segments.join('/')}${search}`;
    const nowUs = nowSeconds * 1_000_000 + 999_999;
    const contentType = body === '' ? null : 'application/json';
    const wire = sigv4.sign({ method, path, body, host, contentType }, { ...stamp, nowUs }, credential);
    const date = new Date(nowSeconds * 1_000).toISOString().replace(/[:-]|\.\d{3}/g, '');
    const asked = {
      service: 'execute-api',
      region: scopeOf(host).region,
      method,
      path,
      body,
      headers: { Host: host, 'X-Amz-Date': date, ...(body === '' ? {} : { 'Content-Type': 'application/json' }) },
      extraHeadersToIgnore: { 'content-length': true },
    };
    const signed = aws4.sign(asked, { accessKeyId: keyId, secretAccessKey: secret });
    expect(wire.headers.authorization).toBe(signed.headers?.Authorization);
    expect(wire.headers['x-amz-date']).toBe(date);
    const claim = sigv4.read({ ...receivedOf(wire, host) });
    if (isMalformed(claim)) throw new Error(claim.malformed);
    expect(isRight(sigv4, claim, credential)).toBe(true);
    expect(claim.freshness).toEqual({ rule: 'window', timestampUs: nowSeconds * 1_000_000, windowUs: 0 });
  });
  fc.assert(property, { seed: 20_260_729, numRuns: 1_000 });
});

describe('what is read', () => {
  const wire = sigv4.sign(order, stamp, credential);
  const received = receivedOf(wire);
  const field = wire.headers.authorization as string;
  const withHeaders = (headers: Received['headers']): Received => ({
    ...received,
    headers: { ...received.headers, ...headers },
  });

  it.each([
    { because: 'another algorithm', headers: { authorization: field.replace('SHA256', 'SHA512') } },
    { because: 'another day', headers: { authorization: field.replace(/\/\d{8}\//, '/20200101/') } },
    { because: 'another region', headers: { authorization: field.replace('us-east-1', 'eu-west-1') } },
    { because: 'another service', headers: { authorization: field.replace('execute-api', 's3') } },
    { because: 'another end of the scope', headers: { authorization: field.replace('aws4_request', 'aws4') } },
    {
      because: 'a signature in capitals',
      headers: { authorization: field.replace(/[0-9a-f]{64}$/, (hex) => hex.toUpperCase()) },
    },
    { because: 'no blank behind a comma', headers: { authorization: field.replace(', Signed', ',Signed') } },
    { because: 'host is not signed', headers: { authorization: field.replace('host;', '') } },
    { because: 'the date is not signed', headers: { authorization: field.replace(';x-amz-date', '') } },
    {
      because: 'names are not sorted',
      headers: { authorization: field.replace('content-type;host', 'host;content-type') },
    },
    { because: 'a name comes twice', headers: { authorization: field.replace('host;', 'host;host;') } },
    { because: 'a name of no header', headers: { authorization: field.replace('host;', 'host;x-absent;') } },
    { because: 'an x-amz- header that is not signed', headers: { 'x-amz-target': 'Orders.Place' } },
    { because: 'no date', headers: { 'x-amz-date': undefined } },
    { because: 'the 30th of February', headers: { 'x-amz-date': '20260230T000000Z' } },
    { because: 'a date with dashes', headers: { 'x-amz-date': '2026-09-21T00:00:00Z' } },
    { because: 'no host', headers: { host: undefined } },
    { because: 'two hosts', headers: { host: [HOST, HOST] } },
    { because: 'no content type, though it is signed', headers: { 'content-type': undefined } },
  ])('is malformed: $because', ({ headers }) => {
    expect(sigv4.read(received)).not.toHaveProperty('malformed');
    expect(sigv4.read(withHeaders(headers))).toHaveProperty('malformed');
  });

  it('must not say that the body is unsigned', () => {
    const names = 'content-type;host;x-amz-content-sha256;x-amz-date';
    const authorization = field.replace('content-type;host;x-amz-date', names);
    const told = (value: string) => sigv4.read(withHeaders({ authorization, 'x-amz-content-sha256': value }));
    expect(told('UNSIGNED-PAYLOAD')).toEqual({ malformed: expect.stringContaining('x-amz-content-sha256') });
    expect(told(hash('sha256', order.body, 'hex'))).not.toHaveProperty('malformed');
  });

  it('does not verify with another content type', () => {
    const claim = sigv4.read(withHeaders({ 'content-type': 'text/plain' }));
    expect(!isMalformed(claim) && isRight(sigv4, claim, credential)).toBe(false);
  });

  it('takes parameters in another order and another spelling, as it says of itself', () => {
    const twice = { ...order, path: '/v1/orders?a=1&b=%7E+2' };
    const signed = sigv4.sign(twice, stamp, credential);
    const claim = sigv4.read({ ...receivedOf(signed), path: '/v1/orders?b=~%202&a=%31' });
    expect(!isMalformed(claim) && isRight(sigv4, claim, credential)).toBe(true);
  });

  it('is under a key that changes with the day', () => {
    const day = (nowUs: number) => {
      const signed = sigv4.sign(order, { ...stamp, nowUs }, credential);
      const claim = sigv4.read(receivedOf(signed));
      return !isMalformed(claim) && isRight(sigv4, claim, credential);
    };
    expect([1e15, 1e15 + 86_400e6, 1e15].map(day)).toEqual([true, true, true]);
  });

  it('refuses to sign for a key id that has no place in the header', () => {
    const sign = (id: string) => sigv4.sign(order, stamp, { ...credential, keyId: id });
    for (const id of ['', 'a/b', 'a,b', 'a b']) expect(() => sign(id)).toThrow(RangeError);
  });
});
