/** Which recording an actor's requests are those of. */
import type { ActorPlan } from '../../scenario/plan.js';
import type { RecordedRequests } from '../recorded-requests.js';
import type { TraceTimes } from './trace.js';

/** @param traces - What was loaded of `Plan.traces`, in their order. @returns null: the actor follows none that holds any. */
export function followedRequests({ arrivals }: ActorPlan, traces: readonly TraceTimes[]): RecordedRequests | null {
  return arrivals.process === 'trace' ? (traces[arrivals.trace]?.requests ?? null) : null;
}
