import { expect, test } from 'vitest';
import { nsForEach } from '../../../../harness/bench/limiters/threads-group.js';

test('threads take from when the first begins to when the last is done, for the decisions of all', () => {
  const result = (beganNs: bigint, endedNs: bigint) => ({ beganNs, endedNs, admitted: 0 });
  expect(nsForEach([result(100n, 300n)], 50)).toBe(4);
  expect(nsForEach([result(100n, 300n), result(80n, 200n)], 50)).toBe(2.2);
  expect(nsForEach([result(100n, 200n), result(150n, 280n)], 50)).toBe(1.8);
});
