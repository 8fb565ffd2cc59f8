import { expect, it } from 'vitest';
import { OpenRequests } from '../../../../harness/engine/virtual/open-requests.js';

it('the open requests of each person are those that were added and not taken away', () => {
  const open = new OpenRequests();
  open.add(7, 1);
  open.add(7, 2);
  open.add(8, 3);
  open.remove(7, 1);
  open.remove(8, 2);
  open.remove(9, 1);
  expect([open.of(7), open.of(8), open.of(9)]).toEqual([[2], [3], []]);
  open.remove(8, 3);
  open.add(8, 1);
  expect([open.of(7), open.of(8)]).toEqual([[2], [1]]);
});
