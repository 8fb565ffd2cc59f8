import { describe, expect, it } from 'vitest';
import { classOf, setStage, throttled } from '../stage.js';

describe('an overrun', () => {
  it('holds back the last byte of each order, so that those of one moment are complete at one moment', () => {
    const stage = setStage('overrun', { population: 3, params: { leadUs: 200_000 } });
    const herd = stage.identities.map((identity) => stage.arrive(identity, 5_000));
    expect(herd.map(({ lastByteUs }) => lastByteUs)).toEqual([205_000, 205_000, 205_000]);
    expect(stage.arrive(undefined, 6_000).lastByteUs).toBe(206_000);
    for (const intent of herd) {
      expect([classOf(intent), intent.signed]).toEqual(['order.place', true]);
      expect(stage.behaviour.onOutcome(intent, throttled(5), 0)).toBeNull();
    }
  });
});
