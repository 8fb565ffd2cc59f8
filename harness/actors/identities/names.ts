import type { Faker } from '@faker-js/faker';
import type { Random } from '../actor.js';

/** Whose name it is: an identity's own account, a master of such, an account that a leaked list opens, a name nobody has. */
export const NameKind = { own: 'a', master: 'm', leaked: 'v', unknown: 'u' } as const;
export type NameKind = (typeof NameKind)[keyof typeof NameKind];

const PAIRS_PER_KEY = 32;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const pairs = Array.from(alphabet, (a) => Array.from(alphabet, (b) => a + b)).flat();

/**
 * A user name that nobody else in the run has: the part after the only `-` is the actor in decimal digits, the kind's
 * letter and the number in base 36, and that triple is given out once.
 */
export function userName(faker: Faker, whose: { actor: number; kind: NameKind; number: number }): string {
  const plain = faker.internet
    .username()
    .toLowerCase()
    .replaceAll(/[^a-z0-9._]/g, '');
  return `${plain}-${whose.actor}${whose.kind}${whose.number.toString(36)}`;
}

export function password(faker: Faker): string {
  return faker.internet.password({ length: 14 });
}

/** 64 characters with 384 random bits: two of them are never equal in practice. For key ids and their secrets. */
export function keyText(random: Random): string {
  // Joined once: a text that grows by "+=" is kept as a tree of its parts, twenty times its size.
  return Array.from({ length: PAIRS_PER_KEY }, () => pairs[random.below(pairs.length)]).join('');
}

/** The same password as fingers in a hurry type it. Never equal to the right one. */
export function mistyped(right: string, random: Random): string {
  const at = random.below(Math.max(1, right.length));
  const variants = [
    right.slice(0, at) + right.slice(at + 1),
    right.slice(0, at) + right.charAt(at) + right.slice(at),
    right.slice(0, at) + right.charAt(at + 1) + right.charAt(at) + right.slice(at + 2),
    right.toUpperCase() === right ? right.toLowerCase() : right.toUpperCase(),
  ];
  const wrong = variants[random.below(variants.length)] ?? right;
  return wrong === right ? `${right}1` : wrong;
}
