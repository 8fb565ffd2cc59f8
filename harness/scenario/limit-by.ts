/** What a limit of a policy file counts by: a word, or a list of words. */
import type { LimitBy, LimitPart } from '../core/spec.js';
import { accepted, complained, type Parsed, show } from './faults.js';
import { proposal } from './nearest.js';

/** All parts, in the order in which a plan and a gate name them. */
const limitParts: readonly LimitPart[] = ['ip', 'master', 'account', 'key', 'class'];
const words: readonly string[] = [...limitParts, 'global'];

function unknownWord(input: unknown, known: readonly string[]): Parsed<never> {
  const hint = typeof input === 'string' ? proposal(input, known) : undefined;
  return complained('FP_VALUE_UNKNOWN', `must be one of ${known.join(', ')}, got ${show(input)}`, hint);
}

function isPart(input: unknown): input is LimitPart {
  return limitParts.some((part) => part === input);
}

/**
 * `ip`, or `[account, class]` for a counter of each combination; `global` for one counter of all requests.
 * @returns the parts in the order of `limitParts`, whatever order they were written in; [] for `global`.
 */
export function parseBy(input: unknown): Parsed<LimitBy> {
  if (input === 'global') return accepted([]);
  if (!Array.isArray(input)) return isPart(input) ? accepted([input]) : unknownWord(input, words);
  const listed: readonly unknown[] = input;
  if (listed.length === 0) {
    return complained('FP_LIST_LENGTH', 'must have at least 1 entry', 'write "global" for one counter of all requests');
  }
  if (listed.length > 1 && listed.includes('global')) {
    return complained(
      'FP_LIMIT_BY',
      'counts all requests together and apart at once',
      'leave "global" out of the list',
    );
  }
  if (listed[0] === 'global') return accepted([]);
  const stranger = listed.find((part) => !isPart(part));
  if (stranger !== undefined) return unknownWord(stranger, limitParts);
  const twice = listed.find((part, index) => listed.indexOf(part) !== index);
  if (twice !== undefined) return complained('FP_LIMIT_BY', `names ${String(twice)} twice`);
  return accepted(limitParts.filter((part) => listed.includes(part)));
}

/** As people read it: `account and class`, `global`. */
export function byText(by: LimitBy): string {
  return by.length === 0 ? 'global' : by.join(' and ');
}
