/** Every request of a run as a line, with names where the record has numbers. Times are milliseconds since the first phase. */
import { outcomeNames } from '../actors/outcome.js';
import type { JudgedWorld } from '../judge/judged-world.js';
import { NONE, type ObservationBatch, type ObservationColumns } from '../judge/observation.js';
import { type Plan, requestClasses } from '../scenario/plan.js';
import { csvCell, csvLine } from './csv.js';

export const requestsCsvHead = csvLine([
  'run',
  'scenario',
  'intendedMs',
  'dispatchedMs',
  'sentMs',
  'answeredMs',
  'concludedMs',
  'actor',
  'label',
  'identity',
  'requestClass',
  'elements',
  'kind',
  'outcome',
  'status',
  'limit',
  'ip',
  'account',
  'key',
  'signature',
  'retryAfterMs',
]);

const kindNames = ['arrival', 'follow-up', 'retry'];
/** Names that are at hand at most, of each kind; of a larger crowd they are made again. */
const NAMES_MAX = 100_000;
const LINES_AT_ONCE = 2000;

export interface RequestNames {
  readonly run: string;
  readonly scenario: string;
  /** null = not known: then numbers stand in the place of names, and times count from the start of the warm-up. */
  readonly plan: Plan | null;
  readonly world: Pick<JudgedWorld, 'ipName' | 'accountName' | 'keyName'> | null;
}

/** Turns batches of rows into lines. */
export class RequestLines {
  readonly #lead: string;
  readonly #warmupUs: number;
  readonly #actors: readonly string[];
  readonly #limits: readonly string[];
  readonly #ip: (index: number) => string;
  readonly #account: (index: number) => string;
  readonly #key: (index: number) => string;

  constructor({ run, scenario, plan, world }: RequestNames) {
    this.#lead = `${csvCell(run)},${csvCell(scenario)}`;
    this.#warmupUs = plan?.warmupUs ?? 0;
    this.#actors = (plan?.actors ?? []).map(({ name, label }) => `${csvCell(name)},${label}`);
    this.#limits = (plan?.policy.limits ?? []).map(({ name }) => csvCell(name));
    this.#ip = remembered(world === null ? null : (index) => world.ipName(index));
    this.#account = remembered(world === null ? null : (index) => world.accountName(index));
    this.#key = remembered(world === null ? null : (index) => world.keyName(index));
  }

  /** The lines of a batch, so many at a time that none of the texts is large. */
  *of({ rows, columns }: ObservationBatch): Generator<string> {
    for (let from = 0; from < rows; from += LINES_AT_ONCE) {
      const lines: string[] = [];
      this.#addLines(lines, columns, from, Math.min(rows, from + LINES_AT_ONCE));
      yield lines.join('');
    }
  }

  #addLines(lines: string[], columns: ObservationColumns, from: number, to: number): void {
    const { intendedUs, dispatchedUs, sentUs, answeredUs, concludedUs, actor, identity, requestClass } = columns;
    const { elements, kind, outcome, status, limit, ip, account, key, signature, retryAfterMs } = columns;
    for (let row = from; row < to; row++) {
      const number = (column: ArrayLike<number>): number => column[row] as number;
      lines.push(
        `${this.#lead},${this.#time(number(intendedUs))},${this.#moment(number(dispatchedUs))},` +
          `${this.#moment(number(sentUs))},${this.#moment(number(answeredUs))},${this.#moment(number(concludedUs))},` +
          `${this.#actors[number(actor)] ?? `#${number(actor)},`},${number(identity)},` +
          `${named(requestClasses, number(requestClass))},${Math.max(1, number(elements))},` +
          `${named(kindNames, number(kind))},${named(outcomeNames, number(outcome))},${number(status) || ''},` +
          `${this.#limit(number(limit))},${this.#ip(number(ip))},${this.#account(number(account))},` +
          `${this.#key(number(key))},${unlessNone(number(signature))},${unlessNegative(number(retryAfterMs))}\r\n`,
      );
    }
  }

  /** Whole microseconds as milliseconds: the division is rounded once, and so is told back without loss. */
  #time(us: number): string {
    return String((us - this.#warmupUs) / 1000);
  }

  /** 0 = never. */
  #moment(us: number): string {
    return us === 0 ? '' : this.#time(us);
  }

  #limit(index: number): string {
    if (index === -1) return '';
    return index < 0 ? 'unknown' : (this.#limits[index] ?? `#${index}`);
  }
}

function named(names: readonly string[], index: number): string {
  return names[index] ?? `#${index}`;
}

function unlessNone(index: number): number | '' {
  return index === NONE ? '' : index;
}

function unlessNegative(value: number): number | '' {
  return value < 0 ? '' : value;
}

/** @param nameOf - null = nobody knows them. One that has none, as after an edit of the plan, is told by its number. */
function remembered(nameOf: ((index: number) => string) | null): (index: number) => string {
  const known = new Map<number, string>();
  return (index) => {
    if (index === NONE) return '';
    const found = known.get(index);
    if (found !== undefined) return found;
    if (known.size >= NAMES_MAX) known.clear();
    const name = nameCell(nameOf, index);
    known.set(index, name);
    return name;
  };
}

function nameCell(nameOf: ((index: number) => string) | null, index: number): string {
  if (nameOf === null) return `#${index}`;
  try {
    return csvCell(nameOf(index));
  } catch (error) {
    if (error instanceof RangeError) return `#${index}`;
    throw error;
  }
}
