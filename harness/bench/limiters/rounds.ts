/**
 * Times rivals by turns: a machine that slows down for a while slows all of them. Every rival has a copy of the loop of
 * its own, compiled for it alone; in a loop that all share, V8 would call through what it has learned of the others, and
 * the first to be measured would look best.
 */
import { FloodproofError } from '../../errors.js';
import { type Spread, spreadOf } from '../spread.js';

/** How a decision comes: as a value, as a promise of one, or as a promise that is rejected for "no". */
export type AnswerForm = 'value' | 'promise' | 'rejection';

export interface Contestant<Item> {
  readonly name: string;
  readonly form: AnswerForm;
  /** Truthy = admitted. */
  readonly decide: (item: Item, nowUs: number) => unknown;
}

/** Items are visited in `order`, whose length is a power of two, over and over. */
export interface Workload<Item> {
  readonly items: readonly Item[];
  readonly order: Uint32Array;
  /** What every decision of the workload has to be, or it would be another path that is timed. */
  readonly isAdmitted: boolean;
  /** Decisions that one item stands for. */
  readonly decisionsPerItem?: number;
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
  readonly p50Ns: number;
  readonly p99Ns: number;
}

type Decide<Item> = Contestant<Item>['decide'];
type Loop<Item> = (
  decide: Decide<Item>,
  items: readonly Item[],
  order: Uint32Array,
  from: number,
  to: number,
) => number | Promise<number>;
type TimedLoop<Item> = (...args: [...Parameters<Loop<Item>>, Float64Array]) => undefined | Promise<undefined>;

const calls: Readonly<Record<AnswerForm, string>> = {
  value: 'if (decide(item, Date.now() * 1000)) admitted++;',
  promise: 'if (await decide(item, Date.now() * 1000)) admitted++;',
  rejection: 'try { await decide(item, Date.now() * 1000); admitted++; } catch {}',
};

function compile(form: AnswerForm, body: string): unknown {
  const isAsync = form === 'value' ? '' : 'async ';
  return new Function(`return ${isAsync}(decide, items, order, from, to, out) => { ${body} };`)();
}

function freshLoop<Item>(form: AnswerForm): Loop<Item> {
  const body = `
    const mask = order.length - 1;
    let admitted = 0;
    for (let index = from; index < to; index++) { const item = items[order[index & mask]]; ${calls[form]} }
    return admitted;`;
  return compile(form, body) as Loop<Item>;
}

function freshTimedLoop<Item>(form: AnswerForm): TimedLoop<Item> {
  const body = `
    const mask = order.length - 1;
    let admitted = 0;
    for (let index = from; index < to; index++) {
      const item = items[order[index & mask]];
      const beganMs = performance.now();
      ${calls[form]}
      out[index - from] = (performance.now() - beganMs) * 1e6;
    }`;
  return compile(form, body) as TimedLoop<Item>;
}

/** One rival on the track. */
class Runner<Item> {
  readonly contestant: Contestant<Item>;
  readonly samplesNs: number[] = [];
  readonly #workload: Workload<Item>;
  readonly #loop: Loop<Item>;
  #at = 0;
  #items = 0;

  constructor(contestant: Contestant<Item>, workload: Workload<Item>) {
    this.contestant = contestant;
    this.#workload = workload;
    this.#loop = freshLoop(contestant.form);
  }

  /** Lets V8 compile, and finds how many items make a sample. */
  async warm(sampleMs: number): Promise<void> {
    const { decisionsPerItem = 1 } = this.#workload;
    let items = Math.ceil(200 / decisionsPerItem);
    for (;;) {
      const ms = ((await this.#time(items)) * items * decisionsPerItem) / 1e6;
      if (ms >= sampleMs / 2) {
        this.#items = Math.max(1, Math.round((items * sampleMs) / ms));
        return;
      }
      items *= 2;
    }
  }

  async sample(): Promise<void> {
    this.samplesNs.push(await this.#time(this.#items));
  }

  async singles(count: number): Promise<Float64Array> {
    const { items, order } = this.#workload;
    const out = new Float64Array(count);
    const loop = freshTimedLoop<Item>(this.contestant.form);
    for (let pass = 0; pass < 2; pass++) {
      await loop(this.contestant.decide, items, order, this.#at, this.#at + count, out);
      this.#at += count;
    }
    return out.sort();
  }

  async #time(count: number): Promise<number> {
    const { items, order, isAdmitted, decisionsPerItem = 1 } = this.#workload;
    const { decide, form, name } = this.contestant;
    const beganNs = process.hrtime.bigint();
    const answer = this.#loop(decide, items, order, this.#at, this.#at + count);
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

export async function timeByTurns<Item>(
  contestants: readonly Contestant<Item>[],
  workload: Workload<Item>,
  pace: Pace,
): Promise<Timing[]> {
  const runners = contestants.map((contestant) => new Runner(contestant, workload));
  for (const runner of runners) await runner.warm(pace.sampleMs);
  for (let round = 0; round < pace.rounds; round++) {
    // Another one begins each round, so that none always follows the same one.
    const turn = round % runners.length;
    for (const runner of [...runners.slice(turn), ...runners.slice(0, turn)]) await runner.sample();
  }
  const timings: Timing[] = [];
  for (const runner of runners) {
    const ns = await runner.singles(pace.singles);
    timings.push({
      name: runner.contestant.name,
      nsPerOp: spreadOf(runner.samplesNs),
      p50Ns: percentile(ns, 0.5),
      p99Ns: percentile(ns, 0.99),
    });
  }
  return timings;
}

/** The smallest value that at least this share of them does not exceed. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
