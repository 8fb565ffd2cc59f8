import { describe, expect, it } from 'vitest';
import { readBatch, readOrderForm } from '../../../../harness/venue/order-form.js';
import { classOf, setStage, throttled } from '../stage.js';

describe('a batch flood', () => {
  it.each([1, 20, 100])('places %i orders at once, each of which is one', (elements) => {
    const stage = setStage('batch-flood', { params: { elements } });
    const intent = stage.arrive();
    expect(classOf(intent)).toBe('order.place');
    expect(intent).toMatchObject({ elements, signed: true });
    const orders = readBatch(intent.body ?? '') ?? [];
    expect(orders).toHaveLength(elements);
    for (const order of orders) expect(readOrderForm(order)).not.toBeNull();
    expect(new Set(orders.map((order) => JSON.stringify(order))).size).toBe(elements);
  });

  it('is not stopped by a throttle', () => {
    const stage = setStage('batch-flood');
    expect(stage.behaviour.onOutcome(stage.arrive(), throttled(5), 0)).toBeNull();
  });
});
