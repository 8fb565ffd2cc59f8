/** What a server says of a limit in its header fields: RFC 9110 Retry-After, and RateLimit in the forms of its drafts. */
import { type Item, parseList } from 'structured-headers';

type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** @param nowUs - whole microseconds since 1970, from which a date counts. @returns null when it says nothing. */
export function retryAfterUsOf(fields: Fields, nowUs: number): number | null {
  const text = fieldOf(fields, 'retry-after');
  if (text === null) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000_000;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs * 1_000 - nowUs);
}

/** The fewest cells that any of its limits has left; null when it says nothing. */
export function remainingOf(fields: Fields): number | null {
  const text = fieldOf(fields, 'ratelimit');
  const listed = text === null ? [] : [...itemsLeft(text), ...pairsLeft(text)];
  const single = ['ratelimit-remaining', 'x-ratelimit-remaining']
    .map((name) => fieldOf(fields, name))
    .filter((value) => value !== null && /^\d{1,15}$/.test(value))
    .map(Number);
  const all = [...listed, ...single];
  return all.length === 0 ? null : Math.min(...all);
}

/** Drafts from 8 on: `"policy";r=4;t=30`. */
function itemsLeft(text: string): number[] {
  try {
    return (parseList(text) as Item[])
      .map(([, parameters]) => parameters.get('r'))
      .filter((value): value is number => typeof value === 'number');
  } catch {
    // A draft before it, which has no such items.
    return [];
  }
}

/** Draft 7: `limit=5, remaining=4, reset=30`. */
function pairsLeft(text: string): number[] {
  return [...text.matchAll(/\bremaining=(\d{1,15})/g)].map(([, value]) => Number(value));
}

function fieldOf(fields: Fields, name: string): string | null {
  const value = fields[name];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : value.join(', ');
}
