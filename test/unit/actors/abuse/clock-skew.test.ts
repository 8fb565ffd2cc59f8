import { describe, expect, it } from 'vitest';
import { classOf, setStage, throttled } from '../stage.js';

const params = { behindMinUs: 5_000, behindMaxUs: 7_000, aheadMinUs: 2_000, aheadMaxUs: 3_999, stepUs: 1_000 };

describe('a skewed clock', () => {
  it('sweeps over stamps in the past and then in the future, both ends included, and begins anew', () => {
    const stage = setStage('clock-skew', { params });
    const intents = Array.from({ length: 11 }, () => stage.arrive());
    expect(intents.map(({ stampOffsetUs }) => stampOffsetUs)).toEqual([
      -5_000, -6_000, -7_000, 2_000, 3_000, -5_000, -6_000, -7_000, 2_000, 3_000, -5_000,
    ]);
    for (const intent of intents) expect([classOf(intent), intent.signed]).toEqual(['order.place', true]);
  });

  it('deals the steps out to its identities', () => {
    const stage = setStage('clock-skew', { population: 3, params });
    const [first, second, third] = stage.identities;
    const offsets = [first, second, third, first, second, third].map((one) => stage.arrive(one).stampOffsetUs);
    expect(offsets).toEqual([-5_000, -6_000, -7_000, 2_000, 3_000, -5_000]);
  });

  it('has one stamp of a range that is turned round', () => {
    const stage = setStage('clock-skew', { params: { ...params, behindMaxUs: 0, aheadMaxUs: 0 } });
    expect([stage.arrive(), stage.arrive()].map(({ stampOffsetUs }) => stampOffsetUs)).toEqual([-5_000, 2_000]);
  });

  it('is not stopped by a throttle', () => {
    const stage = setStage('clock-skew');
    expect(stage.behaviour.onOutcome(stage.arrive(), throttled(5), 0)).toBeNull();
  });
});
