/** One table for all threads of the process: what a second thread gains, and that no cell is given twice. */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { Gate, GateSpec, HashSecret } from '../../core/spec.js';
import { FloodproofError } from '../../errors.js';
import { attachGate } from '../../native/attach-gate.js';
import { type Addon, loadAddon } from '../../native/load.js';
import { spreadOf } from '../spread.js';
import type { LimiterSettings } from './agreement.js';
import { limiterSpec } from './limiter-rivals.js';
import { BATCHED, formName, INTERNED } from './own-forms.js';
import { type BenchRow, NATIVE } from './row.js';
import type { BenchSetting, GroupResult } from './setting.js';
import { keysText } from './tables.js';
import type { ThreadForm, ThreadResult, ThreadTask } from './thread-task.js';
import { keyList } from './workload.js';

const THREADS = 2;
const SECRET: HashSecret = [0x0f1e2d3c, 0x4b5a6978];

const forms: Readonly<Record<ThreadForm, string>> = {
  call: NATIVE,
  interned: formName(NATIVE, INTERNED),
  batch: formName(NATIVE, BATCHED),
};
const formNames = Object.keys(forms) as ThreadForm[];

/** Cells that come back before the race is over do not matter: there are far more than it needs. */
const endless = { capacity: 2 ** 30, refillCells: 1, refillPeriodUs: 1_000_000 } as const;
/** An odd number, so that it is no multiple of a batch: the last cells fall into the midst of one. */
const HOT_CAPACITY = 2 ** 17 + 1;
const EXACT_DECISIONS = 2 ** 17;
/** So few cells for each that all of them are asked for more. */
const EXACT_KEYS = 1000;
const EXACT_CELLS = 100;

interface Scene {
  readonly spec: GateSpec;
  readonly gateName: string;
  readonly keys: number;
  /** The main thread's own: a gate lives as long as one thread holds it. */
  readonly gate: Gate;
}

type Admissions = NonNullable<BenchRow['admissions']>;

/** The pool of threads. */
class Track {
  readonly #pool: Piscina<ThreadTask, ThreadResult>;
  readonly #addon: Addon;
  readonly #originUs: number;
  #scenes = 0;

  constructor(addon: Addon, originUs: number) {
    this.#addon = addon;
    this.#originUs = originUs;
    this.#pool = new Piscina<ThreadTask, ThreadResult>({
      filename: new URL('./thread-task.js', import.meta.url).href,
      minThreads: THREADS,
      maxThreads: THREADS,
      // Else idle threads wait in Atomics.wait, and wake later than they need.
      atomics: 'disabled',
    });
  }

  /** A gate that all threads share, whose keys have decided once already when `isSeen`. */
  scene(keys: number, settings: Omit<LimiterSettings, 'maxKeys'>, isSeen: boolean): Scene {
    this.#scenes += 1;
    const gateName = `bench ${process.pid} ${this.#scenes}`;
    const spec = limiterSpec({ ...settings, maxKeys: keys }, this.#originUs);
    const gate = attachGate(this.#addon, gateName, spec, SECRET);
    if (isSeen) for (const key of keyList(keys)) gate.limit(this.#originUs, 0, '', key, '');
    return { spec, gateName, keys, gate };
  }

  /** All threads at once; @param nowUs - null: the clock goes. */
  run(
    { spec, gateName, keys }: Scene,
    form: ThreadForm,
    skew: BenchRow['skew'],
    { threads, decisions, nowUs }: Pick<ThreadTask, 'threads' | 'decisions' | 'nowUs'>,
  ): Promise<ThreadResult[]> {
    const barrier = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const common = { name: gateName, spec, hashSecret: SECRET, form, keys, skew, decisions, nowUs, threads, barrier };
    return Promise.all(Array.from({ length: threads }, (_, thread) => this.#pool.run({ ...common, thread })));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** @throws {FloodproofError} FP_BENCH_DISAGREES when a cell is given twice, or kept back. */
export async function measureThreads(setting: BenchSetting): Promise<GroupResult> {
  const { addon, absent } = loadAddon();
  if (addon === undefined) return { rows: [], absent: [`threads: ${absent}, and no other engine has a shared table`] };
  const track = new Track(addon, setting.originUs);
  try {
    const rows: BenchRow[] = [];
    const many = await admissionsOf(track, EXACT_KEYS, EXACT_CELLS, setting);
    const hot = await admissionsOf(track, 1, HOT_CAPACITY, setting);
    const keys = setting.isQuick ? 1000 : 1_000_000;
    const scene = track.scene(keys, endless, true);
    for (const skew of ['uniform', 'zipf'] as const) {
      rows.push(...(await timeScene(track, scene, { variant: '', skew, admissions: many }, setting)));
    }
    const single = track.scene(1, endless, true);
    rows.push(
      ...(await timeScene(track, single, { variant: 'one hot key', skew: 'uniform', admissions: hot }, setting)),
    );
    const cores = availableParallelism();
    const doubts = cores < THREADS ? [`threads: ${THREADS} of them share ${cores} core, which gains nothing`] : [];
    return { rows, absent: ['threads: TypeScript has no table that threads share', ...doubts] };
  } finally {
    await track.close();
  }
}

type ByForm<T> = Readonly<Record<ThreadForm, T>>;

/** What two threads together are given of `cells` for each key while the clock stands still. */
async function admissionsOf(
  track: Track,
  keys: number,
  cells: number,
  { originUs, say }: BenchSetting,
): Promise<ByForm<Admissions>> {
  const admissions: Partial<Record<ThreadForm, Admissions>> = {};
  for (const form of formNames) {
    say(`threads, admissions of ${keysText(keys)}, ${forms[form]}`);
    const scene = track.scene(keys, { capacity: cells, refillCells: 1, refillPeriodUs: 3_600_000_000 }, false);
    const load = { threads: THREADS, decisions: EXACT_DECISIONS, nowUs: originUs };
    const results = await track.run(scene, form, 'uniform', load);
    const counted = results.reduce((sum, { admitted }) => sum + admitted, 0);
    assertExact(forms[form], { counted, capacity: cells * keys });
    admissions[form] = { counted, capacity: cells * keys };
  }
  return admissions as ByForm<Admissions>;
}

function assertExact(name: string, { counted, capacity }: Admissions): void {
  if (counted === capacity) return;
  const message = `${name}: ${THREADS} threads were given ${counted} cells of ${capacity}`;
  throw new FloodproofError('FP_BENCH_DISAGREES', message);
}

interface Place {
  readonly variant: string;
  readonly skew: BenchRow['skew'];
  readonly admissions: ByForm<Admissions>;
}

async function timeScene(
  track: Track,
  scene: Scene,
  { variant, skew, admissions }: Place,
  { isQuick, pace, say }: BenchSetting,
): Promise<BenchRow[]> {
  say(`threads, ${keysText(scene.keys)}, ${skew}`);
  const load = { decisions: isQuick ? 2 ** 15 : 2 ** 20, nowUs: null };
  const lanes = formNames.flatMap((form) => {
    return [1, THREADS].map((threads) => ({ form, threads, samplesNs: [] as number[] }));
  });
  for (let round = 0; round <= pace.rounds; round++) {
    // One thread and two by turns, and the first round makes ready.
    for (const { form, threads, samplesNs } of round % 2 === 0 ? lanes.toReversed() : lanes) {
      const results = await track.run(scene, form, skew, { ...load, threads });
      if (round > 0) samplesNs.push(nsForEach(results, load.decisions));
      const admitted = results.reduce((sum, result) => sum + result.admitted, 0);
      assertExact(forms[form], { counted: admitted, capacity: threads * load.decisions });
    }
  }
  return lanes.map(({ form, threads, samplesNs }) => ({
    group: 'threads',
    rival: forms[form],
    path: 'admit',
    variant,
    keys: scene.keys,
    skew,
    threads,
    nsPerOp: spreadOf(samplesNs),
    ...(threads === 1 ? {} : { admissions: admissions[form] }),
  }));
}

/** From when the first began to when the last was done. */
export function nsForEach(results: readonly ThreadResult[], decisions: number): number {
  let beganNs = results[0]?.beganNs ?? 0n;
  let endedNs = beganNs;
  for (const result of results) {
    if (result.beganNs < beganNs) beganNs = result.beganNs;
    if (result.endedNs > endedNs) endedNs = result.endedNs;
  }
  return Number(endedNs - beganNs) / (results.length * decisions);
}
