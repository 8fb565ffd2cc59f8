/**
 * What the house tells a caller of a decision: `RateLimit` and `RateLimit-Policy`, `Retry-After`, and refusals as in
 * `refusal.ts`; for any server that can set a header.
 */
import { Answer } from '../core/spec.js';
import { refusalOf } from '../venue/refusal.js';
import { rateLimitField } from './rate-limit-fields.js';
import type { Told } from './wording.js';

/** Called once for each header of the answer. */
export type SetHeader = (name: string, value: string) => void;

/** Puts the headers on an answer that the business gives. */
export function tellAdmitted(told: Told, set: SetHeader): void {
  tellPolicies(told, set);
  tellRemaining(told, secondsToReset(told), set);
}

/** Puts the headers on the answer of a refused request, but for the type of its body. @returns status and body, which is JSON. */
export function tellRefused(told: Told, set: SetHeader): { readonly status: number; readonly body: string } {
  const { decision, answer, nowUs, rules } = told;
  tellPolicies(told, set);
  const { status, body, retryAfterSeconds } = refusalOf({ decision, answer, nowUs, limitNames: rules.limitNamesJson });
  tellRemaining(told, retryAfterSeconds || secondsToReset(told), set);
  if (retryAfterSeconds > 0) set('retry-after', String(retryAfterSeconds));
  return { status, body };
}

function tellPolicies({ rules, caller }: Told, set: SetHeader): void {
  set('ratelimit-policy', rules.fields.policies[caller.classId] ?? '');
}

function tellRemaining({ answer, rules }: Told, afterSeconds: number, set: SetHeader): void {
  const name = rules.fields.names[answer[Answer.limit] ?? -1];
  if (name !== undefined) set('ratelimit', rateLimitField(name, answer[Answer.remaining] ?? 0, afterSeconds));
}

/** 0 = not known: a token bucket says when it is full again, which is not when its next cell comes. */
function secondsToReset({ answer, nowUs, rules }: Told): number {
  if (rules.resetIsNext[answer[Answer.limit] ?? -1] !== true) return 0;
  return Math.max(0, Math.ceil(((answer[Answer.resetAtUs] ?? 0) - nowUs) / 1_000_000));
}
