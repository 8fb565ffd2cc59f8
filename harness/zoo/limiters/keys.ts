/** Limiters that take one key for another. */
import type { Limiter } from '../../invariants/contract.js';
import { type BrokenLimiter, fixedWindow, isCost, keyed, MINUTE_US, refused, tellsNothing } from './frame.js';

const admitted = { admitted: true } as const;
const CAPACITY = 5;

/** A window of a minute, right for the keys that `keyOf` makes of the keys that it is asked for. */
function keyedBy(keyOf: (key: string) => string): Limiter {
  const limiter = keyed({
    capacity: CAPACITY,
    fresh: () => ({ index: -1, used: 0 }),
    take(window, cost, nowUs) {
      const index = Math.floor(nowUs / MINUTE_US);
      if (index !== window.index) Object.assign(window, { index, used: 0 });
      if (window.used + cost > CAPACITY) return refused;
      window.used += cost;
      return admitted;
    },
  });
  return { consume: (key, cost, nowUs) => limiter.consume(keyOf(key), cost, nowUs) };
}

function misread(name: string, defect: string, keyOf: (key: string) => string): BrokenLimiter {
  return {
    name,
    defect,
    convictedBy: ['isolation'],
    contract: { promises: [fixedWindow(CAPACITY, MINUTE_US)], ...tellsNothing },
    create: () => keyedBy(keyOf),
  };
}

/**
 * A window of a minute whose counters are the properties of an object. What it inherits stands here by name: were it
 * the prototype of all objects, the limiter would spoil it for the whole process.
 */
function countersAsProperties(): Limiter {
  const inherited = { __proto__: null, constructor: {}, toString: {}, valueOf: {}, hasOwnProperty: {} };
  const counters: Record<string, { index: number; used: number }> = Object.create(inherited);
  let latestUs = 0;
  return {
    consume(key, cost, nowUs) {
      if (!isCost(cost, CAPACITY)) return refused;
      latestUs = Math.max(latestUs, nowUs);
      const index = Math.floor(latestUs / MINUTE_US);
      if (counters[key] === undefined || counters[key].index < index) counters[key] = { index, used: 0 };
      const counter = counters[key];
      if (counter.used + cost > CAPACITY) return refused;
      counter.used += cost;
      return admitted;
    },
  };
}

export const brokenKeys: readonly BrokenLimiter[] = [
  misread('one-for-all', 'All keys share one counter: whoever floods shuts out everybody.', () => ''),
  misread('case-folded', 'Keys that differ in upper and lower case alone share a counter.', (key) => key.toLowerCase()),
  misread('trimmed', 'Keys that differ in spaces at their ends share a counter.', (key) => key.trim()),
  misread('truncated', 'Only the first 32 characters of a key count.', (key) => key.slice(0, 32)),
  misread(
    'separator-collision',
    'Parts of a key are put together without what parts them: "a:bc" and "ab:c" share a counter.',
    (key) => key.replaceAll(':', ''),
  ),
  misread('first-part-only', 'A key counts up to its first separator only.', (key) => key.split(':')[0] ?? ''),
  misread(
    'normalized',
    'Keys are brought into one Unicode form, so that texts which only look the same share a counter.',
    (key) => key.normalize('NFKC'),
  ),
  misread('ascii-only', 'Characters beyond ASCII all become the same one.', (key) => key.replace(/[^\x20-\x7e]/g, '?')),
  misread('hashed-to-a-byte', 'The hash that finds a counter has 256 values.', (key) => {
    let hash = 0;
    for (let index = 0; index < key.length; index += 1) hash = (hash * 31 + key.charCodeAt(index)) & 0xff;
    return String(hash);
  }),
  {
    name: 'inherited-key',
    defect:
      'Counters are properties of an object: the key "__proto__" is its prototype, "constructor" is there already.',
    convictedBy: ['isolation'],
    contract: { promises: [fixedWindow(CAPACITY, MINUTE_US)], ...tellsNothing },
    create: countersAsProperties,
  },
];
