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

import { NONE } from '../judge/observation.js';
import type { Policy } from '../scenario/plan.js';
import { requestClasses } from '../scenario/plan.js';
import type { BoundMap } from './bound-map.js';
import { ByteMemo } from './byte-memo.js';
import { Callers } from './callers.js';
import { ClassPaths, OTHER_WAY } from './class-paths.js';
import type { LogFields } from './log-fields.js';
import type { Role } from './log-map.js';
import { emptyRow, type LogRow } from './log-row.js';
import { outcomeOfStatus, speaksOf } from './outcome-rules.js';
import { LogStamps, NumberReader } from './stamps.js';

/**
 * `other`: no class of the map; `other-way`: none, by a method that the map does not name for a path that a limit counts;
 * `left-out`: the limiter was not asked; the rest can't be read, because of its form,
 * its time, or its duration or count of orders.
 */
export type LineFinding = 'row' | 'other' | 'other-way' | 'left-out' | 'form' | 'time' | 'number';

const LOGIN = requestClasses.indexOf('login');
const ELEMENTS_MAX = 65_535;
/** A request that lasts longer than a week is a fault of the log. */
const DURATION_US_MAX = 7 * 24 * 3_600_000_000;

/** Slots of what is remembered: of callers, of paths, and of the few words that a field has. */
const CALLER_SLOTS = 65_536;
const PATH_SLOTS = 8192;
const WORD_SLOTS = 256;
const SPACE = 32;
const QUESTION = 63;
/** No field of a role has a text. */
const NOTHING = -1;
/** A text is there and stands for none of those that are known. */
const UNKNOWN = -2;

export class LineReader {
  readonly row: LogRow = emptyRow();
  readonly callers: Callers;
  readonly stamps: LogStamps;
  readonly #map: BoundMap;
  readonly #fields: LogFields;
  readonly #roles: BoundMap['roles'];
  readonly #orders: number;
  readonly #longestUs: number;
  readonly #durations: NumberReader;
  readonly #paths: ClassPaths;
  readonly #requests: ByteMemo;
  readonly #statuses = new ByteMemo(statusOf, WORD_SLOTS);
  readonly #elements = new ByteMemo(elementsOf, WORD_SLOTS);
  readonly #limits: ByteMemo;
  readonly #ips: ByteMemo;
  readonly #accounts: ByteMemo;
  readonly #keys: ByteMemo;
  /** By rule: whether it speaks of a text. */
  readonly #rules: readonly ByteMemo[];
  readonly #whereText: (field: number) => string | null;
  #bytes: Buffer = Buffer.alloc(0);

  /** @param longestUs - how long a request lasts at most, where lines have no duration. */
  constructor(
    map: BoundMap,
    policy: Policy,
    { orders, longestUs }: { readonly orders: number; readonly longestUs: number },
  ) {
    this.#map = map;
    this.#fields = map.fields;
    this.#roles = map.roles;
    this.#orders = orders;
    this.#longestUs = longestUs;
    this.callers = new Callers(map.actors);
    this.stamps = new LogStamps(map.time.rule);
    this.#durations = new NumberReader(map.duration?.unit ?? 's');
    const isCounted = (requestClass: number): boolean =>
      policy.limits.some(({ costs }) => (costs[requestClass] ?? 0) > 0);
    this.#paths = new ClassPaths(map.patterns, isCounted);
    this.#requests = new ByteMemo((text) => this.#paths.ofRequest(text), PATH_SLOTS);
    const limits = new Map(policy.limits.map(({ name }, index) => [name, index]));
    this.#limits = new ByteMemo((text) => limits.get(text) ?? UNKNOWN, WORD_SLOTS);
    this.#ips = new ByteMemo((text) => this.callers.ipOf(text), CALLER_SLOTS);
    this.#accounts = new ByteMemo((text) => this.callers.accountOf(text), CALLER_SLOTS);
    this.#keys = new ByteMemo((text) => this.callers.keyOf(text), CALLER_SLOTS);
    this.#rules = map.rules.map((rule) => new ByteMemo((text) => Number(speaksOf(rule, text)), WORD_SLOTS));
    this.#whereText = (field) => map.fields.text(field);
  }

  /** What was read stands in `row` until the next call when it is `row`. */
  read(bytes: Buffer, start: number, end: number): LineFinding {
    if (!this.#fields.read(bytes, start, end)) return 'form';
    this.#bytes = bytes;
    if (!this.#readStamp()) return 'time';
    const { row } = this;
    row.requestClass = this.#requestClass();
    if (row.requestClass < 0) return row.requestClass === OTHER_WAY ? 'other-way' : 'other';
    const key = this.#number(this.#roles.key, this.#keys);
    row.key = key === NOTHING ? NONE : key;
    row.status = Math.max(0, this.#number(this.#roles.status, this.#statuses));
    row.outcome = this.#outcome(key !== NOTHING);
    if (row.outcome < 0) return 'left-out';
    if (!this.#readNumbers()) return 'number';
    // None where no field tells any, and one that the policy does not have where its name is unknown.
    row.limit = this.#number(this.#roles.limit, this.#limits);
    this.#readCaller();
    return 'row';
  }

  /** Method and path of the line that was read last; null = it tells none. */
  get asked(): { readonly method: string; readonly path: string } | null {
    const request = this.#text('request')?.split(' ') ?? [this.#text('method') ?? '', this.#text('path') ?? ''];
    const [method = '', path = ''] = request;
    return method === '' || path === '' ? null : { method, path };
  }

  #readStamp(): boolean {
    const { time } = this.#map;
    const { places } = this.#fields;
    if (places === null) {
      const text = this.#fields.text(time.at);
      return text !== null && this.stamps.read(text);
    }
    const start = places.starts[time.at] as number;
    const end = places.ends[time.at] as number;
    return start < end && this.stamps.readBytes(this.#bytes, start, end);
  }

  #requestClass(): number {
    const fields = this.#roles.request;
    const { places } = this.#fields;
    // A text format has one field at most for each role.
    if (places !== null && fields.length > 0) {
      const start = places.starts[fields[0] as number] as number;
      const end = places.ends[fields[0] as number] as number;
      if (start < end) return this.#requests.ofBytes(this.#bytes, start, pathEnd(this.#bytes, start, end));
    }
    const request = this.#text('request');
    return request === null
      ? this.#paths.of(this.#text('method') ?? '', this.#text('path') ?? '')
      : this.#paths.ofRequest(request);
  }

  #readCaller(): void {
    const { row, callers } = this;
    const ip = this.#number(this.#roles.ip, this.#ips);
    row.ip = ip === NOTHING ? NONE : ip;
    const account = this.#number(this.#roles.account, this.#accounts);
    row.account = account === NOTHING ? NONE : account;
    const signature = this.#roles.signature.length === 0 ? null : this.#text('signature');
    row.signature = signature === null ? NONE : callers.signatures.of(signature);
    callers.place(row, this.#whereText);
  }

  /** What the first text in fields of a role stands for; `NOTHING` = none of them has one. */
  #number(fields: readonly number[], memo: ByteMemo): number {
    const { places } = this.#fields;
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as number;
      if (places === null) {
        const text = this.#fields.text(field);
        if (text !== null) return memo.of(text);
      } else {
        const start = places.starts[field] as number;
        const end = places.ends[field] as number;
        if (start < end) return memo.ofBytes(this.#bytes, start, end);
      }
    }
    return NOTHING;
  }

  #text(role: Role): string | null {
    const places = this.#roles[role];
    for (let index = 0; index < places.length; index++) {
      const text = this.#fields.text(places[index] as number);
      if (text !== null) return text;
    }
    return null;
  }

  #outcome(isSigned: boolean): number {
    const { rules } = this.#map;
    const { places } = this.#fields;
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index] as BoundMap['rules'][number];
      const memo = this.#rules[index] as ByteMemo;
      const start = places === null ? 0 : (places.starts[rule.field] as number);
      const end = places === null ? 0 : (places.ends[rule.field] as number);
      const speaks =
        start < end
          ? memo.ofBytes(this.#bytes, start, end) === 1
          : speaksOf(rule, places === null ? this.#fields.text(rule.field) : null);
      if (speaks) return rule.outcome;
    }
    return outcomeOfStatus(this.row.status, isSigned, this.row.requestClass === LOGIN);
  }

  #readNumbers(): boolean {
    const { row, stamps } = this;
    const elements = this.#number(this.#roles.elements, this.#elements);
    row.elements = elements === NOTHING ? this.#orders : elements;
    if (row.elements === UNKNOWN) return false;
    const { duration, time } = this.#map;
    let lastedUs = this.#longestUs;
    row.durationUs = 0;
    if (duration !== null) {
      if (!this.#readDuration(duration.at) || this.#durations.us > DURATION_US_MAX) return false;
      row.durationUs = this.#durations.us;
      lastedUs = row.durationUs + this.#durations.grainUs - 1;
    }
    row.sentUs = time.rule.isStart ? stamps.firstUs : stamps.firstUs - lastedUs;
    row.concludedUs = time.rule.isStart ? stamps.lastUs + lastedUs : stamps.lastUs;
    return true;
  }

  #readDuration(field: number): boolean {
    const { places } = this.#fields;
    if (places === null) {
      const text = this.#fields.text(field);
      return text !== null && this.#durations.read(text);
    }
    const start = places.starts[field] as number;
    const end = places.ends[field] as number;
    return start < end && this.#durations.readBytes(this.#bytes, start, end);
  }
}

/** Where the path of a request line ends that may go on with a query and a protocol: no class depends on these. */
function pathEnd(bytes: Buffer, start: number, end: number): number {
  let isPath = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== SPACE && !(byte === QUESTION && isPath)) continue;
    if (isPath) return at;
    isPath = true;
  }
  return end;
}

/** `UNKNOWN` = not a number of orders. */
function elementsOf(text: string): number {
  const elements = Number(text);
  return Number.isInteger(elements) && elements >= 1 && elements <= ELEMENTS_MAX ? elements : UNKNOWN;
}

/** 100 to 999; 0 = no status. */
function statusOf(text: string): number {
  if (text.length !== 3) return 0;
  const status = Number(text);
  return status >= 100 && Number.isInteger(status) ? status : 0;
}
