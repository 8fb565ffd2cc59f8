import { Answer, Decision, decisionNames, NEVER_US } from '../core/spec.js';

/**
 * The HTTP status of each decision, by its index. `reason` is the decision's name.
 *
 * - 429 throttled: come back later, `Retry-After` says when, if time alone makes it pass. 429 never: coming back is of no use, so no `Retry-After`.
 * - 418 banned, as the largest spot exchange does it.
 * - 401 for everything that the verifier found wrong with the request.
 * - 503 replay-full: the request may be right, but the gateway can't remember one more signature. Not the caller's
 *   fault, and nobody knows when room will be, so there is no `Retry-After` either.
 */
export const statusByDecision: Readonly<Record<Decision, number>> = {
  [Decision.admitted]: 200,
  [Decision.throttled]: 429,
  [Decision.never]: 429,
  [Decision.banned]: 418,
  [Decision.malformed]: 401,
  [Decision.unknownKey]: 401,
  [Decision.badSignature]: 401,
  [Decision.stale]: 401,
  [Decision.fromFuture]: 401,
  [Decision.replayed]: 401,
  [Decision.replayFull]: 503,
};

/** What a refused caller is told. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
  /** Whole seconds, rounded up, at least 1; 0 = no `Retry-After`. */
  readonly retryAfterSeconds: number;
}

/**
 * Words a refusal.
 * @param options.answer - The gate's answer to this very request.
 * @param options.limitNames - Names by limit index, already as JSON text.
 */
export function refusalOf(options: {
  decision: Decision;
  answer: Float64Array;
  nowUs: number;
  limitNames: readonly string[];
}): Refusal {
  const { decision, answer, nowUs, limitNames } = options;
  const retryAfterMs = retryAfterMsOf(decision, answer, nowUs);
  // The names of decisions need no escaping; `decisionNames` is as long as `Decision`.
  let body = `{"error":{"reason":"${decisionNames[decision]}"`;
  const limit = limitNames[answer[Answer.limit] ?? -1];
  if (limit !== undefined) body += `,"limit":${limit}`;
  if (retryAfterMs > 0) body += `,"retryAfterMs":${retryAfterMs}`;
  return {
    status: statusByDecision[decision],
    body: `${body}}}`,
    retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
  };
}

/** Rounded up, so that whoever waits exactly this long is never early. At least 1 for "later" at a time that is known, else 0. */
export function retryAfterMsOf(decision: Decision, answer: Float64Array, nowUs: number): number {
  if (decision !== Decision.throttled && decision !== Decision.banned) return 0;
  const retryAtUs = answer[Answer.retryAtUs] ?? 0;
  // A budget that only fills can raise says of no time that it is the right one.
  if (retryAtUs === NEVER_US) return 0;
  return Math.max(1, Math.ceil((retryAtUs - nowUs) / 1000));
}
