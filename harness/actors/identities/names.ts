/**
 * Names, passwords and keys of the people in a run, each made of a few draws from a stream: a run may have ten million
 * people, of whom it makes those alone that it meets.
 */
import type { Random } from '../actor.js';
import { familyNames, givenNames } from './name-lists.js';

/** Whose name it is: an identity's own account, a master of such, an account that a leaked list opens, a name nobody has. */
export const NameKind = { own: 'a', master: 'm', leaked: 'v', unknown: 'u' } as const;
export type NameKind = (typeof NameKind)[keyof typeof NameKind];

const YEARS_FROM = 50;
const YEARS = 60;

/**
 * A user name that nobody else in the run has: the part after the only `-` is the actor in decimal digits, the kind's
 * letter and the number in base 36, and that triple is given out once.
 */
export function userName(random: Random, whose: { actor: number; kind: NameKind; number: number }): string {
  const given = givenNames[random.below(givenNames.length)] as string;
  const family = familyNames[random.below(familyNames.length)] as string;
  const style = random.below(4 * YEARS);
  const year = String((YEARS_FROM + (style >> 2)) % 100).padStart(2, '0');
  const whoseText = `${whose.actor}${whose.kind}${whose.number.toString(36)}`;
  switch (style & 3) {
    case 0:
      return `${given}.${family}-${whoseText}`;
    case 1:
      return `${given}_${family}${year}-${whoseText}`;
    case 2:
      return `${given}${year}-${whoseText}`;
    default:
      return `${given.charAt(0)}.${family}${year}-${whoseText}`;
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Every two characters, as they lie in memory. */
const pairs = new Uint16Array(
  Uint8Array.from([...alphabet].flatMap((a) => [...alphabet].flatMap((b) => [a, b])).join(''), codeOf).buffer,
);
const KEY_CHARACTERS = 64;
const PASSWORD_CHARACTERS = 14;

// Filled and read in one go, by one call after the other.
const scratchPairs = new Uint16Array(KEY_CHARACTERS / 2);
const scratch = Buffer.from(scratchPairs.buffer);

function codeOf(character: string): number {
  return character.charCodeAt(0);
}

export function password(random: Random): string {
  return text(random, PASSWORD_CHARACTERS);
}

/** 64 characters with 384 random bits: two of them are never equal in practice. For key ids and their secrets. */
export function keyText(random: Random): string {
  return text(random, KEY_CHARACTERS);
}

/**
 * So many characters of the alphabet, an even number. Cut out of one piece of memory: a text that grows by "+=" is kept as
 * a tree of its parts.
 */
function text(random: Random, length: number): string {
  for (let at = 0; 2 * at < length; at += 1) scratchPairs[at] = pairs[random.below(pairs.length)] as number;
  return scratch.toString('latin1', 0, length);
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
