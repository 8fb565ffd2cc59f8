/** What attackers read out of answers. */
import type { Answered } from '../actor.js';
import * as api from '../api.js';
import { Outcome } from '../outcome.js';

/** The order that was placed, or null when none was: throttled, turned down by the order book, or no id that can be used. */
export function standingOrder(answered: Answered): string | null {
  return answered.outcome === Outcome.admitted && answered.status < 400 ? api.readOrderId(answered.body) : null;
}

/** Never handed over, or taken back: nobody at the target knows of it, and nothing follows. */
export function isTakenBack({ outcome }: Answered): boolean {
  return outcome === Outcome.unsent || outcome === Outcome.aborted;
}
