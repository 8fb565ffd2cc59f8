import { expect, test } from 'vitest';
import { ownCopy } from '../../../../harness/bench/limiters/own-copy.js';

function adderOf(base: number) {
  return (value: number): number => base + value;
}

test('copies of a function do the same, and no two are the same', () => {
  const [one, other] = [ownCopy(adderOf), ownCopy(adderOf)];
  expect([one(2)(3), other(2)(3)]).toEqual([5, 5]);
  expect(new Set([adderOf, one, other]).size).toBe(3);
});

test('a copy does not see what is around the function it is made of', () => {
  const around = 1;
  const peeking = ownCopy(() => around);
  expect(() => peeking()).toThrow(ReferenceError);
});
