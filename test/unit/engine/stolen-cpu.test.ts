import { expect, test } from 'vitest';
import { parseCpuLine } from '../../../harness/engine/stolen-cpu.js';

test('the eighth number of the cpu line is stolen time, guests are in it already', () => {
  const text = 'cpu  100 1 20 800 5 0 4 70 11 12\ncpu0 50 0 10 400 2 0 2 35 0 0\n';
  expect(parseCpuLine(text)).toEqual({ total: 1000, stolen: 70 });
});

test.each(['', 'cpu0 1 2 3 4 5 6 7 8\n', 'cpu  1 2 3\n', 'cpu  a b c d e f g h\n'])('%j tells nothing', (text) => {
  expect(parseCpuLine(text)).toBeNull();
});
