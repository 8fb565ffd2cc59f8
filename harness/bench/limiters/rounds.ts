/**
 * Times rivals by turns: a machine that slows down for a while slows all of them. Every rival has a copy of the loop of
 * its own, compiled for it alone.
 */
import { FloodproofError } from '../../errors.js';
import { type Spread, spreadOf } from '../spread.js';
import { compileApart } from './own-copy.js';

/** How a decision comes: as a value, as a promise of one, or as a promise that is rejected for "no". */
export type AnswerForm = 'value' | 'promise' | 'rejection';

export interface Contestant<Item> {
  readonly name: string;
  readonly form: AnswerForm;
  /** Truthy = admitted. */
  readonly decide: (item: Item, nowUs: number) => unknown;
  /** It reads the clock itself, so the loop does not read it as well. */
  readonly hasOwnClock?: boolean;
}

/** Time that is no clock's: item i of a rival's race comes at `fromUs + i * stepUs`. */
export interface Steps {
  readonly fromUs: number;
  readonly stepUs: number;
}

/** Items are visited in `order`, whose length is a power of two, over and over. */
export interface Workload<Item> {
  readonly items: ArrayLike<Item>;
  readonly order: Uint32Array;
  /** What every decision of the workload has to be, or it would be another path that is timed. */
  readonly isAdmitted: boolean;
  /** Decisions that one item stands for. */
  readonly decisionsPerItem?: number;
  /** When left out, the loop reads the clock for each item. */
  readonly steps?: Steps;
  /** Makes items number `from` to `to` of the race ready; its time is not counted. Then no sample is longer than `order`. */
  readonly prepare?: (from: number, to: number) => void;
}

export interface Pace {
  readonly rounds: number;
  readonly sampleMs: number;
  /** Calls that are timed one by one. */
  readonly singles: number;
}

export interface Timing {
  readonly name: string;
  readonly nsPerOp: Spread;
  /** Of single calls; left out where a call decides many. */
  readonly p50Ns?: number;
  readonly p99Ns?: number;
}

/** One rival with its workload, whatever its items are. */
export interface Racer {
  /** Lets V8 compile, and finds how many items make a sample. */
  warm(sampleMs: number): Promise<void>;
  sample(): Promise<void>;
  timing(singles: number): Promise<Timing>;
}

export function racerOf<Item>(contestant: Contestant<Item>, workload: Workload<Item>): Racer {
  return new Runner(contestant, workload);
}

type Loop<Item> = (
  decide: Contestant<Item>['decide'],
  items: ArrayLike<Item>,
  order: Uint32Array,
  from: number,
  to: number,
  steps: Steps | undefined,
  out: Float64Array | null,
) => number | Promise<number>;

const calls: Readonly<Record<AnswerForm, string>> = {
  value: 'if (decide(item, NOW)) admitted++;',
  promise: 'if (await decide(item, NOW)) admitted++;',
  rejection: 'try { await decide(item, NOW); admitted++; } catch {}',
};

/** @param isTimed - whether the time of each call goes to `out`. */
function freshLoop<Item>(contestant: Contestant<Item>, hasSteps: boolean, isTimed: boolean): Loop<Item> {
  const { form, hasOwnClock = false } = contestant;
  const readClock = hasOwnClock ? '0' : 'Date.now() * 1000';
  const call = calls[form].replace('NOW', hasSteps ? 'fromUs + index * stepUs' : readClock);
  return compileApart(`${form === 'value' ? '' : 'async '}(decide, items, order, from, to, steps, out) => {
    ${hasSteps ? 'const { fromUs, stepUs } = steps;' : ''}
    const mask = order.length - 1;
    let admitted = 0;
    for (let index = from; index < to; index++) {
      const item = items[order[index & mask]];
      ${isTimed ? 'const beganMs = performance.now();' : ''}
      ${call}
      ${isTimed ? 'out[index - from] = (performance.now() - beganMs) * 1e6;' : ''}
    }
    return admitted;
  }`) as Loop<Item>;
}

class Runner<Item> implements Racer {
  readonly #contestant: Contestant<Item>;
  readonly #workload: Workload<Item>;
  readonly #loop: Loop<Item>;
  readonly #samplesNs: number[] = [];
  readonly #itemsMax: number;
  #at = 0;
  #items = 0;

  constructor(contestant: Contestant<Item>, workload: Workload<Item>) {
    this.#contestant = contestant;
    this.#workload = workload;
    this.#loop = freshLoop(contestant, workload.steps !== undefined, false);
    this.#itemsMax = workload.prepare === undefined ? Number.POSITIVE_INFINITY : workload.order.length;
  }

  async warm(sampleMs: number): Promise<void> {
    const { decisionsPerItem = 1 } = this.#workload;
    let items = Math.min(this.#itemsMax, Math.ceil(200 / decisionsPerItem));
    let warmedMs = 0;
    for (;;) {
      const ms = ((await this.#time(items)) * items * decisionsPerItem) / 1e6;
      warmedMs += ms;
      // Where samples have to be short, V8 needs several of them all the same.
      if (ms >= sampleMs / 2 || (items === this.#itemsMax && warmedMs >= sampleMs)) {
        this.#items = Math.min(this.#itemsMax, Math.max(1, Math.round((items * sampleMs) / ms)));
        return;
      }
      items = Math.min(this.#itemsMax, items * 2);
    }
  }

  async sample(): Promise<void> {
    this.#samplesNs.push(await this.#time(this.#items));
  }

  async timing(singles: number): Promise<Timing> {
    const timing = { name: this.#contestant.name, nsPerOp: spreadOf(this.#samplesNs) };
    if ((this.#workload.decisionsPerItem ?? 1) > 1) return timing;
    const ns = await this.#singles(singles);
    return { ...timing, p50Ns: percentile(ns, 0.5), p99Ns: percentile(ns, 0.99) };
  }

  async #singles(count: number): Promise<Float64Array> {
    const { items, order, steps } = this.#workload;
    const out = new Float64Array(Math.min(count, this.#itemsMax));
    const loop = freshLoop(this.#contestant, steps !== undefined, true);
    for (let pass = 0; pass < 2; pass++) {
      this.#workload.prepare?.(this.#at, this.#at + out.length);
      await loop(this.#contestant.decide, items, order, this.#at, this.#at + out.length, steps, out);
      this.#at += out.length;
    }
    return out.sort();
  }

  async #time(count: number): Promise<number> {
    const { items, order, isAdmitted, decisionsPerItem = 1, steps } = this.#workload;
    const { decide, form, name } = this.#contestant;
    this.#workload.prepare?.(this.#at, this.#at + count);
    const beganNs = process.hrtime.bigint();
    const answer = this.#loop(decide, items, order, this.#at, this.#at + count, steps, null);
    const admitted = form === 'value' ? (answer as number) : await answer;
    const ns = Number(process.hrtime.bigint() - beganNs);
    this.#at += count;
    if (admitted !== (isAdmitted ? count : 0)) {
      const wanted = isAdmitted ? 'all' : 'none';
      throw new FloodproofError('FP_BENCH_DISAGREES', `${name}: ${admitted} of ${count} admitted, ${wanted} should be`);
    }
    return ns / (count * decisionsPerItem);
  }
}

/** Rivals that have the same items. */
export function timeByTurns<Item>(
  contestants: readonly Contestant<Item>[],
  workload: Workload<Item>,
  pace: Pace,
): Promise<Timing[]> {
  return race(
    contestants.map((contestant) => racerOf(contestant, workload)),
    pace,
  );
}

export async function race(racers: readonly Racer[], pace: Pace): Promise<Timing[]> {
  for (const racer of racers) await racer.warm(pace.sampleMs);
  for (let round = 0; round < pace.rounds; round++) {
    // Another one begins each round, so that none always follows the same one.
    const turn = round % racers.length;
    for (const racer of [...racers.slice(turn), ...racers.slice(0, turn)]) await racer.sample();
  }
  const timings: Timing[] = [];
  for (const racer of racers) timings.push(await racer.timing(pace.singles));
  return timings;
}

/** The smallest value that at least this share of them does not exceed. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
