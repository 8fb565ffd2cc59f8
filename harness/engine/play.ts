/**
 * Plays a plan against an HTTP target: starts the worker threads, gives them one start moment, writes what they observe
 * to disk as it comes, and counts it for whoever watches. Ends when every request is concluded, or soon after `stop`.
 */
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { FloodproofError } from '../errors.js';
import type { ObservationBatch, ObservationSource } from '../judge/observation.js';
import type { GeneratorResult } from '../judge/verdict.js';
import { type Plan, planEndUs } from '../scenario/plan.js';
import { redacted, secretsOf } from '../targets/http/adapted/holders.js';
import type { TlsSettings } from '../targets/http/tls.js';
import type { CheckedTarget } from '../targets/loopback.js';
import type { IdentityTransport } from '../targets/source-address.js';
import { loadTraces } from '../trace/load-traces.js';
import type { LoadedTrace, TraceSummary } from '../trace/loaded-trace.js';
import { accountForGenerator, type MachineSecond } from './generator-account.js';
import type { HealthSecond } from './health.js';
import { LiveTally } from './live-tally.js';
import { makeFolder } from './record/make-folder.js';
import { mergedObservations, ObservationFile } from './record/observation-file.js';
import { StolenCpu } from './stolen-cpu.js';
import { monotonicUs } from './wall-clock.js';
import type { AdaptedTask, FromWorker, ToWorker, WorkerResult, WorkerTask } from './worker.js';

export interface PlayOptions {
  readonly plan: Plan;
  readonly seed: number;
  readonly workers: number;
  readonly engine: 'native' | 'ts';
  readonly target: CheckedTarget;
  readonly transport: IdentityTransport;
  /** Where the observation files go; made when it is not there. */
  readonly folder: string;
  /** Arrivals at most, over all workers; null = the whole schedule. */
  readonly arrivalsMax: number | null;
  /** Closed loop with this many requests at once a worker, instead of the schedule's times; null = open loop. */
  readonly closedLoop: number | null;
  /** Path with query of every request, in place of what the behaviours ask for; left out = theirs. */
  readonly path?: string;
  /** Somebody's own API; null or left out = the actors' own. */
  readonly adapted?: AdaptedTask | null;
  readonly tls?: TlsSettings | null;
  /** Aborted: the load stops at once. */
  readonly stop: AbortSignal;
  /** Called about four times a second. */
  readonly onProgress: (progress: Progress) => void;
  /** Given each batch of rows as it comes, before the judge has any; the columns are used again as soon as it returns. */
  readonly onRows?: (batch: ObservationBatch) => void;
}

export interface Progress {
  /** Since the start of the warm-up. */
  readonly elapsedUs: number;
  readonly totalUs: number;
  readonly tally: LiveTally;
  /** Own dispatch delay of the last whole second, p99. */
  readonly ownDelayMsP99: number;
  /** What the threads have told of their seconds so far, in the order of telling; the array grows. Empty in virtual time. */
  readonly seconds: readonly HealthSecond[];
  readonly machine: readonly MachineSecond[];
}

export interface Played {
  readonly observations: ObservationSource;
  /** Files behind `observations`. */
  readonly files: readonly string[];
  readonly generator: GeneratorResult;
  readonly seconds: readonly HealthSecond[];
  readonly machine: readonly MachineSecond[];
  readonly tally: LiveTally;
  readonly isInterrupted: boolean;
  readonly durationUs: number;
  /** Of each of the plan's traces, what was loaded; left out = there are none. */
  readonly traces?: readonly TraceSummary[];
}

const PROGRESS_MS = 250;
/** Threads tell of their health every second. */
const SILENCE_MS = 20_000;
/** Between "all are ready" and the first moment of the warm-up. */
const START_DELAY_US = 20_000;

/** @throws {FloodproofError} FP_FILE_UNREADABLE or FP_FILE_INVALID for a trace, FP_DISK for the record. */
export async function play(options: PlayOptions): Promise<Played> {
  const run = new PlayedRun(options, await loadTraces(options.plan, { seed: options.seed }));
  return await run.play();
}

class PlayedRun {
  private readonly options: PlayOptions;
  private readonly traces: readonly LoadedTrace[];
  private readonly tally: LiveTally;
  private readonly seconds: HealthSecond[] = [];
  private readonly machine: MachineSecond[] = [];
  private readonly files: ObservationFile[] = [];
  private readonly ports: MessagePort[] = [];
  private startUs = 0;
  private failure: unknown = null;
  /** By worker, when it was started or heard last. */
  private readonly lastHeardMs = new Map<number, number>();
  private breakSilence: (error: FloodproofError) => void = () => undefined;
  private readonly silence = new Promise<never>((_, reject) => {
    this.breakSilence = reject;
  });
  private isInterrupted = false;

  constructor(options: PlayOptions, traces: readonly LoadedTrace[]) {
    this.options = options;
    this.traces = traces;
    this.tally = new LiveTally(options.plan);
    this.silence.catch(() => undefined);
  }

  async play(): Promise<Played> {
    const { options } = this;
    makeFolder(options.folder, `the folder ${options.folder}`);
    const pool = new Piscina<WorkerTask, WorkerResult>({
      filename: new URL('./worker.js', import.meta.url).href,
      minThreads: options.workers,
      maxThreads: options.workers,
      concurrentTasksPerWorker: 1,
      // A thread that waits in Atomics between tasks would hold back the last messages of the one that it has ended.
      atomics: 'disabled',
    });
    const watch = setInterval(() => this.watch(), PROGRESS_MS);
    const onStop = (): void => this.stop(true);
    try {
      const ready: Promise<void>[] = [];
      const results: Promise<WorkerResult>[] = [];
      for (let worker = 0; worker < options.workers; worker++) {
        const started = this.startWorker(pool, worker);
        ready.push(started.ready);
        results.push(started.result);
      }
      const ended = Promise.all(results);
      await Promise.race([Promise.all(ready), ended, this.silence]);
      this.startUs = monotonicUs() + START_DELAY_US;
      options.stop.addEventListener('abort', onStop, { once: true });
      this.tell({ kind: 'start', startUs: this.startUs });
      if (options.stop.aborted) onStop();
      const ownDelays = (await Promise.race([ended, this.silence])).map((result) => result.ownDelays);
      if (this.failure !== null) throw this.failure;
      return this.finish(ownDelays);
    } finally {
      clearInterval(watch);
      options.stop.removeEventListener('abort', onStop);
      for (const port of this.ports) port.close();
      for (const file of this.files) file.close();
      await pool.destroy();
    }
  }

  private startWorker(
    pool: Piscina<WorkerTask, WorkerResult>,
    worker: number,
  ): { ready: Promise<void>; result: Promise<WorkerResult> } {
    const { options } = this;
    const { port1, port2 } = new MessageChannel();
    const file = new ObservationFile(join(options.folder, `observations.${worker}.arrows`));
    this.files.push(file);
    this.ports.push(port1);
    const { arrivalsMax, workers } = options;
    this.lastHeardMs.set(worker, performance.now());
    const task: WorkerTask = {
      plan: options.plan,
      seed: options.seed,
      worker,
      workers,
      target: options.target,
      transport: options.transport,
      engine: options.engine,
      arrivalsMax:
        arrivalsMax === null ? null : Math.floor(arrivalsMax / workers) + (worker < arrivalsMax % workers ? 1 : 0),
      closedLoop: options.closedLoop,
      ...(options.path === undefined ? {} : { path: options.path }),
      adapted: options.adapted ?? null,
      tls: options.tls ?? null,
      traces: this.traces.map(({ offsetsUs, who, keptShare, requests = null }) => ({
        offsetsUs,
        who,
        keptShare,
        requests,
      })),
      port: port2,
    };
    let drain: () => void = () => undefined;
    const drained = new Promise<void>((resolve) => {
      drain = resolve;
    });
    const ready = new Promise<void>((resolve) => {
      port1.on('message', (message: FromWorker) => {
        this.lastHeardMs.set(worker, performance.now());
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'broken') this.break(message);
        else if (message.kind === 'health') this.seconds.push(...message.seconds);
        else if (message.kind === 'done') drain();
        else this.take(file, port1, message);
      });
    });
    // The last rows arrive on the port, the result by the pool: both must be in.
    const result = pool.run(task, { transferList: [port2] }).then(async (value) => {
      await drained;
      return value;
    });
    // Nobody waits for it yet, and nobody will when a later worker can't be started: that is the error to be told then.
    result.catch(() => undefined);
    return { ready, result };
  }

  private take(file: ObservationFile, port: MessagePort, message: Extract<FromWorker, { kind: 'rows' }>): void {
    const { rows, columns } = message;
    this.tally.add(rows, columns);
    if (this.failure !== null) return;
    try {
      file.append(columns, rows);
    } catch (cause) {
      // Without a record there is no verdict: end the load now, report when the workers are in.
      this.failure = cause;
      this.stop(false);
      return;
    }
    this.options.onRows?.({ rows, columns });
    const recycle: ToWorker = { kind: 'recycle', columns };
    port.postMessage(recycle, [columns.intendedUs.buffer as ArrayBuffer]);
  }

  /** Without requests there is nothing to judge: end now, and say why. */
  private break({ code, message, hint }: Extract<FromWorker, { kind: 'broken' }>): void {
    const secrets = secretsOf(this.options.adapted?.secrets ?? { holders: null, environment: {} });
    this.failure ??= new FloodproofError(code, redacted(message, secrets), { hint: redacted(hint, secrets) });
    this.stop(false);
  }

  /** A thread that says nothing is in a module that does not return, since nothing else of it takes so long. */
  private listen(): void {
    const { sign } = this.options.adapted?.adapter ?? {};
    if (sign?.kind !== 'module') return;
    const now = performance.now();
    if (![...this.lastHeardMs.values()].some((heardMs) => now - heardMs > SILENCE_MS)) return;
    const message = `the signing module ${sign.file} has not returned for ${SILENCE_MS / 1000} s`;
    this.breakSilence(new FloodproofError('FP_ADAPTER_MODULE', message));
  }

  private tell(message: ToWorker): void {
    for (const port of this.ports) port.postMessage(message);
  }

  private stop(isInterrupted: boolean): void {
    if (isInterrupted) this.isInterrupted = true;
    this.tell({ kind: 'stop' });
  }

  private stolen = new StolenCpu();
  private lastMachineSecond = Number.NEGATIVE_INFINITY;

  private watch(): void {
    this.listen();
    if (this.startUs === 0) return;
    const elapsedUs = monotonicUs() - this.startUs;
    const second = Math.floor(elapsedUs / 1e6);
    if (second > this.lastMachineSecond) {
      this.lastMachineSecond = second;
      this.machine.push({ second: second - 1, stolenCpuShare: this.stolen.share() });
    }
    const lastSeconds = this.seconds.slice(-this.options.workers);
    this.options.onProgress({
      elapsedUs: Math.max(0, elapsedUs),
      totalUs: planEndUs(this.options.plan),
      tally: this.tally,
      ownDelayMsP99: Math.max(0, ...lastSeconds.map((row) => row.ownDelayUsP99)) / 1000,
      seconds: this.seconds,
      machine: this.machine,
    });
  }

  private finish(ownDelays: readonly string[]): Played {
    const { tally, seconds, machine } = this;
    const files = this.files.map((file) => file.path);
    return {
      observations: mergedObservations(files),
      files,
      generator: accountForGenerator(this.options.plan, {
        seconds,
        machine,
        ownDelays,
        asked: tally.asked,
        sent: tally.sent,
        answered: tally.answered,
        targetWaitMsP99: tally.targetWaitMsP99,
      }),
      seconds,
      machine,
      tally,
      isInterrupted: this.isInterrupted,
      durationUs: monotonicUs() - this.startUs,
      traces: this.traces.map(({ summary }) => summary),
    };
  }
}
