/**
 * What can come of a request and why it was made: the vocabulary that actors, targets, engine and judge share.
 */

/** What came of a request, as far as the generator can tell. */
export const Outcome = {
  admitted: 0,
  throttled: 1,
  /** Cost above capacity. */
  never: 2,
  banned: 3,
  /** The verifier said no. */
  refused: 4,
  /** No whole answer within the deadline. */
  timeout: 5,
  /** The connection broke before the whole answer. */
  reset: 6,
  /** No connection could be made. */
  unconnected: 7,
  /** An answer that is not HTTP, or not one that can be read. */
  garbage: 8,
  /** 5xx: somebody failed; whether the limiter charged is unknown. */
  serverError: 9,
  /** Never handed over: too many requests were open. */
  unsent: 10,
  /** Taken back at the end or at an interrupt, before an answer came. */
  aborted: 11,
  /**
   * 401 or 403 for a signed request from a server that does not mark its answers: somebody refused it, but it is unknown
   * whether a limit was charged before.
   */
  denied: 12,
  /** An answer from which it can't be told whether the limits let the request through (a 404, a redirect, a 403 for an unsigned request). */
  unclear: 13,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

export const outcomeNames: readonly string[] = [
  'admitted',
  'throttled',
  'never',
  'banned',
  'refused',
  'timeout',
  'reset',
  'unconnected',
  'garbage',
  'server-error',
  'unsent',
  'aborted',
  'denied',
  'unclear',
];

/** Why a request was made. */
export const IntentKind = {
  /** From the schedule: intended before the run began. */
  arrival: 0,
  /** The next step after an outcome (cancel after place). */
  followUp: 1,
  /** The same intent again after a refusal or failure. */
  retry: 2,
} as const;
export type IntentKind = (typeof IntentKind)[keyof typeof IntentKind];
