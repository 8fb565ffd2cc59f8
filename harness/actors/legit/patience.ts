/**
 * How an honest client takes "no": it waits as long as it is told, or a little longer each time it is told nothing.
 */
import type { Answered, FollowUp, Intent, Random } from '../actor.js';
import { IntentKind, Outcome } from '../outcome.js';

/** Nobody waits longer than this for an answer to one wish; a Retry-After beyond it makes a client give up. */
export const waitUsMax = 60_000_000;
const UNTOLD_WAIT_US = 1_000_000;
const BACKOFF_US = 250_000;
/** Lateness after Retry-After at most, as a share of it: clients that were told the same do not come back at once. */
const JITTER_SHARE = 0.1;

/** Of honest clients in general, where a behaviour has no parameter for it. */
export const followRetryAfterShareUsual = 0.9;
export const retriesUsual = 1;

export interface Patience {
  /** Whether this identity comes back after a throttle at all. */
  readonly followsRetryAfter: boolean;
  /** Attempts of one wish after the first. */
  readonly retries: number;
}

/**
 * The same intent again after a throttle or a failure, or null when the client gives up or the outcome calls for
 * nothing. Never earlier than Retry-After says. Requests that were never sent or were taken back are not tried again.
 */
export function tryAgain(intent: Intent, answered: Answered, patience: Patience, random: Random): FollowUp | null {
  if (intent.attempt >= patience.retries) return null;
  const waitUs = waitAfter(answered, intent.attempt, patience, random);
  if (waitUs === null || waitUs > waitUsMax) return null;
  return { intent: { ...intent, kind: IntentKind.retry, attempt: intent.attempt + 1 }, afterUs: Math.ceil(waitUs) };
}

function waitAfter(answered: Answered, attempt: number, patience: Patience, random: Random): number | null {
  switch (answered.outcome) {
    case Outcome.throttled: {
      if (!patience.followsRetryAfter) return null;
      const toldUs = answered.retryAfterMs >= 0 ? answered.retryAfterMs * 1_000 : UNTOLD_WAIT_US;
      return toldUs * (1 + JITTER_SHARE * random.unit());
    }
    case Outcome.timeout:
    case Outcome.reset:
    case Outcome.unconnected:
    case Outcome.garbage:
    case Outcome.serverError:
      // Half of the pause is jitter, so that clients which failed together do not return together.
      return BACKOFF_US * 2 ** attempt * (0.5 + random.unit());
    default:
      return null;
  }
}
