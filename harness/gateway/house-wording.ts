import type { FastifyReply } from 'fastify';
import { Answer } from '../core/spec.js';
import { refusalOf } from '../venue/refusal.js';
import { rateLimitField } from './rate-limit-fields.js';
import { JSON_TYPE, type Told, type Wording } from './wording.js';

/** The gateway's own words: `RateLimit` and `RateLimit-Policy`, `Retry-After`, and refusals as in `refusal.ts`. */
export const houseWording: Wording = {
  admitted: (reply, told) => {
    tellPolicies(reply, told);
    tellRemaining(reply, told, secondsToReset(told));
  },
  refused: (_request, reply, told) => {
    const { decision, answer, nowUs, rules } = told;
    tellPolicies(reply, told);
    const refusal = refusalOf({ decision, answer, nowUs, limitNames: rules.limitNamesJson });
    tellRemaining(reply, told, refusal.retryAfterSeconds || secondsToReset(told));
    if (refusal.retryAfterSeconds > 0) reply.header('retry-after', String(refusal.retryAfterSeconds));
    reply.code(refusal.status).header('content-type', JSON_TYPE).send(refusal.body);
  },
  credited: () => undefined,
};

function tellPolicies(reply: FastifyReply, { rules, caller }: Told): void {
  reply.header('ratelimit-policy', rules.fields.policies[caller.classId]);
}

function tellRemaining(reply: FastifyReply, { answer, rules }: Told, afterSeconds: number): void {
  const name = rules.fields.names[answer[Answer.limit] ?? -1];
  if (name !== undefined) {
    reply.header('ratelimit', rateLimitField(name, answer[Answer.remaining] ?? 0, afterSeconds));
  }
}

/** 0 = not known: a token bucket says when it is full again, which is not when its next cell comes. */
function secondsToReset({ answer, nowUs, rules }: Told): number {
  if (rules.resetIsNext[answer[Answer.limit] ?? -1] !== true) return 0;
  return Math.max(0, Math.ceil(((answer[Answer.resetAtUs] ?? 0) - nowUs) / 1_000_000));
}
