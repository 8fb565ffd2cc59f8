/** A moment of a run by hand, to be changed where a test looks. */
import type { LiveActor, LiveState } from '../../../harness/report/live.js';

export function aLiveActor(changes: Partial<LiveActor> = {}): LiveActor {
  return {
    name: 'customers',
    label: 'legit',
    sent: 1_234,
    admitted: 1_230,
    throttled: 4,
    refused: 0,
    banned: 0,
    errors: 0,
    p99Ms: 12.34,
    ...changes,
  };
}

export function aMoment(changes: Partial<LiveState> = {}): LiveState {
  return {
    scenario: 'order-flood-5x',
    elapsedMs: 4_200,
    totalMs: 9_000,
    phases: [
      { name: 'calm', startMs: 1_000, endMs: 3_000 },
      { name: 'attack', startMs: 3_000, endMs: 6_000 },
      { name: 'recovery', startMs: 6_000, endMs: 8_000 },
    ],
    actors: [aLiveActor(), aLiveActor({ name: 'flooder', label: 'abuse', throttled: 99_000, p99Ms: null })],
    ownDelayP99Ms: 1.234,
    ...changes,
  };
}
