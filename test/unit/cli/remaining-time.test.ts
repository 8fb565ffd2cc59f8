import { describe, expect, test } from 'vitest';
import { RemainingTime } from '../../../harness/cli/remaining-time.js';

describe('the time that a run still takes', () => {
  test('is not told before half a second, nor while nothing moves', () => {
    const time = new RemainingTime();
    expect(time.leftMs(9_000)).toBeNull();
    time.note(0, 0);
    time.note(499, 499);
    expect(time.leftMs(9_000)).toBeNull();
    time.note(500, 500);
    expect(time.leftMs(9_000)).toBe(8_500);
    const still = new RemainingTime();
    still.note(1_000, 0);
    still.note(1_000, 5_000);
    expect(still.leftMs(9_000)).toBeNull();
  });

  test('is counted by the clock when a second of the run takes about a second', () => {
    const time = new RemainingTime();
    time.note(0, 0);
    time.note(950, 1_000);
    expect(time.leftMs(5_000)).toBe(4_050);
    expect(time.leftMs(900)).toBe(0);
  });

  test('is taken from the pace where the run goes by virtual time', () => {
    const time = new RemainingTime();
    time.note(0, 0);
    time.note(10_000, 1_000);
    expect(time.leftMs(60_000)).toBe(5_000);
    const slow = new RemainingTime();
    slow.note(0, 0);
    slow.note(500, 1_000);
    expect(slow.leftMs(2_500)).toBe(4_000);
  });

  test('forgets the pace of more than ten seconds ago', () => {
    const time = new RemainingTime();
    time.note(0, 0);
    for (let second = 1; second <= 20; second++) time.note(1_000_000 + second * 2_000, second * 1_000);
    expect(time.leftMs(1_050_000)).toBe(5_000);
  });

  test('begins anew when the run or the clock goes back', () => {
    const time = new RemainingTime();
    time.note(5_000, 5_000);
    time.note(9_000, 9_000);
    time.note(10, 9_010);
    expect(time.leftMs(9_000)).toBeNull();
    time.note(1_010, 10_010);
    expect(time.leftMs(2_010)).toBe(1_000);
  });

  test('holds with any number of moments', () => {
    const time = new RemainingTime();
    for (let moment = 0; moment <= 100_000; moment++) time.note(moment * 4, moment / 20);
    expect(time.leftMs(400_000 + 8_000)).toBeCloseTo(100, 6);
  });
});
