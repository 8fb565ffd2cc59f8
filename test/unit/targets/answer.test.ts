import { describe, expect, test } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import {
  isOwnFault,
  outcomeOfError,
  outcomeOfStatus,
  readRefusal,
  retryAfterMsOf,
} from '../../../harness/targets/http/answer.js';

describe('what came of a request', () => {
  test.each([
    { status: 200, outcome: 'admitted', because: 'a server that says nothing of its gate' },
    { status: 201, outcome: 'admitted', because: 'any 2xx is' },
    { status: 429, outcome: 'throttled', because: 'RFC 6585' },
    { status: 418, outcome: 'banned', because: 'what venues answer while a ban lasts' },
    { status: 401, outcome: 'admitted', because: 'the login itself said no, the limiter had let it through' },
    { status: 403, outcome: 'unclear', because: 'a firewall may have answered before any limit' },
    { status: 404, outcome: 'unclear', because: 'a server without such a path need not have asked its limiter' },
    { status: 409, outcome: 'unclear', because: 'a conflict may be a replay refused or an order refused' },
    { status: 307, outcome: 'unclear', because: 'a redirect is never followed' },
    { status: 500, outcome: 'serverError', because: 'unknown whether it was charged' },
    { status: 199, outcome: 'garbage', because: 'not the status of an answer' },
    { status: 401, isSigned: true, outcome: 'denied', because: 'the signature was refused, before or after a limit' },
    { status: 403, isSigned: true, outcome: 'denied', because: 'the same' },
    { status: 401, gate: 'admitted', outcome: 'admitted', because: 'a mistyped password has passed the gate' },
    { status: 403, gate: 'admitted', isSigned: true, outcome: 'admitted', because: "somebody else's order" },
    { status: 401, gate: 'replayed', isSigned: true, outcome: 'refused', because: 'the verifier said no' },
    { status: 503, gate: 'replay-full', isSigned: true, outcome: 'refused', because: 'it could not remember more' },
    { status: 503, gate: 'admitted', outcome: 'serverError', because: 'admitted, but not served' },
    { status: 429, gate: 'never', outcome: 'never', because: 'cost above capacity' },
    { status: 404, gate: 'unasked', outcome: 'garbage', because: 'the gateway knows no such path and asked no gate' },
    { status: 200, gate: 'constructor', outcome: 'admitted', because: 'a word of the language is not a decision' },
  ] as const)('$status with x-gate $gate is $outcome: $because', (row) => {
    const { status, outcome } = row;
    const gate = 'gate' in row ? row.gate : undefined;
    expect(outcomeOfStatus({ status, gate, isSigned: 'isSigned' in row })).toBe(Outcome[outcome]);
  });

  test.each([
    { code: 'ECONNREFUSED', sent: false, outcome: 'unconnected' },
    { code: 'UND_ERR_CONNECT_TIMEOUT', sent: false, outcome: 'unconnected' },
    { code: 'ECONNRESET', sent: true, outcome: 'reset' },
    { code: 'UND_ERR_SOCKET', sent: true, outcome: 'reset' },
    { code: 'HPE_INVALID_CONSTANT', sent: true, outcome: 'garbage' },
    { code: 'UND_ERR_HEADERS_OVERFLOW', sent: true, outcome: 'garbage' },
  ] as const)('$code is $outcome', ({ code, sent, outcome }) => {
    expect(outcomeOfError(Object.assign(new Error(code), { code }), sent)).toBe(Outcome[outcome]);
  });
});

test.each([
  ['EMFILE', true],
  ['EADDRNOTAVAIL', true],
  ['ECONNREFUSED', false],
  ['ECONNRESET', false],
  ['', false],
])('%s is a fault of this machine: %s', (code, wanted) => {
  expect(isOwnFault(code)).toBe(wanted);
});

describe('the text of a refusal', () => {
  test('reason, limit and wait are read', () => {
    const text = '{"error":{"reason":"throttled","limit":"login-ip","retryAfterMs":1234}}';
    expect(readRefusal(text)).toEqual({ reason: 'throttled', limit: 'login-ip', retryAfterMs: 1234 });
  });

  test.each([
    '',
    'Too many requests',
    '{',
    '{}',
    '{"error":null}',
    '{"error":"x"}',
    '[1]',
    '{"error":{"retryAfterMs":1e99,"limit":7}}',
  ])('anything else, such as %j, is a refusal without a reason', (text) => {
    expect(readRefusal(text)).toEqual({ reason: '', limit: '', retryAfterMs: -1 });
  });

  test.each([
    { header: '3', ms: 3000 },
    { header: '0', ms: 0 },
    { header: 'Wed, 21 Oct 2026 07:28:00 GMT', ms: -1 },
    { header: '-1', ms: -1 },
    { header: '1.5', ms: -1 },
    { header: '9999999', ms: 0x7fffffff },
    { header: undefined, ms: -1 },
    { header: '1, 2', ms: -1 },
  ])('Retry-After $header is $ms ms', ({ header, ms }) => {
    expect(retryAfterMsOf(header)).toBe(ms);
  });
});
