import { describe, expect, it, test } from 'vitest';
import { EventQueue, KINDS } from '../../../../harness/engine/virtual/event-queue.js';
import { Dice } from '../../../support/dice.js';

interface Put {
  readonly timeUs: number;
  readonly kind: number;
  readonly slot: number;
}

/** Takes out the earliest, of equals the one that was put in first. */
function takeEarliest(list: Put[]): Put | undefined {
  let earliest = list[0];
  for (const one of list) if (earliest !== undefined && one.timeUs < earliest.timeUs) earliest = one;
  if (earliest !== undefined) list.splice(list.indexOf(earliest), 1);
  return earliest;
}

function takeFrom(queue: EventQueue): Put | undefined {
  return queue.pop() ? { timeUs: queue.timeUs, kind: queue.kind, slot: queue.slot } : undefined;
}

describe('the queue of events', () => {
  it('is empty at first, with nothing to come', () => {
    const queue = new EventQueue();
    expect([queue.size, queue.nextUs, queue.pop()]).toEqual([0, Number.POSITIVE_INFINITY, false]);
  });

  test.each([
    ['that come in any order', (dice: Dice, nowUs: number) => nowUs + dice.below(50)],
    ['of which most come in order', (dice: Dice, nowUs: number) => nowUs + (dice.chance(0.1) ? dice.below(9) : 20)],
    ['of one instant', (_: Dice, nowUs: number) => nowUs],
  ])('gives out events %s as a list would', (_, momentOf) => {
    for (let seed = 1; seed <= 20; seed++) {
      const dice = new Dice(seed);
      const queue = new EventQueue();
      const list: Put[] = [];
      let nowUs = 0;
      for (let i = 0; i < 600; i++) {
        if (dice.chance(0.6)) {
          const put = { timeUs: momentOf(dice, nowUs), kind: dice.below(KINDS), slot: dice.below(2 ** 27) };
          queue.push(put.timeUs, put.kind, put.slot);
          list.push(put);
        } else {
          expect(queue.nextUs).toBe(Math.min(...list.map(({ timeUs }) => timeUs)));
          const taken = takeFrom(queue);
          expect(taken).toEqual(takeEarliest(list));
          nowUs = taken?.timeUs ?? nowUs;
        }
        expect(queue.size).toBe(list.length);
      }
      while (list.length > 0) expect(takeFrom(queue)).toEqual(takeEarliest(list));
      expect(queue.pop()).toBe(false);
    }
  });

  it('keeps more events than it was made for, of one kind in order and of one kind in none', () => {
    const queue = new EventQueue();
    const events = 5_000;
    // Some taken out first, so that the ring does not begin at its first place when it grows.
    for (let i = 0; i < 100; i++) queue.push(0, 1, i);
    for (let i = 0; i < 100; i++) queue.pop();
    for (let i = 0; i < events; i++) {
      queue.push(2 * i, 1, i);
      queue.push(2 * (events - i) + 1, 2, i);
    }
    const taken: number[] = [];
    for (let put = takeFrom(queue); put !== undefined; put = takeFrom(queue)) {
      expect(put.slot).toBe(put.kind === 1 ? put.timeUs / 2 : events - (put.timeUs - 1) / 2);
      taken.push(put.timeUs);
    }
    expect(taken).toHaveLength(2 * events);
    expect(taken).toEqual(taken.toSorted((a, b) => a - b));
  });
});
