import { describe, expect, test } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { outcomeOfError, outcomeOfStatus, readRefusal, retryAfterMsOf } from '../../../harness/targets/http/answer.js';

describe('what came of a request', () => {
  test.each([
    { status: 200, gate: undefined, outcome: 'admitted', because: 'a server that says nothing of its gate' },
    {
      status: 404,
      gate: undefined,
      outcome: 'admitted',
      because: 'the limiter let it through to somebody who knew no such thing',
    },
    { status: 429, gate: undefined, outcome: 'throttled', because: 'RFC 6585' },
    { status: 418, gate: undefined, outcome: 'banned', because: 'what venues answer while a ban lasts' },
    { status: 401, gate: undefined, outcome: 'refused', because: 'nobody says that the gate had let it through' },
    { status: 401, gate: 'admitted', outcome: 'admitted', because: 'a mistyped password has passed the gate' },
    { status: 403, gate: 'admitted', outcome: 'admitted', because: "somebody else's order" },
    { status: 401, gate: 'replayed', outcome: 'refused', because: 'the verifier said no' },
    { status: 503, gate: 'replay-full', outcome: 'refused', because: 'the verifier could not remember more' },
    { status: 503, gate: 'admitted', outcome: 'serverError', because: 'admitted, but not served' },
    { status: 500, gate: undefined, outcome: 'serverError', because: 'unknown whether it was charged' },
    { status: 429, gate: 'never', outcome: 'never', because: 'cost above capacity' },
    {
      status: 404,
      gate: 'unasked',
      outcome: 'garbage',
      because: 'the gateway knows no such path and has asked no gate',
    },
    { status: 200, gate: 'constructor', outcome: 'admitted', because: 'a word of the language is not a decision' },
  ] as const)('$status with x-gate $gate is $outcome: $because', ({ status, gate, outcome }) => {
    expect(outcomeOfStatus(status, gate)).toBe(Outcome[outcome]);
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
