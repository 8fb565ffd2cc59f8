/**
 * Reads a line of a log as a request that was decided somewhere in an interval.
 *
 * The server decided a request while it had it. Let e be its true end and d its true duration. The log has both made shorter:
 * e lies from `firstUs` to `lastUs` of its time (`stamps.ts`), and d is less than the duration that is written and its grain g.
 * So the decision fell in [firstUs - duration - g + 1, lastUs], whole microseconds, rounded down as everywhere in the judge. A
 * time that is the start of the request bounds it the other way round: [firstUs, lastUs + duration + g - 1]. Without a
 * duration a request is taken to have lasted `longestUs` at most, which is a statement of whoever judges.
 *
 * The oracle needs no more than such intervals, and whatever it finds holds for every moment within them (`bucket-bound.ts`):
 * so a log in whole seconds widens every interval by a second, and no burst within one accuses a limiter that kept its bound.
 */
import type { Policy } from '../scenario/plan.js';
import { requestClasses } from '../scenario/plan.js';
import type { BoundMap } from './bound-map.js';
import { Callers } from './callers.js';
import { ClassPaths } from './class-paths.js';
import type { Role } from './log-map.js';
import { emptyRow, type LogRow } from './log-row.js';
import { outcomeOfStatus, speaksOf } from './outcome-rules.js';
import { LogStamps, NumberReader } from './stamps.js';

/**
 * `other`: no class of the policy's limits; `left-out`: the limiter was not asked; the rest can't be read, because of its form,
 * its time, or its duration or count of orders.
 */
export type LineFinding = 'row' | 'other' | 'left-out' | 'form' | 'time' | 'number';

const LOGIN = requestClasses.indexOf('login');
const ELEMENTS_MAX = 65_535;
/** A request that lasts longer than a week is a fault of the log. */
const DURATION_US_MAX = 7 * 24 * 3_600_000_000;

export class LineReader {
  readonly row: LogRow = emptyRow();
  readonly callers: Callers;
  readonly stamps: LogStamps;
  readonly #map: BoundMap;
  readonly #orders: number;
  readonly #longestUs: number;
  readonly #durations: NumberReader;
  readonly #paths: ClassPaths;
  readonly #limits: ReadonlyMap<string, number>;
  readonly #whereText: (field: number) => string | null;

  /** @param longestUs - how long a request lasts at most, where lines have no duration. */
  constructor(
    map: BoundMap,
    policy: Policy,
    { orders, longestUs }: { readonly orders: number; readonly longestUs: number },
  ) {
    this.#map = map;
    this.#orders = orders;
    this.#longestUs = longestUs;
    this.callers = new Callers(map.actors);
    this.stamps = new LogStamps(map.time.rule);
    this.#durations = new NumberReader(map.duration?.unit ?? 's');
    this.#paths = new ClassPaths(map.patterns);
    this.#limits = new Map(policy.limits.map(({ name }, index) => [name, index]));
    this.#whereText = (field) => map.fields.text(field);
  }

  /** What was read stands in `row` until the next call when it is `row`. */
  read(bytes: Buffer, start: number, end: number): LineFinding {
    const { fields, time } = this.#map;
    if (!fields.read(bytes, start, end)) return 'form';
    const stamp = fields.text(time.at);
    if (stamp === null || !this.stamps.read(stamp)) return 'time';
    const { row } = this;
    const request = this.#text('request');
    row.requestClass =
      request === null
        ? this.#paths.of(this.#text('method') ?? '', this.#text('path') ?? '')
        : this.#paths.ofRequest(request);
    if (row.requestClass < 0) return 'other';
    const key = this.#text('key');
    row.status = statusOf(this.#text('status'));
    row.outcome = this.#outcome(key !== null);
    if (row.outcome < 0) return 'left-out';
    if (!this.#readNumbers()) return 'number';
    const limit = this.#text('limit');
    row.limit = limit === null ? -1 : (this.#limits.get(limit) ?? -1);
    const who = { ip: this.#text('ip'), account: this.#text('account'), key, signature: this.#text('signature') };
    this.callers.place(row, who, this.#whereText);
    return 'row';
  }

  #text(role: Role): string | null {
    const places = this.#map.roles[role];
    for (let index = 0; index < places.length; index++) {
      const text = this.#map.fields.text(places[index] as number);
      if (text !== null) return text;
    }
    return null;
  }

  #outcome(isSigned: boolean): number {
    const { rules, fields } = this.#map;
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index] as BoundMap['rules'][number];
      if (speaksOf(rule, fields.text(rule.field))) return rule.outcome;
    }
    return outcomeOfStatus(this.row.status, isSigned, this.row.requestClass === LOGIN);
  }

  #readNumbers(): boolean {
    const { row, stamps } = this;
    const elements = this.#text('elements');
    row.elements = elements === null ? this.#orders : Number(elements);
    if (!Number.isInteger(row.elements) || row.elements < 1 || row.elements > ELEMENTS_MAX) return false;
    const { duration, fields, time } = this.#map;
    let lastedUs = this.#longestUs;
    row.durationUs = 0;
    if (duration !== null) {
      const text = fields.text(duration.at);
      if (text === null || !this.#durations.read(text) || this.#durations.us > DURATION_US_MAX) return false;
      row.durationUs = this.#durations.us;
      lastedUs = row.durationUs + this.#durations.grainUs - 1;
    }
    row.sentUs = time.rule.isStart ? stamps.firstUs : stamps.firstUs - lastedUs;
    row.concludedUs = time.rule.isStart ? stamps.lastUs + lastedUs : stamps.lastUs;
    return true;
  }
}

/** 100 to 999; 0 = no status. */
function statusOf(text: string | null): number {
  if (text === null || text.length !== 3) return 0;
  const status = Number(text);
  return status >= 100 && Number.isInteger(status) ? status : 0;
}
