/**
 * What one thread of the threads' race does: attaches to the gate, makes its keys ready, waits for the others, decides.
 * A piscina task, so that threads live as they do in a server; what is made ready stays for the next task.
 */
import { Decision, type Gate, type GateSpec, type HashSecret } from '../../core/spec.js';
import { attachGate } from '../../native/attach-gate.js';
import { loadAddon } from '../../native/load.js';
import { ownCopy } from './own-copy.js';
import { BATCH_SIZE, batchesOf } from './own-forms.js';
import type { BenchRow } from './row.js';
import { drawOrder, keyList } from './workload.js';

export type ThreadForm = 'call' | 'interned' | 'batch';

export interface ThreadTask {
  /** Of the gate. */
  readonly name: string;
  readonly spec: GateSpec;
  readonly hashSecret: HashSecret;
  readonly form: ThreadForm;
  readonly keys: number;
  readonly skew: BenchRow['skew'];
  /** A multiple of the batch's size. */
  readonly decisions: number;
  /** null: the clock is read for each call. */
  readonly nowUs: number | null;
  /** Which of the threads this is: each begins at another place of the order. */
  readonly thread: number;
  readonly threads: number;
  /** One word: how many threads are ready. */
  readonly barrier: Int32Array;
}

export interface ThreadResult {
  /** On the clock that threads share. */
  readonly beganNs: bigint;
  readonly endedNs: bigint;
  readonly admitted: number;
}

type Play = (from: number, decisions: number, nowUs: number | null) => number;

const ORDER_LENGTH = 2 ** 20;
const WARM_DECISIONS = 2 ** 15;
const WAIT_MS_MAX = 60_000;

function callLoop(gate: Gate, keys: readonly string[], order: Uint32Array, admittedCode: number): Play {
  return (from, decisions, frozenUs) => {
    const mask = order.length - 1;
    let admitted = 0;
    for (let index = from; index < from + decisions; index++) {
      const nowUs = frozenUs === null ? Date.now() * 1000 : frozenUs;
      if (gate.limit(nowUs, 0, '', keys[order[index & mask] as number] as string, '') === admittedCode) admitted++;
    }
    return admitted;
  };
}

function internedLoop(gate: Gate, callers: Uint32Array, order: Uint32Array, admittedCode: number): Play {
  return (from, decisions, frozenUs) => {
    const mask = order.length - 1;
    let admitted = 0;
    for (let index = from; index < from + decisions; index++) {
      const nowUs = frozenUs === null ? Date.now() * 1000 : frozenUs;
      const caller = callers[order[index & mask] as number] as number;
      if (gate.limitCaller(nowUs, 0, caller) === admittedCode) admitted++;
    }
    return admitted;
  };
}

function batchLoop(gate: Gate, batches: readonly Uint32Array[], size: number, admittedCode: number): Play {
  const codes = new Uint8Array(size);
  return (from, decisions, frozenUs) => {
    const mask = batches.length - 1;
    let admitted = 0;
    for (let index = from / size; index < (from + decisions) / size; index++) {
      const nowUs = frozenUs === null ? Date.now() * 1000 : frozenUs;
      gate.limitBatch(nowUs, 0, batches[index & mask] as Uint32Array, size, codes, null);
      for (let at = 0; at < size; at++) if (codes[at] === admittedCode) admitted++;
    }
    return admitted;
  };
}

/** A gate as this thread sees it, with all that was made ready for it. */
class Post {
  readonly #gate: Gate;
  readonly #keys: readonly string[];
  #callers: Uint32Array | null = null;
  readonly #orders = new Map<string, Uint32Array>();
  readonly #plays = new Map<string, Play>();

  constructor({ name, spec, hashSecret, keys }: ThreadTask) {
    const { addon, absent } = loadAddon();
    if (addon === undefined) throw new Error(absent);
    this.#gate = attachGate(addon, name, spec, hashSecret);
    this.#keys = keyList(keys);
  }

  /** @returns the loop of this form over keys of this skew, which V8 has compiled by then unless the clock stands still. */
  play({ form, skew, nowUs }: ThreadTask): Play {
    const name = `${form} ${skew}`;
    const known = this.#plays.get(name);
    if (known !== undefined) return known;
    const order = this.#orders.get(skew) ?? drawOrder(this.#keys.length, skew, ORDER_LENGTH);
    this.#orders.set(skew, order);
    const play = this.#open(form, order);
    // With the clock at rest every admission is counted, and none may be had beforehand.
    if (nowUs === null) play(0, WARM_DECISIONS, null);
    this.#plays.set(name, play);
    return play;
  }

  #open(form: ThreadForm, order: Uint32Array): Play {
    if (form === 'call') return ownCopy(callLoop)(this.#gate, this.#keys, order, Decision.admitted);
    this.#callers ??= Uint32Array.from(this.#keys, (key) => this.#gate.internCaller('', key, ''));
    const callers = this.#callers;
    if (form === 'interned') return ownCopy(internedLoop)(this.#gate, callers, order, Decision.admitted);
    const called = order.map((key) => callers[key] as number);
    return ownCopy(batchLoop)(this.#gate, batchesOf(called, BATCH_SIZE), BATCH_SIZE, Decision.admitted);
  }
}

/** Of the last gate only: keys of several would fill the heap. */
let post: { readonly name: string; readonly post: Post } | null = null;

export default function decideInThread(task: ThreadTask): ThreadResult {
  if (post?.name !== task.name) post = { name: task.name, post: new Post(task) };
  const play = post.post.play(task);
  meet(task.barrier, task.threads);
  const from = (ORDER_LENGTH / task.threads) * task.thread;
  const beganNs = process.hrtime.bigint();
  const admitted = play(from, task.decisions, task.nowUs);
  return { beganNs, endedNs: process.hrtime.bigint(), admitted };
}

/** Returns when all threads have come. */
function meet(barrier: Int32Array, threads: number): void {
  let ready = Atomics.add(barrier, 0, 1) + 1;
  Atomics.notify(barrier, 0);
  while (ready < threads) {
    if (Atomics.wait(barrier, 0, ready, WAIT_MS_MAX) === 'timed-out') throw new Error('another thread has not come');
    ready = Atomics.load(barrier, 0);
  }
}
