/**
 * Names, passwords and keys of the people in a run, each made of a few draws from a stream: a run may have ten million
 * people, of whom it makes those alone that it meets.
 */
import type { Random } from '../actor.js';
import { familyNames, givenNames } from './name-lists.js';

/** Whose name it is: an identity's own account, a master of such, an account that a leaked list opens, a name nobody has. */
export const NameKind = { own: 'a', master: 'm', leaked: 'v', unknown: 'u' } as const;
export type NameKind = (typeof NameKind)[keyof typeof NameKind];

/** The part of a user name that tells whose it is. */
const whoseForm = /-(\d{1,9})([amvu])([0-9a-z]{1,7})$/;

/** Whose a user name says it is; null when it says nothing. Only the name itself tells whether that is true. */
export function whoseName(name: string): { actor: number; kind: NameKind; number: number } | null {
  const [, actor = '', kind = '', number = ''] = whoseForm.exec(name) ?? [];
  return kind === '' ? null : { actor: Number(actor), kind: kind as NameKind, number: Number.parseInt(number, 36) };
}

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

/** 64 characters with 384 random bits: two of them are never equal in practice. */
export function secretText(random: Random): string {
  return text(random, KEY_CHARACTERS);
}

// Which key of the run it is stands in the first five characters of its id, so that whose it is need not be remembered.
const NUMBER_CHARACTERS = 5;
const NUMBERS = 2 ** (6 * NUMBER_CHARACTERS);
/** Scatters numbers that follow each other, and the factor that undoes it (modulo 2^30). */
const SCATTER = 0x9e3779b1;
const GATHER = 0x0e8b2f51;

/** The id of key `number` of the run, 64 characters like its secret. @param number - 0 to 2^30 - 1. */
export function keyIdText(random: Random, number: number): string {
  let code = Math.imul(number, SCATTER);
  let start = '';
  for (let at = 0; at < NUMBER_CHARACTERS; at += 1) {
    start += alphabet.charAt(code & 63);
    code >>>= 6;
  }
  return text(random, KEY_CHARACTERS, start);
}

/** The number that a key id says it has; null when it says none. Only the id itself tells whether that is true. */
export function keyNumberOf(keyId: string): number | null {
  let code = 0;
  for (let at = NUMBER_CHARACTERS - 1; at >= 0; at -= 1) {
    const value = at < keyId.length ? alphabet.indexOf(keyId.charAt(at)) : -1;
    if (value < 0) return null;
    code = code * 64 + value;
  }
  return (Math.imul(code, GATHER) & (NUMBERS - 1)) >>> 0;
}

/**
 * So many characters of the alphabet, an even number. Cut out of one piece of memory: a text that grows by "+=" is kept as
 * a tree of its parts.
 *
 * @param start - What it begins with.
 */
function text(random: Random, length: number, start = ''): string {
  for (let at = 0; 2 * at < length; at += 1) scratchPairs[at] = pairs[random.below(pairs.length)] as number;
  for (let at = 0; at < start.length; at += 1) scratch[at] = start.charCodeAt(at);
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
