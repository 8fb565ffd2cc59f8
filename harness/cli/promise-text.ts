/** A contract of one line, for a server that is named by its URL: `5 per 10s`, `token-bucket 20 per 1min`. */
import type { LimitNumbers } from '../core/spec.js';
import { FloodproofError } from '../errors.js';
import type { Contract } from '../invariants/contract.js';
import { parseDuration } from '../scenario/durations.js';
import { proposal } from '../scenario/nearest.js';

const DAY_US = 86_400_000_000;
const families = ['fixed-window', 'sliding-log', 'sliding-counter', 'token-bucket'] as const;
const SHAPE = `write "<cells> per <duration>", for example "5 per 10s", with one of ${families.join(', ')} before it`;

/** @throws {FloodproofError} FP_USAGE */
export function contractOfText(text: string): Contract {
  const match = /^\s*(?:([a-z-]+)\s+)?(\d{1,10})\s+per\s+(\S.*?)\s*$/.exec(text);
  if (match === null) throw invalid(text, 'it is no number of cells per duration', SHAPE);
  const [, family = 'fixed-window', cells = '', period = ''] = match;
  const parsed = parseDuration(period, { minUs: 1_000, maxUs: 365 * DAY_US });
  if (!parsed.ok) throw invalid(text, `the duration ${parsed.complaint.message}`, parsed.complaint.hint ?? SHAPE);
  return {
    promises: [numbersOf(text, family, Number(cells), parsed.value)],
    // What most servers of today tell: whole seconds of Retry-After, cells that others may take meanwhile.
    grainUs: 1_000,
    retryAfter: 'sufficient',
    retryGrainUs: 1_000_000,
    remaining: 'at-least',
    costMax: 1,
    overCapacity: 'refused',
    clockBack: 'undefined',
  };
}

function numbersOf(text: string, family: string, capacity: number, periodUs: number): LimitNumbers {
  switch (family) {
    case 'fixed-window':
      return { family, capacity, windowUs: periodUs, anchor: 'first-hit', credit: 'none', countsDenied: false };
    case 'sliding-log':
    case 'sliding-counter':
      return { family, capacity, windowUs: periodUs };
    case 'token-bucket':
      return { family, capacity, refillCells: capacity, refillPeriodUs: periodUs };
    default:
      throw invalid(text, `there is no family ${JSON.stringify(family)}`, proposal(family, families));
  }
}

function invalid(text: string, words: string, hint: string): FloodproofError {
  return new FloodproofError('FP_USAGE', `--promise ${JSON.stringify(text)}: ${words}`, { hint });
}
