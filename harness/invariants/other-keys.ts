/** Names of other callers: many of them, and names that a careless limiter takes for one another. */
import fc from 'fast-check';

export interface Neighbours {
  /** The caller whose counter is watched. */
  readonly own: string;
  readonly others: readonly string[];
}

const long = 'x'.repeat(300);

/** Different texts, each list of which some careless limiter takes for the same. */
const lookalikes: readonly (readonly string[])[] = [
  ['a', 'A', 'a ', ' a', 'a\0', 'á', 'a\u0301', 'ａ', 'аa'],
  ['Bob@example.com', 'bob@example.com', 'bob@EXAMPLE.com', 'bob@example.com.'],
  ['a:b:c', 'a:b', 'b:c', 'a::b:c', 'a:b:c:', 'a/b/c', 'a|b|c', 'a', 'c'],
  ['10.0.0.1, 10.0.0.2', '10.0.0.1, 10.0.0.3', '10.0.0.9, 10.0.0.2', '10.0.0.1', '10.0.0.2'],
  ['1', '01', '1.0', '1e0', '+1', '0x1', '1n'],
  ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'length'],
  ['constructor', '__proto__', 'toString'],
  ['toString', 'valueOf', 'constructor'],
  [`${long}1`, `${long}2`, long, `${long}${long}`],
  ['é', 'e\u0301', 'e', 'É'],
  ['😀', '😁', '\ud83d', '\ude00'],
  ['null', 'undefined', 'NaN', 'true', '0', 'false'],
];

/** Few runs take thousands of names: a table that drops old names has to be overrun. */
export function neighbours(most: number): fc.Arbitrary<Neighbours> {
  const counts = [1, 2, 5, 30, 300, 1_200, 6_000].filter((count) => count <= most);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...lookalikes).map(([own = 'a', ...others]) => ({ own, others })) },
    { weight: 2, arbitrary: fc.constantFrom(...counts.slice(0, 4)).map(numbered) },
    { weight: 1, arbitrary: fc.constantFrom(...counts).map(numbered) },
  );
}

function numbered(count: number): Neighbours {
  return { own: 'a', others: Array.from({ length: count }, (_, index) => `b${index}`) };
}
