/** What was asked and answered, in plain words, one line a call. */
import type { Claims } from './claims.js';
import { fullAfterUs } from './claims.js';
import { durationWords } from './duration-words.js';
import type { LoggedCall } from './player.js';

/** Longer timelines name their first and last calls. */
const LINES_MAX = 80;

export function timelineOf(log: readonly LoggedCall[], claims: Claims): string[] {
  const startUs = log[0]?.atUs ?? 0;
  const pairs = log.some((call) => call.who === 1);
  const tally = new Tally(claims);
  const lines = log.map((call) => {
    const side = pairs && call.act !== 'set' ? (call.who === 0 ? 'first limiter: ' : 'second limiter: ') : '';
    return `at ${durationWords(call.atUs - startUs)}: ${side}${callWords(call, tally)}`;
  });
  if (lines.length <= LINES_MAX) return lines;
  const half = LINES_MAX / 2;
  return [...lines.slice(0, half), `... ${lines.length - LINES_MAX} more calls ...`, ...lines.slice(-half)];
}

function callWords(call: LoggedCall, tally: Tally): string {
  const { act, answer } = call;
  if (act === 'set') return 'the clock is set to this';
  const cells = `${cellWords(call.cells)} of ${keyWords(call.key)}`;
  if (typeof answer === 'string') return `${cells}: ${answer}`;
  if (act === 'release') return `${cells} released`;
  if (act === 'credit') return `${cells} credited`;
  if (answer === null) return `${cells}: asked`;
  const told: string[] = [];
  if (answer.admitted) told.push(tally.add(call));
  if (answer.remaining !== undefined) told.push(`${answer.remaining} left`);
  if (answer.retryAfterUs !== undefined && !answer.admitted) {
    told.push(
      answer.retryAfterUs === Number.POSITIVE_INFINITY ? 'never' : `retry after ${durationWords(answer.retryAfterUs)}`,
    );
  }
  if (answer.delayUs !== undefined && answer.delayUs > 0) told.push(`served after ${durationWords(answer.delayUs)}`);
  return `${cells}: ${answer.admitted ? 'admitted' : 'refused'}${told.length === 0 ? '' : ` (${told.join(', ')})`}`;
}

/** Cells of a key that passed within the time that the smallest promise looks back. */
class Tally {
  readonly #spanUs: number;
  readonly #capacity: number;
  readonly #admitted = new Map<string, { atUs: number; cells: number }[]>();

  constructor(claims: Claims) {
    const smallest = claims.promises.toSorted((a, b) => a.capacity - b.capacity)[0];
    this.#spanUs = smallest === undefined ? 0 : fullAfterUs(smallest);
    this.#capacity = claims.capacityCells;
  }

  add(call: LoggedCall): string {
    const name = `${call.who}:${call.key}`;
    const earlier = (this.#admitted.get(name) ?? []).filter(({ atUs }) => call.atUs - atUs < this.#spanUs);
    earlier.push({ atUs: call.atUs, cells: call.cells });
    this.#admitted.set(name, earlier);
    return `${earlier.reduce((sum, { cells }) => sum + cells, 0)} of ${this.#capacity}`;
  }
}

function cellWords(cells: unknown): string {
  if (cells === 1) return '1 cell';
  return typeof cells === 'number' ? `${cells} cells` : `${JSON.stringify(cells) ?? String(cells)} cells`;
}

/** Long and unprintable keys are shortened and escaped. */
function keyWords(key: string): string {
  if (/^[\w.:-]{1,40}$/.test(key)) return `key ${key}`;
  return key.length > 40 ? `a key of ${key.length} characters` : `key ${JSON.stringify(key)}`;
}
