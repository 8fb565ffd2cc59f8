import { describe, expect, it } from 'vitest';
import { Asking } from '../../../harness/capture/asked-again.js';
import { harEntry } from '../../../harness/capture/har-entry.js';
import type { RecordedRow } from '../../../harness/capture/recording.js';
import { ClassPaths } from '../../../harness/intake/class-paths.js';

const FORM = 'application/x-www-form-urlencoded';
const SECRET = 'Xx01-Yy02';

const always = [
  'pass',
  'PASS',
  'password',
  'passwd',
  'passcode',
  'passphrase',
  'pwd',
  'user_pass',
  'userPass',
  'userpass',
  'newPass2',
  'login[pass]',
  'pin',
  'cardPin',
  'otp',
  'totp',
  'mfa',
  '2fa',
  'tan',
  'cvv',
  'smsCode',
  'verification_code',
  'one-time-code',
  'recoveryCode',
  'secret',
  'token',
  'api_key',
  'apiKey',
  'key',
  'signature',
  'jwt',
  'session',
  'credential',
];

/** Where a secret may stand: path, type and body. */
const places: readonly [string, (name: string, path: string) => Pick<RecordedRow, 'path' | 'type' | 'body'>][] = [
  ['JSON', (name, path) => ({ path, type: 'application/json', body: JSON.stringify({ a: 1, [name]: SECRET }) })],
  ['nested JSON', (name, path) => ({ path, type: null, body: JSON.stringify({ a: [{ [name]: { b: SECRET } }] }) })],
  ['JSON sent as a form', (name, path) => ({ path, type: FORM, body: JSON.stringify({ [name]: SECRET }) })],
  ['half a JSON sent as a form', (name, path) => ({ path, type: FORM, body: `{"${name}":"${SECRET}",` })],
  ['a form', (name, path) => ({ path, type: FORM, body: `a=1&${encodeURIComponent(name)}=${SECRET}` })],
  ['a query', (name, path) => ({ path: `${path}?a=1&${encodeURIComponent(name)}=${SECRET}`, type: null, body: null })],
];

function captured({ path, type, body }: Pick<RecordedRow, 'path' | 'type' | 'body'>): string {
  const size = body?.length ?? 0;
  const { text, fields } = harEntry({
    startedAt: '2026-01-01T00:00:00.000Z',
    method: 'POST',
    origin: 'http://127.0.0.1:1',
    path,
    headers: type === null ? [] : [['content-type', type]],
    body: body === null ? null : { text: body, type },
    bodyBytes: size,
    bodyNote: '',
    who: 'c1',
    status: 302,
    statusText: 'Found',
    answerHeaders: [['location', `http://127.0.0.1:1${path}`]],
    answerBytes: 0,
    sendMs: 0,
    waitMs: 0,
    receiveMs: 0,
    error: '',
  });
  return text + fields.join();
}

function recorded(part: Pick<RecordedRow, 'path' | 'type' | 'body'>, requestClass: 'login' | 'ticker'): string {
  const one = new Asking({ classes: new ClassPaths({}), profile: null, as: 'recorded' });
  const row = { atUs: 0, who: 'a', method: 'POST', requestClass, elements: 1, actor: null, ...part };
  return JSON.stringify(one.again(row)) + [...one.changed].join();
}

describe.each(places)('a secret in %s', (_, at) => {
  it.each(always)('under the name %s is written by neither capture nor record', (name) => {
    const part = at(name, '/api/orders');
    expect(captured(part)).not.toContain(SECRET);
    expect(recorded(part, 'ticker')).not.toContain(SECRET);
    expect(recorded(part, 'login')).not.toContain(SECRET);
  });

  it.each(['/api/login', '/oauth/token', '/verify', '/2fa'])('under the name code is one at %s', (path) => {
    const part = at('code', path);
    expect(captured(part)).not.toContain(SECRET);
    expect(recorded(part, 'ticker')).not.toContain(SECRET);
  });
});

describe('a name that is no secret', () => {
  it.each(['compass', 'passenger', 'passport', 'bypass', 'pinned', 'spin', 'countryCode', 'code', 'status_code'])(
    '%s stays as it stands in a JSON, a form and a query',
    (name) => {
      for (const [place, at] of places) {
        if (place.startsWith('half')) continue;
        const part = at(name, '/api/orders');
        expect(captured(part)).toContain(SECRET);
        expect(recorded(part, 'ticker')).toContain(SECRET);
      }
    },
  );

  it.each(['user', 'email', 'grant_type', 'state', 'phone', 'pin'])('code is one beside %s', (beside) => {
    for (const part of [
      { path: `/x?${beside}=1&code=${SECRET}`, type: null, body: null },
      { path: '/x', type: FORM, body: `${beside}=1&code=${SECRET}` },
      { path: '/x', type: null, body: JSON.stringify({ [beside]: '1', code: SECRET }) },
    ]) {
      expect(captured(part)).not.toContain(SECRET);
      expect(recorded(part, 'ticker')).not.toContain(SECRET);
    }
  });
});
