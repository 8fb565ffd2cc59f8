import { describe, expect, it } from 'vitest';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { answered, classOf, oddBodies, placed, setStage, throttled } from '../stage.js';

const params = { lifeMinUs: 10, lifeMaxUs: 14 };

describe('quote stuffing', () => {
  it('cancels each order that stands, within the life that it is given', () => {
    const stage = setStage('place-cancel', { params });
    const lives = new Set<number>();
    for (let count = 0; count < 200; count += 1) {
      const place = stage.arrive();
      expect(place.wantsBody).toBe(true);
      const followUp = stage.behaviour.onOutcome(place, placed(`o-${count}`), 0);
      expect(followUp?.intent).toMatchObject({
        method: 'DELETE',
        path: `/v1/orders/o-${count}`,
        kind: IntentKind.followUp,
      });
      expect(followUp && stage.behaviour.onOutcome(followUp.intent, answered(Outcome.admitted), 0)).toBeNull();
      lives.add(followUp?.afterUs ?? -1);
    }
    expect([...lives].sort()).toEqual([10, 11, 12, 13, 14]);
  });

  it.each([20, 5])('lets all orders live alike where the longest life is %i and the shortest 20', (lifeMaxUs) => {
    const stage = setStage('place-cancel', { params: { lifeMinUs: 20, lifeMaxUs } });
    for (let count = 0; count < 20; count += 1) {
      expect(stage.behaviour.onOutcome(stage.arrive(), placed('order-1'), 0)?.afterUs).toBe(20);
    }
  });

  it('keeps each identity to one symbol, with prices and quantities of that symbol', () => {
    const stage = setStage('place-cancel', { population: 8, params });
    const symbols = stage.identities.map((identity) => {
      const orders = Array.from({ length: 20 }, () => JSON.parse(stage.arrive(identity).body ?? '{}'));
      expect(new Set(orders.map(({ symbol }) => symbol)).size).toBe(1);
      expect(new Set(orders.map(({ price }) => price)).size).toBeGreaterThan(5);
      const prices = orders.map(({ price }) => Number(price));
      expect(Math.max(...prices)).toBeLessThan(1.2 * Math.min(...prices));
      return orders[0].symbol;
    });
    expect(new Set(symbols).size).toBeGreaterThan(1);
  });

  it('cancels nothing that was throttled, failed, turned down or has no id', () => {
    const stage = setStage('place-cancel', { params });
    const order = { orderId: 'order-1' };
    for (const answer of [
      throttled(5),
      answered(Outcome.timeout, { body: order }),
      answered(Outcome.admitted, { status: 400, body: order }),
      ...oddBodies.map((body) => answered(Outcome.admitted, { status: 201, body })),
    ]) {
      const place = stage.arrive();
      expect(classOf(place)).toBe('order.place');
      expect(stage.behaviour.onOutcome(place, answer, 0)).toBeNull();
    }
  });
});
