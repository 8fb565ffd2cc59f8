import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../../harness/actors/actor.js';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { answered, classOf, placed, setStage, throttled } from '../stage.js';

describe('a cancel storm', () => {
  it.each([1, 7])('cancels an order %i times, whatever is answered, and then no more', (cancels) => {
    const stage = setStage('cancel-storm', { params: { cancels } });
    const answers = [answered(Outcome.admitted), throttled(5), answered(Outcome.banned), answered(Outcome.timeout)];
    const sent: Intent[] = [];
    let followUp = stage.behaviour.onOutcome(stage.arrive(), placed('order-5'), 0);
    while (followUp !== null && sent.length < 20) {
      expect(followUp.afterUs).toBe(1_000);
      sent.push(followUp.intent);
      followUp = stage.behaviour.onOutcome(followUp.intent, answers[sent.length % 4] ?? throttled(5), 0);
    }
    expect(sent.map(({ path }) => path)).toEqual(Array.from({ length: cancels }, () => '/v1/orders/order-5'));
    expect(new Set(sent.map(({ step }) => step)).size).toBe(cancels);
    for (const intent of sent) expect(classOf(intent)).toBe('order.cancel');
  });

  it('cancels nothing where nothing was placed', () => {
    const stage = setStage('cancel-storm');
    expect(stage.behaviour.onOutcome(stage.arrive(), throttled(5), 0)).toBeNull();
  });

  it('ends when a cancel was never sent or was taken back', () => {
    const stage = setStage('cancel-storm');
    for (const outcome of [Outcome.unsent, Outcome.aborted]) {
      const cancel = stage.behaviour.onOutcome(stage.arrive(), placed('order-1'), 0);
      expect(cancel && stage.behaviour.onOutcome(cancel.intent, answered(outcome), 0)).toBeNull();
    }
  });
});
