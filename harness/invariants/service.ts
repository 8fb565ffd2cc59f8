/**
 * When what a queue admitted is served: in any interval no more than the bucket without its queue lets through.
 *
 * With d(j) the debt in cells after request j, its own included, j is served at the first grain s(j) at which the debt
 * has fallen to C. Let i be served first in the interval and j last, c the cells of i to j together, w = s(j) - s(i).
 * If i was served at once, s(j) - s(i) >= (c - C) / r, as in the bucket. If it waited, s(i) is less than a grain after
 * the instant at which d(i) fell to C, so w + g > (d(j) - d(i)) / r = (c - c(i)) / r when the bucket never ran dry in
 * between, and more when it did. So c <= max(C, c(i)) + r x (w + g). Of several nodes each has a first of its own.
 *
 * That holds for the delay of one queue. Where several promises are queues a request waits for the slowest, so what one
 * of them served evenly may come together, and nothing is said.
 */
import type { LimitNumbers } from '../core/spec.js';
import { boundCells } from './bound.js';
import type { Claims } from './claims.js';
import { durationWords } from './duration-words.js';

export interface Service {
  readonly atUs: number;
  readonly cells: number;
}

/** @returns a sentence when the queue serves too much at once; null: it does not, or there is not just one. */
export function servedTooSoon(claims: Claims, services: readonly Service[]): string | null {
  const inOrder = services.toSorted((a, b) => a.atUs - b.atUs);
  const [queue, ...others] = claims.promises.filter(({ family }) => family === 'leaky-queue');
  return queue === undefined || others.length > 0 ? null : overServed(claims, queue, inOrder);
}

function overServed(claims: Claims, numbers: LimitNumbers, services: readonly Service[]): string | null {
  const largest = services.reduce((most, { cells }) => Math.max(most, cells), 0);
  for (let from = 0; from < services.length; from += 1) {
    const first = services[from] as Service;
    const burst = Math.max(numbers.capacity, claims.nodes === 1 ? first.cells : largest) - numbers.capacity;
    let cells = 0;
    for (let to = from; to < services.length; to += 1) {
      const { atUs, cells: more } = services[to] as Service;
      cells += more;
      if (cells <= numbers.capacity) continue;
      const lengthUs = atUs - first.atUs;
      const served = { ...numbers, family: 'token-bucket' } as LimitNumbers;
      const most = claims.nodes * (burst + boundCells(served, lengthUs + claims.grainUs)) + claims.slackCells;
      if (cells > most)
        return `${cells} cells are served within ${durationWords(lengthUs)}, where at most ${most} can be`;
    }
  }
  return null;
}
