import { describe, expect, it } from 'vitest';
import { environmentNames } from '../../../harness/scenario/adapter.js';
import { loadAdapter, readAdapter } from '../../../harness/scenario/adapter-file.js';
import { textReader } from '../../support/scenario-files.js';

const small = `version: 1
name: small
calls:
  ticker: { method: GET, path: /price, query: { pair: "{symbol}" } }
`;

function told(text: string): readonly string[] {
  const { adapter, faults } = readAdapter('a.yaml', text, (path) => path);
  expect(adapter === null).toBe(faults.length > 0);
  return faults.map(({ code, line, column, message }) => `${line}:${column} ${code} ${message}`);
}

describe('an adapter file', () => {
  it('is read with its defaults', () => {
    const { adapter } = readAdapter('a.yaml', small, (path) => path);
    expect(adapter).toMatchObject({
      sign: { kind: 'policy' },
      credentials: { from: 'seed' },
      hooks: null,
      http2: false,
      retryAfter: [{ source: { in: 'header', name: 'retry-after' }, unit: 's' }],
    });
    expect(adapter?.calls.ticker).toMatchObject({
      path: ['/price'],
      query: [{ name: 'pair', value: [{ field: 'symbol' }] }],
    });
  });

  it('names its modules from its own folder', () => {
    const text = `${small}sign: { module: ./sign.mjs }\nhooks: { module: hooks.mjs }\n`;
    const adapter = loadAdapter(textReader({ 'apis/a.yaml': text }), 'apis/a.yaml');
    expect(adapter.sign).toEqual({ kind: 'module', file: 'apis/sign.mjs' });
    expect(adapter.hooks).toEqual({ file: 'apis/hooks.mjs', deadlineMs: 30_000 });
  });

  it('tells which variables of the environment it needs, each once', () => {
    const text = `${small.replace('"{symbol}"', '"{env:MY_PAIR}"')}credentials:
  environment: [{ keyId: KEY_1, secret: SECRET_1 }, { keyId: KEY_2, secret: SECRET_1 }]
headers: { x-stage: "{env:STAGE_TOKEN}" }
`;
    const { adapter } = readAdapter('a.yaml', text, (path) => path);
    expect(adapter === null ? [] : environmentNames(adapter)).toEqual([
      'KEY_1',
      'SECRET_1',
      'KEY_2',
      'STAGE_TOKEN',
      'MY_PAIR',
    ]);
  });

  it('tells all its faults at once, with their places', () => {
    const text = `version: 1
name: Small
sign: { profile: binanse }
credentials: hooks
headers: { Host: a, x-api-key: hush, "b c": d }
calls:
  ticker: { method: GET, path: "price?x=1", query: { pair: "{symbl}" } }
  order.cancel: { method: DELETE, path: "/orders/{orderId}", form: {}, json: {} }
  order.place: { method: POST, path: /orders, json: { a: "{orders}" } }
outcomes:
  - { when: {}, is: throttled, retryAfter: { header: a, body: /b } }
  - { when: { status: 42, body: { a: 1 } }, is: slow }
`;
    expect(told(text)).toMatchSnapshot();
  });

  it.each([
    {
      because: 'a secret stands where the name of a variable is wanted',
      line: 'credentials: { environment: [{ keyId: Abc123, secret: MY_SECRET }] }',
      code: 'FP_ADAPTER_SECRET',
    },
    { because: 'a token is written out', line: 'headers: { authorization: Bearer abcdef }', code: 'FP_ADAPTER_SECRET' },
    { because: 'a header would break into two', line: 'headers: { x-a: "b\\r\\nc: d" }', code: 'FP_TEXT_INVALID' },
    {
      because: 'a holder has nothing to be known by',
      line: 'credentials: { environment: [{ passphrase: MY_PASS }] }',
      code: 'FP_ADAPTER_PARTS',
    },
    {
      because: 'an account has no password',
      line: 'credentials: { environment: [{ account: MY_NAME }] }',
      code: 'FP_ADAPTER_PARTS',
    },
    {
      because: 'a secret has no key',
      line: 'credentials: { environment: [{ secret: MY_SECRET, token: MY_TOKEN }] }',
      code: 'FP_ADAPTER_PARTS',
    },
    {
      because: 'a pointer is none',
      line: 'outcomes: [{ when: { body: { code: 1 } }, is: never }]',
      code: 'FP_POINTER_INVALID',
    },
    { because: 'a brace is alone', line: 'headers: { x-a: "b}" }', code: 'FP_TEMPLATE_INVALID' },
    {
      because: 'a limit is told by two things',
      line: 'outcomes: [{ when: { status: 429 }, is: throttled, limit: { header: a, body: /b } }]',
      code: 'FP_ADAPTER_PARTS',
    },
    {
      because: 'both ways of signing are named',
      line: 'sign: { profile: bearer, module: a.mjs }',
      code: 'FP_ADAPTER_PARTS',
    },
  ])('is refused when $because, and the secret is not repeated', ({ line, code }) => {
    const faults = told(`${small}${line}\n`);
    expect(faults.map((fault) => fault.split(' ')[1])).toEqual([code]);
    for (const fault of faults) expect(fault).not.toMatch(/Abc123|abcdef/);
  });

  it('is not taken for one when it is a policy or a scenario', () => {
    expect(told('version: 1\nname: a\nlimits: []\n')).toEqual([
      '1:1 FP_FILE_KIND the file is a policy, but an adapter is wanted here',
    ]);
    expect(told('version: 1\nactors: []\n')).toEqual([
      '1:1 FP_FILE_KIND the file is a scenario, but an adapter is wanted here',
    ]);
  });
});
