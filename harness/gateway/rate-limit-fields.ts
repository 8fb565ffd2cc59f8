import { serializeItem, serializeList } from 'structured-headers';
import type { LimitNumbers, LimitSpec } from '../core/spec.js';

/**
 * The fields `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10, as far as they are known
 * before a request comes: both are lists of Strings, here the names of the limits.
 */
export interface RateLimitFields {
  /** By request class index: every limit that matches the class, with its quota `q` and window `w`. '' = none matches. */
  readonly policies: readonly string[];
  /** By limit index: the name as a structured String, to which `rateLimitField` adds its parameters. */
  readonly names: readonly string[];
}

export function compileRateLimitFields(limits: readonly LimitSpec[], classCount: number): RateLimitFields {
  const policies: string[] = [];
  for (let classId = 0; classId < classCount; classId++) {
    const matching = limits.filter((limit) => (limit.costs[classId] ?? 0) > 0);
    policies.push(serializeList(matching.map((limit) => [fieldName(limit), policyParameters(limit.numbers)])));
  }
  return { policies, names: limits.map((limit) => serializeItem(fieldName(limit))) };
}

/**
 * One `RateLimit` item: `r` cells are left, and after `t` seconds there are more.
 * @param afterSeconds - 0 = not known, `t` is left out.
 */
export function rateLimitField(name: string, remaining: number, afterSeconds: number): string {
  return afterSeconds > 0 ? `${name};r=${remaining};t=${afterSeconds}` : `${name};r=${remaining}`;
}

function policyParameters(numbers: LimitNumbers): Map<string, number> {
  return new Map([
    ['q', numbers.capacity],
    ['w', windowSeconds(numbers)],
  ]);
}

/** Whole seconds, rounded up. A token bucket has no window; the nearest thing is how long it fills from empty. */
function windowSeconds(numbers: LimitNumbers): number {
  if (numbers.family === 'fixed-window') return Math.ceil(numbers.windowUs / 1_000_000);
  return Math.ceil((numbers.capacity * numbers.refillPeriodUs) / (numbers.refillCells * 1_000_000));
}

/** A structured String holds printable ASCII only. */
function fieldName(limit: LimitSpec): string {
  return limit.name.replace(/[^\x20-\x7e]/g, '?');
}
