import { describe, expect, it } from 'vitest';
import { Asking } from '../../../harness/capture/asked-again.js';
import { CallerNames } from '../../../harness/capture/callers.js';
import type { RecordedRow } from '../../../harness/capture/recording.js';
import { rewrittenJson, rewrittenPairs, rewrittenPath } from '../../../harness/capture/rewritten-text.js';
import { ClassPaths, housePatterns } from '../../../harness/intake/class-paths.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';

function row(changes: Partial<RecordedRow>): RecordedRow {
  const none = { type: null, body: null, requestClass: null, elements: 1, actor: null };
  return { atUs: 0, who: 'a', method: 'GET', path: '/', ...none, ...changes };
}

function asking(profile: ProfileName | null, as: 'recorded' | 'house' = 'recorded', patterns = {}): Asking {
  const classes = new ClassPaths({ ...housePatterns, ...patterns });
  return new Asking({ classes, profile: profile === null ? null : profileOf(profile), as });
}

describe('a recorded request, asked again', () => {
  it.each([
    ['binance', 'GET', '/a?symbol=B&timestamp=1&recvWindow=5&signature=ab&x=', '/a?symbol=B&x='],
    ['binance', 'GET', '/a?timestamp=1', '/a'],
    ['hmac-lines', 'GET', '/a?timestamp=1&signature=ab', '/a?timestamp=1'],
    [null, 'GET', '/a?b=%2F+c&api_key=K#top', '/a?b=%2F+c'],
  ] as const)('under %s loses what that signs anew: %s %s', (profile, method, path, wanted) => {
    expect(asking(profile).again(row({ method, path }))?.path).toBe(wanted);
  });

  it('loses the nonce of the profile in a body, and leaves all else as it stands', () => {
    const kraken = asking('kraken', 'recorded', { 'order.place': ['POST /0/private/*'] });
    const form = row({
      method: 'POST',
      path: '/0/private/AddOrder',
      type: 'application/x-www-form-urlencoded',
      body: 'nonce=1&pair=X%20Y&otp=2',
    });
    expect(kraken.again(form)).toMatchObject({ body: 'pair=X%20Y', type: 'application/x-www-form-urlencoded' });
    const json = {
      ...form,
      type: 'application/json',
      body: '{ "nonce":12345678901234567890, "n":1.0,"deep":{"nonce":1,"token":"t"} }',
    };
    expect(kraken.again(json)?.body).toBe('{  "n":1.0,"deep":{"nonce":1,"token":"[redacted]"} }');
    expect([...kraken.changed].sort()).toEqual(['body nonce', 'body otp', 'body token']);
  });

  it('is left out where nothing says its class, unless it only reads', () => {
    const one = asking(null);
    expect(one.again(row({ method: 'HEAD', path: '/any' }))).toMatchObject({ requestClass: 'ticker', path: '/any' });
    expect(one.again(row({ method: 'POST', path: '/any' }))).toBe(null);
    expect(one.again(row({ method: 'PROPFIND', path: '/v1/ticker' }))).toBe(null);
    expect(one.again(row({ path: '/caf\u00e9' }))).toBe(null);
    expect([...one.leftOut.values()]).toEqual([1, 1, 1]);
  });

  it('becomes a request of the house where that is wanted, and stays one where it was one', () => {
    const one = asking(null, 'house');
    const [a, b, again] = ['/x', '/y', '/x'].map((path) => one.again(row({ path }))?.path);
    expect(a).toMatch(/^\/v1\/ticker\?symbol=BTC-USDT&_=[0-9a-f]{12}$/);
    expect([again, a === b]).toEqual([a, false]);
    expect(one.again(row({ path: '/v1/account?page=2' }))?.path).toBe('/v1/account?page=2');
    const batch = one.again(row({ method: '', path: '', requestClass: 'order.place', elements: 2 }));
    expect(JSON.parse(batch?.body ?? '')).toHaveLength(2);
  });
});

describe('texts with some values changed', () => {
  const hide = (name: string) => (name === 'k' ? ({ to: '***' } as const) : name === 'gone' ? 'removed' : 'kept');

  it('keep the rest of JSON to the last character', () => {
    expect(rewrittenJson('{"a" : 1.50, "\\u006b":[1,{"x":"]"}] ,"k2":"k"}', hide)).toBe(
      '{"a" : 1.50, "\\u006b":"***" ,"k2":"k"}',
    );
    expect(rewrittenJson('{"gone":1}', hide)).toBe('{}');
    expect(rewrittenJson('{"a":",}","gone":{"k":2}}', hide)).toBe('{"a":",}"}');
    expect(rewrittenJson('["k",{"k":1,"gone":2}]', hide)).toBe('["k",{"k":"***","gone":2}]');
    expect(rewrittenJson('{"k":', hide)).toBe(null);
  });

  it('keep the rest of forms and paths', () => {
    expect(rewrittenPairs('a=1&%6b=2&gone=3&b&k', hide)).toBe('a=1&%6b=***&b&k=***');
    expect(rewrittenPath('/p/k=1?gone=1', hide)).toBe('/p/k=1');
  });
});

describe('names of callers', () => {
  it('tell by the key, not by what changes with each request', () => {
    const names = new CallerNames();
    const token = (sub: string, nonce: string): string => {
      const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
      return `Bearer ${part({ alg: 'ES256', kid: 'k', nonce })}.${part({ sub })}.sig${nonce}`;
    };
    const of = (headers: [string, string][], address = '1') => names.nameOf(address, headers);
    expect(
      of([
        ['X-API-KEY', 'a'],
        ['X-Signature', '1'],
      ]),
    ).toBe('c1');
    expect(
      of(
        [
          ['x-api-key', 'a'],
          ['x-signature', '2'],
        ],
        '2',
      ),
    ).toBe('c1');
    expect(of([['Authorization', token('me', '1')]])).toBe('c2');
    expect(of([['Authorization', token('me', '2')]])).toBe('c2');
    expect(of([['Authorization', token('you', '3')]])).toBe('c3');
    expect([of([]), of([], '2'), of([])]).toEqual(['c4', 'c5', 'c4']);
  });
});
