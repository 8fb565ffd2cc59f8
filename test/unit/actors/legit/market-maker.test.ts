import { describe, expect, it } from 'vitest';
import type { FollowUp } from '../../../../harness/actors/actor.js';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { answered, classOf, oddBodies, placed, type Stage, setStage, throttled } from '../stage.js';

const ok = answered(Outcome.admitted, { status: 200 });

function demand(followUp: FollowUp | null): FollowUp {
  if (followUp === null) throw new Error('nothing follows');
  return followUp;
}

/** All that follows one arrival when every request is taken. */
function chain(stage: Stage): FollowUp[] {
  const all: FollowUp[] = [];
  let next = stage.behaviour.onOutcome(stage.arrive(), placed('order-1'), 0);
  while (next !== null) {
    all.push(next);
    const answer = classOf(next.intent) === 'order.place' ? placed(`order-${all.length}`) : ok;
    next = stage.behaviour.onOutcome(next.intent, answer, 0);
  }
  return all;
}

describe('a market maker', () => {
  it('places a signed order at each arrival and reads its id', () => {
    const intent = setStage('market-maker').arrive();
    expect(classOf(intent)).toBe('order.place');
    expect(intent).toMatchObject({ signed: true, wantsBody: true, kind: IntentKind.arrival });
  });

  it('amends the order that it placed, order life after the answer', () => {
    const stage = setStage('market-maker', { params: { replaceShare: 1, amendShare: 1, orderLifeUs: 700_000 } });
    const amend = demand(stage.behaviour.onOutcome(stage.arrive(), placed('order-7'), 0));
    expect(amend.afterUs).toBe(700_000);
    expect(amend.intent).toMatchObject({ method: 'PUT', path: '/v1/orders/order-7', kind: IntentKind.followUp });
    expect(JSON.parse(amend.intent.body ?? '')).toEqual({
      price: expect.stringMatching(/^\d+\.\d+$/),
      quantity: expect.stringMatching(/^\d+\.\d+$/),
    });
    const next = demand(stage.behaviour.onOutcome(amend.intent, ok, 0));
    expect(next.intent.path).toBe('/v1/orders/order-7');
  });

  it('amends at a price that fits the order’s market', () => {
    const stage = setStage('market-maker', { params: { replaceShare: 1, amendShare: 1 } });
    for (let i = 0; i < 50; i++) {
      const place = stage.arrive();
      const amend = demand(stage.behaviour.onOutcome(place, placed('order-7'), 0));
      const before = Number(JSON.parse(place.body ?? '').price);
      const after = Number(JSON.parse(amend.intent.body ?? '').price);
      expect(Math.abs(after / before - 1)).toBeLessThan(0.12);
    }
  });

  it('swaps an order for a new one: a cancel at the end of its life, then at once another place', () => {
    const stage = setStage('market-maker', { params: { replaceShare: 1, amendShare: 0 } });
    const first = stage.arrive();
    const swap = demand(stage.behaviour.onOutcome(first, placed('order-7'), 0));
    expect(swap.intent).toMatchObject({ method: 'DELETE', path: '/v1/orders/order-7' });
    const place = demand(stage.behaviour.onOutcome(swap.intent, ok, 0));
    expect(place.afterUs).toBe(1_000);
    expect(place.intent).toMatchObject({
      method: 'POST',
      path: '/v1/orders',
      kind: IntentKind.followUp,
      wantsBody: true,
    });
    expect(place.intent.body).not.toBe(first.body);
  });

  it.each([0, 1, 4])('replaces %d times at most after one arrival and cancels in the end', (replacesMax) => {
    const stage = setStage('market-maker', { params: { replaceShare: 1, replacesMax } });
    for (let i = 0; i < 20; i++) {
      const all = chain(stage);
      const last = all.at(-1);
      expect(last && classOf(last.intent)).toBe('order.cancel');
      const replacements = all.filter(({ intent }) => ['amend', 'swap'].includes(intent.step.split('/')[0] ?? ''));
      expect(replacements).toHaveLength(replacesMax);
    }
  });

  it('sends more than 97 of 100 messages to replace or to cancel, and lets each order live for half a second', () => {
    const stage = setStage('market-maker');
    const chains = Array.from({ length: 1_000 }, () => chain(stage));
    const follows = chains.flat();
    // What is not to replace or to cancel is the first order of each arrival.
    expect(follows.length / (follows.length + chains.length)).toBeGreaterThan(0.97);
    for (const { intent, afterUs } of follows)
      expect(afterUs).toBe(classOf(intent) === 'order.place' ? 1_000 : 500_000);
  });

  it('replaces nearly always and cancels for good now and then', () => {
    const stage = setStage('market-maker', { params: { replaceShare: 0.97, replacesMax: 1, amendShare: 0.5 } });
    const firsts = Array.from({ length: 4_000 }, () => chain(stage)[0]?.intent.step.split('/')[0]);
    const share = (move: string) => firsts.filter((first) => first === move).length / firsts.length;
    expect(Math.abs(share('cancel') - 0.03)).toBeLessThan(0.012);
    expect(Math.abs(share('amend') - 0.485)).toBeLessThan(0.035);
    expect(Math.abs(share('swap') - 0.485)).toBeLessThan(0.035);
  });

  it('lets go of an order that the answer does not name or the order book has turned down', () => {
    const stage = setStage('market-maker');
    for (const body of oddBodies) {
      expect(
        stage.behaviour.onOutcome(stage.arrive(), answered(Outcome.admitted, { status: 201, body }), 0),
      ).toBeNull();
    }
    const turnedDown = answered(Outcome.admitted, { status: 409, body: { orderId: 'order-1' } });
    expect(stage.behaviour.onOutcome(stage.arrive(), turnedDown, 0)).toBeNull();
  });

  it('waits for Retry-After and goes on with the same move, in nine of ten identities', () => {
    const stage = setStage('market-maker', { population: 1_000, params: { replaceShare: 1, amendShare: 1 } });
    let patient = 0;
    for (const identity of stage.identities) {
      const amend = demand(stage.behaviour.onOutcome(stage.arrive(identity), placed('order-7'), 0));
      const again = stage.behaviour.onOutcome(amend.intent, throttled(800), 0);
      if (again === null) continue;
      patient += 1;
      expect(again.intent).toEqual({ ...amend.intent, kind: IntentKind.retry, attempt: 1 });
      expect(again.afterUs).toBeGreaterThanOrEqual(800_000);
      expect(stage.behaviour.onOutcome(again.intent, throttled(800), 0)).toBeNull();
      expect(stage.behaviour.onOutcome(again.intent, ok, 0)?.intent.attempt).toBe(0);
    }
    expect(Math.abs(patient - 900)).toBeLessThan(45);
  });
});
