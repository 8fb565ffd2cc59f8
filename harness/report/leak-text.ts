/**
 * A broken promise in words: which limit, whose counter, when, by how much, and what a naive count would have said.
 */
import type { Leak } from '../judge/verdict.js';
import { formatCells, formatCount, formatDurationMs, formatMoment } from './quantity.js';
import { visible, wrapBehind } from './text.js';

/** Leaks and requests that are written out; the others are counted, and stand in verdict.json. */
const LEAKS_SHOWN_MAX = 10;
const REQUESTS_SHOWN_MAX = 3;

/** One line: what the leak is. */
export function leakHeadline(leak: Leak): string {
  const whose = leak.key === '*' ? 'all callers together' : `key ${leak.key}`;
  return `limit ${leak.limit}, ${whose}: at least ${formatCells(leak.excessCells)} over the bound`;
}

/** Sentences that prove it. */
export function leakProof(leak: Leak): string[] {
  const naive =
    leak.naiveExcessCells === 0
      ? 'counting by answer time would have claimed nothing'
      : `counting by answer time would have claimed ${formatCells(leak.naiveExcessCells)}`;
  const sentences = [
    `${formatCells(leak.admittedCells)} certainly admitted from ${formatMoment(leak.fromMs)} to ` +
      `${formatMoment(leak.toMs)} (${formatDurationMs(leak.toMs - leak.fromMs)}), bound ${formatCells(leak.boundCells)}`,
    leak.because,
    naive,
  ];
  for (const request of leak.requests.slice(0, REQUESTS_SHOWN_MAX)) {
    sentences.push(
      `${request.actor} ${request.requestClass}: sent ${formatMoment(request.sentMs)}, ` +
        `answered ${formatMoment(request.answeredMs)}`,
    );
  }
  const more = leak.requestCount - Math.min(leak.requests.length, REQUESTS_SHOWN_MAX);
  if (more > 0) sentences.push(`and ${formatCount(more)} more ${more === 1 ? 'request' : 'requests'}`);
  return sentences;
}

export function renderLeaks(leaks: readonly Leak[], width: number): string[] {
  const lines: string[] = [];
  for (const leak of leaks.slice(0, LEAKS_SHOWN_MAX)) {
    lines.push(...wrapBehind('', visible(leakHeadline(leak)), width));
    for (const sentence of leakProof(leak)) lines.push(...wrapBehind('  ', visible(sentence), width));
  }
  const more = leaks.length - LEAKS_SHOWN_MAX;
  if (more > 0) lines.push(`and ${formatCount(more)} more ${more === 1 ? 'leak' : 'leaks'}, see verdict.json`);
  return lines;
}
