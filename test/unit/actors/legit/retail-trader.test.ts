import { describe, expect, it } from 'vitest';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { SECOND_US } from '../example-plan.js';
import { answered, arriveAs, classOf, oddBodies, placed, setStage, throttled } from '../stage.js';

describe('a retail trader', () => {
  it('looks at the ticker most of the time, orders a fifth of it, and reads the account now and then', () => {
    const stage = setStage('retail-trader', { population: 500 });
    const counts = new Map<string | undefined, number>();
    for (const identity of stage.identities) {
      for (let i = 0; i < 20; i++) {
        const wanted = classOf(stage.arrive(identity));
        counts.set(wanted, (counts.get(wanted) ?? 0) + 1);
      }
    }
    expect(Math.abs((counts.get('order.place') ?? 0) / 10_000 - 0.2)).toBeLessThan(0.015);
    expect(Math.abs((counts.get('account') ?? 0) / 10_000 - 0.1)).toBeLessThan(0.015);
    expect(Math.abs((counts.get('ticker') ?? 0) / 10_000 - 0.7)).toBeLessThan(0.02);
  });

  it('places limit orders with decimal strings', () => {
    const stage = setStage('retail-trader');
    for (let i = 0; i < 50; i++) {
      const intent = arriveAs(stage, 'order.place');
      expect(intent).toMatchObject({ method: 'POST', path: '/v1/orders', signed: true, wantsBody: true });
      expect(JSON.parse(intent.body ?? '')).toEqual({
        symbol: expect.stringMatching(/^[A-Z]{3,4}-USDT$/),
        side: expect.stringMatching(/^(buy|sell)$/),
        type: 'limit',
        price: expect.stringMatching(/^(0|[1-9]\d*)\.\d{2,5}$/),
        quantity: expect.stringMatching(/^(0|[1-9]\d*)\.\d{4}$/),
        clientOrderId: expect.stringMatching(/^[a-z0-9-]{3,20}$/),
      });
    }
  });

  it('asks for a ticker without a signature and on nobody’s account', () => {
    const intent = arriveAs(setStage('retail-trader'), 'ticker');
    expect(intent).toMatchObject({ method: 'GET', body: null, signed: false, accountIndex: 0xffffffff });
    expect(intent.path).toMatch(/^\/v1\/ticker\?symbol=[A-Z]+-USDT$/);
  });

  it('cancels a share of its admitted orders, on average think time after the answer', () => {
    const stage = setStage('retail-trader', { params: { orderShare: 1, thinkTimeUs: 400_000 } });
    const thinkTimesUs: number[] = [];
    for (let i = 0; i < 5_000; i++) {
      const place = stage.arrive();
      const followUp = stage.behaviour.onOutcome(place, placed(`order-${i}`), 0);
      if (followUp === null) continue;
      thinkTimesUs.push(followUp.afterUs);
      expect(followUp.intent).toMatchObject({
        identity: place.identity,
        kind: IntentKind.followUp,
        method: 'DELETE',
        path: `/v1/orders/order-${i}`,
        body: null,
        signed: true,
        attempt: 0,
      });
    }
    expect(Math.abs(thinkTimesUs.length / 5_000 - 0.3)).toBeLessThan(0.03);
    const mean = thinkTimesUs.reduce((sum, afterUs) => sum + afterUs, 0) / thinkTimesUs.length;
    expect(Math.abs(mean - 400_000)).toBeLessThan(40_000);
    expect(Math.max(...thinkTimesUs)).toBeLessThanOrEqual(4 * SECOND_US);
  });

  it('cancels nothing when the answer names no order', () => {
    const stage = setStage('retail-trader', { params: { orderShare: 1, cancelShare: 1 } });
    for (const body of oddBodies) {
      const answer = answered(Outcome.admitted, { status: 201, body });
      expect(stage.behaviour.onOutcome(stage.arrive(), answer, 0)).toBeNull();
    }
    const turnedDown = answered(Outcome.admitted, { status: 409, body: { orderId: 'order-1' } });
    expect(stage.behaviour.onOutcome(stage.arrive(), turnedDown, 0)).toBeNull();
    expect(stage.behaviour.onOutcome(stage.arrive(), placed('order-1'), 0)).not.toBeNull();
  });

  it('wants nothing more after a cancel, a ticker or an account', () => {
    const stage = setStage('retail-trader', { params: { cancelShare: 1 } });
    const cancel = stage.behaviour.onOutcome(arriveAs(stage, 'order.place'), placed('order-1'), 0);
    for (const intent of [cancel?.intent, arriveAs(stage, 'ticker'), arriveAs(stage, 'account')]) {
      expect(intent && stage.behaviour.onOutcome(intent, placed('order-1'), 0)).toBeNull();
    }
  });

  it('tries a throttled order again as it was, not before Retry-After and little later', () => {
    const stage = setStage('retail-trader', { params: { followRetryAfterShare: 1 } });
    const place = arriveAs(stage, 'order.place');
    const again = stage.behaviour.onOutcome(place, throttled(2_000), 0);
    expect(again?.intent).toEqual({ ...place, kind: IntentKind.retry, attempt: 1 });
    expect(again?.afterUs).toBeGreaterThanOrEqual(2 * SECOND_US);
    expect(again?.afterUs).toBeLessThanOrEqual(2.2 * SECOND_US);
  });

  it('can still cancel an order that was taken at the second attempt', () => {
    const stage = setStage('retail-trader', { params: { followRetryAfterShare: 1, cancelShare: 1 } });
    const again = stage.behaviour.onOutcome(arriveAs(stage, 'order.place'), throttled(0), 0);
    const cancel = again && stage.behaviour.onOutcome(again.intent, placed('order-2'), 0);
    expect(cancel?.intent).toMatchObject({ path: '/v1/orders/order-2', kind: IntentKind.followUp, attempt: 0 });
  });

  it('comes back after a throttle in nine of ten identities, and the same ones each time', () => {
    const stage = setStage('retail-trader', { population: 2_000 });
    const comesBack = () =>
      stage.identities.map((identity) => stage.behaviour.onOutcome(stage.arrive(identity), throttled(100), 0) !== null);
    const first = comesBack();
    expect(Math.abs(first.filter(Boolean).length / 2_000 - 0.9)).toBeLessThan(0.03);
    expect(comesBack()).toEqual(first);
  });
});
