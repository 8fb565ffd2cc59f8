import { serializeItem, serializeList } from 'structured-headers';
import type { LimitNumbers, LimitSpec } from '../core/spec.js';

/**
 * The fields `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10, as far as they are known
 * before a request comes: both are lists of Strings, here the names of the limits.
 */
export interface RateLimitFields {
  /** By request class index: every enforced limit that matches the class, with its parameters. '' = none matches. */
  readonly policies: readonly string[];
  /** By limit index: the name as a structured String, to which `rateLimitField` adds its parameters. */
  readonly names: readonly string[];
}

export function compileRateLimitFields(limits: readonly LimitSpec[], classCount: number): RateLimitFields {
  const policies: string[] = [];
  for (let classId = 0; classId < classCount; classId++) {
    const matching = limits.filter(({ isShadow, costs }) => !isShadow && (costs[classId] ?? 0) > 0);
    policies.push(serializeList(matching.map((limit) => [fieldText(limit.name), policyParameters(limit.numbers)])));
  }
  return { policies, names: limits.map((limit) => serializeItem(fieldText(limit.name))) };
}

/**
 * One `RateLimit` item: `r` cells are left, and after `t` seconds there are more.
 * @param afterSeconds - 0 = not known, `t` is left out.
 */
export function rateLimitField(name: string, remaining: number, afterSeconds: number): string {
  return afterSeconds > 0 ? `${name};r=${remaining};t=${afterSeconds}` : `${name};r=${remaining}`;
}

/** `q`: cells at most; `qu`: of what, where it is not requests; `w`: in how many seconds, where time gives cells back. */
function policyParameters(numbers: LimitNumbers): Map<string, number | string> {
  const parameters = new Map<string, number | string>([['q', quotaOf(numbers)]]);
  if (numbers.family === 'concurrency') parameters.set('qu', 'concurrent-requests');
  const seconds = windowSeconds(numbers);
  if (seconds !== null) parameters.set('w', seconds);
  return parameters;
}

/** What waits in a queue is admitted too. */
function quotaOf(numbers: LimitNumbers): number {
  return numbers.family === 'leaky-queue' ? numbers.capacity + numbers.queueCells : numbers.capacity;
}

/** Whole seconds, rounded up. A bucket has no window; the nearest thing is how long it fills from empty. */
function windowSeconds(numbers: LimitNumbers): number | null {
  switch (numbers.family) {
    case 'token-bucket':
    case 'leaky-queue':
      return Math.ceil((quotaOf(numbers) * numbers.refillPeriodUs) / (numbers.refillCells * 1_000_000));
    case 'fixed-window':
    case 'sliding-log':
    case 'sliding-counter':
      return Math.ceil(numbers.windowUs / 1_000_000);
    case 'earned-budget':
    case 'concurrency':
      return null;
  }
}

/** A structured String, and any header, holds printable ASCII only. */
export function fieldText(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?');
}
