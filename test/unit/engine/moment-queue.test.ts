import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MomentQueue } from '../../../harness/engine/moment-queue.js';

test('things come out by moment, and those of one moment in the order in which they went in', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (moments) => {
      const queue = new MomentQueue<number>();
      moments.forEach((moment, index) => {
        queue.push(moment, index);
      });
      const wanted = moments.map((_, index) => index).sort((a, b) => (moments[a] ?? 0) - (moments[b] ?? 0) || a - b);
      const got: number[] = [];
      while (queue.size > 0) {
        expect(queue.nextUs).toBe(moments[wanted[got.length] ?? -1]);
        got.push(queue.pop() ?? -1);
      }
      expect(got).toEqual(wanted);
    }),
    { seed: 11, numRuns: 500 },
  );
});

test('pushes between pops keep the order', () => {
  const queue = new MomentQueue<string>();
  queue.push(30, 'c');
  queue.push(10, 'a');
  expect(queue.pop()).toBe('a');
  queue.push(20, 'b');
  queue.push(40, 'd');
  expect([queue.pop(), queue.pop(), queue.pop(), queue.pop()]).toEqual(['b', 'c', 'd', undefined]);
  expect(queue.nextUs).toBe(Number.POSITIVE_INFINITY);
});
