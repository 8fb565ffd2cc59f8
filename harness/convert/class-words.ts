/**
 * Which request class a path is by its words. Paths of APIs are made of few words, and whoever reads a file that was
 * made by them sees in a comment what was understood.
 */
import type { RequestClass } from '../scenario/plan-policy.js';

interface WordRow {
  readonly words: RegExp;
  readonly classes: readonly RequestClass[];
}

const orders: readonly RequestClass[] = ['order.place', 'order.amend', 'order.cancel', 'order.list'];

/** The first row of which a word stands in the path. Longer words stand before those that they hold. */
const rows: readonly WordRow[] = [
  { words: /^(?:log-?in|sign-?in|sessions?|authenticate|authentication|auth|tokens?)$/, classes: ['login'] },
  { words: /^(?:orders?|trades?|purchases?|payments?|transfers?|bookings?|checkout)$/, classes: orders },
  { words: /^(?:order-?book|books?|depth)$/, classes: ['book'] },
  { words: /^(?:accounts?|balances?|wallets?|portfolio|positions?|profile|me)$/, classes: ['account'] },
  { words: /^(?:tickers?|prices?|quotes?|rates?|market-?data)$/, classes: ['ticker'] },
  { words: /^(?:markets?|symbols?|instruments?|products?|pairs?|exchange-?info)$/, classes: ['markets'] },
  { words: /^(?:time|server-?time|clock|ping)$/, classes: ['time'] },
];

function wordsOf(path: string): readonly string[] {
  return path
    .replaceAll(/\{[^{}]*\}/g, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z-]+/)
    .filter((word) => word !== '');
}

/** @returns the classes of the last word that says one; none when no word does. */
export function classesByWords(path: string): readonly RequestClass[] {
  for (const word of [...wordsOf(path)].reverse()) {
    const row = rows.find(({ words }) => words.test(word));
    if (row !== undefined) return row.classes;
  }
  return [];
}
