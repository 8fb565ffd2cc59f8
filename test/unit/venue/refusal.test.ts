import { describe, expect, it } from 'vitest';
import { Decision, decisionNames, NEVER_US } from '../../../harness/core/spec.js';
import { refusalOf } from '../../../harness/venue/refusal.js';

const nowUs = 1_700_000_000_000_000;
const limitNames = ['"login-ip"', '"say \\"hi\\""'];

function refusal(decision: Decision, limit: number, retryAtUs: number) {
  const answer = Float64Array.of(limit, 0, retryAtUs, 0, 0);
  const { status, body, retryAfterSeconds } = refusalOf({ decision, answer, nowUs, limitNames });
  return { status, retryAfterSeconds, error: JSON.parse(body).error };
}

describe('a refusal', () => {
  it.each<{ decision: Decision; status: number }>([
    { decision: Decision.throttled, status: 429 },
    { decision: Decision.never, status: 429 },
    { decision: Decision.banned, status: 418 },
    { decision: Decision.malformed, status: 401 },
    { decision: Decision.unknownKey, status: 401 },
    { decision: Decision.badSignature, status: 401 },
    { decision: Decision.stale, status: 401 },
    { decision: Decision.fromFuture, status: 401 },
    { decision: Decision.replayed, status: 401 },
    { decision: Decision.replayFull, status: 503 },
  ])('has a status and its own reason: $decision is $status', ({ decision, status }) => {
    expect(refusal(decision, -1, 0)).toMatchObject({ status, error: { reason: decisionNames[decision] } });
  });

  it('says later in whole milliseconds and whole seconds, both rounded up', () => {
    expect(refusal(Decision.throttled, 0, nowUs + 1_233_001)).toEqual({
      status: 429,
      retryAfterSeconds: 2,
      error: { reason: 'throttled', limit: 'login-ip', retryAfterMs: 1234 },
    });
  });

  it.each<{ afterUs: number; ms: number; seconds: number; because: string }>([
    { afterUs: 1, ms: 1, seconds: 1, because: 'a microsecond is a millisecond and a second' },
    { afterUs: 1_000, ms: 1, seconds: 1, because: 'an exact millisecond is not rounded up' },
    { afterUs: 1_001, ms: 2, seconds: 1, because: 'one microsecond more is' },
    { afterUs: 1_000_000, ms: 1000, seconds: 1, because: 'an exact second is not rounded up' },
    { afterUs: 1_000_001, ms: 1001, seconds: 2, because: 'one microsecond more is' },
    { afterUs: 0, ms: 1, seconds: 1, because: 'later is never now' },
  ])('waits $ms ms and $seconds s for $afterUs us, because $because', ({ afterUs, ms, seconds }) => {
    const { retryAfterSeconds, error } = refusal(Decision.banned, 0, nowUs + afterUs);
    expect({ ms: error.retryAfterMs, seconds: retryAfterSeconds }).toEqual({ ms, seconds });
  });

  it('names no time when coming back is of no use or the time is not known', () => {
    for (const decision of [Decision.never, Decision.replayed, Decision.replayFull]) {
      const { retryAfterSeconds, error } = refusal(decision, 0, 0);
      expect(retryAfterSeconds).toBe(0);
      expect(error).not.toHaveProperty('retryAfterMs');
    }
  });

  it('names no time for a budget that only fills can raise', () => {
    const { status, retryAfterSeconds, error } = refusal(Decision.throttled, 0, NEVER_US);
    expect({ status, retryAfterSeconds, error }).toEqual({
      status: 429,
      retryAfterSeconds: 0,
      error: { reason: 'throttled', limit: 'login-ip' },
    });
  });

  it('names no limit when none decided', () => {
    expect(refusal(Decision.stale, -1, 0).error).toEqual({ reason: 'stale' });
  });

  it('is JSON whatever a limit is called', () => {
    expect(refusal(Decision.throttled, 1, nowUs + 1).error.limit).toBe('say "hi"');
  });
});
