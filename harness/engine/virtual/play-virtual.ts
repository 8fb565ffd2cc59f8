/** Plays a plan in virtual time against a server of this process, as fast as it goes or at a pace, and keeps its record. */
import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { BehaviourContext, CaptureRing } from '../../actors/actor.js';
import { followedRequests } from '../../actors/arrivals/followed.js';
import type { TraceTimes } from '../../actors/arrivals/trace.js';
import { BoundedCaptureRing } from '../../actors/capture-ring.js';
import { clockOffsetUs } from '../../actors/client-clock.js';
import { createBehaviour } from '../../actors/registry.js';
import { type Arrival, schedule } from '../../actors/schedule.js';
import type { World } from '../../actors/world.js';
import type { ObservationBatch } from '../../judge/observation.js';
import type { GeneratorResult } from '../../judge/verdict.js';
import type { Engine } from '../../native/engine.js';
import { type Plan, type Policy, planEndUs } from '../../scenario/plan.js';
import { CoreServer } from '../../targets/core/core-server.js';
import { loadTraces } from '../../trace/load-traces.js';
import { listenedActors } from '../dispatcher.js';
import { LiveTally } from '../live-tally.js';
import type { Played, Progress } from '../play.js';
import { Client } from './client.js';
import { Network } from './network.js';
import { RowRecorder } from './row-recorder.js';
import { MEMORY_ROWS, RowStore } from './row-store.js';
import { assertKeepable, REQUESTS_MAX, rowsMaxOf } from './size.js';
import { VirtualRun } from './virtual-run.js';

export interface PlayVirtualOptions {
  readonly plan: Plan;
  /** What the server enforces. */
  readonly policy: Policy;
  readonly seed: number;
  readonly world: World;
  readonly engine: Engine;
  /** Where rows go that are too many for memory; null = nowhere, all stay in memory. */
  readonly folder: string | null;
  /** Requests at most, retries and all; as many as fit on disk, or in memory without a folder, when left out. */
  readonly rowsMax?: number;
  /** Arrivals at most; null = the whole schedule. */
  readonly arrivalsMax: number | null;
  /** Run time that passes in a second of real time; infinity = as fast as it goes. */
  readonly speed: number;
  readonly stop: AbortSignal;
  /** Called about four times a second. */
  readonly onProgress: (progress: Progress) => void;
  /** Given each batch of rows as it comes, before the judge has any. */
  readonly onRows?: (batch: ObservationBatch) => void;
}

export interface PlayedVirtual extends Played {
  readonly decisionHash: string;
  readonly rows: number;
  /** The longest time between sending and decision. */
  readonly latestDecisionUs: number;
  /** Real time that it took. */
  readonly realMs: number;
}

const CAPTURES_KEPT = 1024;
/** Events between two looks at the clock: well below a millisecond, whatever they are about. */
const EVENTS_AT_ONCE = 512;
/** How long the loop of this thread is held up at most, so that an interrupt is heard. */
const SLICE_MS = 20;
const PROGRESS_MS = 250;

/**
 * @throws {FloodproofError} FP_GATE_INVALID; FP_FILE_UNREADABLE or FP_FILE_INVALID for a trace; FP_DISK; FP_USAGE when
 *   it makes more requests than can be kept.
 */
export async function playVirtual(options: PlayVirtualOptions): Promise<PlayedVirtual> {
  const { plan, stop } = options;
  const { rowsMax = rowsMaxOf(options.folder === null ? MEMORY_ROWS : REQUESTS_MAX) } = options;
  const startedMs = performance.now();
  const store = new RowStore(options.folder);
  const tally = new LiveTally(plan);
  const keep = (batch: ObservationBatch): void => {
    store.add(batch);
    assertKeepable(plan.name, store.rows, rowsMax);
  };
  const recorder = new RowRecorder(keep, (batch) => {
    tally.add(batch.rows, batch.columns);
    options.onRows?.(batch);
  });
  const traces = await loadTraces(plan, { seed: options.seed });
  const run = prepareRun({ ...options, traces }, recorder);
  let isInterrupted: boolean;
  try {
    isInterrupted = await advance(run, options, () => {
      recorder.show();
      const { nowUs: elapsedUs } = run;
      const totalUs = planEndUs(plan);
      options.onProgress({ elapsedUs, totalUs, tally, ownDelayMsP99: 0, seconds: [], machine: [] });
    });
    if (isInterrupted) run.stop();
    recorder.flush();
  } finally {
    store.close();
  }
  return {
    observations: store.source,
    files: store.files,
    rows: store.rows,
    generator: healthy(tally),
    seconds: [],
    machine: [],
    tally,
    isInterrupted: isInterrupted || stop.aborted,
    durationUs: isInterrupted ? run.nowUs : Math.max(run.nowUs, planEndUs(plan)),
    decisionHash: run.decisionHash,
    latestDecisionUs: run.latestDecisionUs,
    realMs: performance.now() - startedMs,
    traces: traces.map(({ summary }) => summary),
  };
}

/** A run before its first event. */
export function prepareRun(
  options: Pick<PlayVirtualOptions, 'plan' | 'policy' | 'seed' | 'world' | 'engine' | 'arrivalsMax'> & {
    readonly traces?: readonly TraceTimes[];
  },
  recorder: RowRecorder,
): VirtualRun {
  const { plan, policy, seed, world, engine, arrivalsMax, traces = [] } = options;
  const server = new CoreServer({ plan, policy, seed, world, engine });
  const listened = listenedActors(plan.actors);
  const captures: (CaptureRing | null)[] = plan.actors.map((_, index) =>
    listened.has(index) ? new BoundedCaptureRing(CAPTURES_KEPT) : null,
  );
  const behaviours = plan.actors.map((actor) => {
    const source = plan.actors.findIndex((other) => other.name === actor.params.source);
    const context: BehaviourContext = {
      seed,
      world,
      captured: captures[source] ?? null,
      requests: followedRequests(actor, traces),
    };
    return createBehaviour(actor, plan, context);
  });
  const client = new Client({
    plan,
    sign: (keyId, text) => server.sign(keyId, text),
    clockOffsetUs: (identity, runUs) => clockOffsetUs(plan, seed, identity, runUs),
  });
  const arrivals = schedule({ plan, seed, worker: 0, workers: 1, traces });
  return new VirtualRun({
    plan,
    world,
    server,
    client,
    network: new Network(plan.virtual, seed),
    behaviours,
    captures,
    schedule: arrivalsMax === null ? arrivals : atMost(arrivals, arrivalsMax),
    recorder,
  });
}

/** @returns whether it was stopped before its end. */
async function advance(run: VirtualRun, { speed, stop }: PlayVirtualOptions, tell: () => void): Promise<boolean> {
  const startedMs = performance.now();
  const untilUs = (): number =>
    speed === Number.POSITIVE_INFINITY ? speed : (performance.now() - startedMs) * 1000 * speed;
  let toldMs = startedMs;
  let isGoingOn = true;
  while (isGoingOn) {
    const sliceEndMs = performance.now() + SLICE_MS;
    let reachedUs = untilUs();
    while (isGoingOn && performance.now() < sliceEndMs && run.nowUs <= reachedUs) {
      const before = run.nowUs;
      isGoingOn = run.advance(reachedUs, EVENTS_AT_ONCE);
      if (run.nowUs === before && speed !== Number.POSITIVE_INFINITY) break;
      reachedUs = untilUs();
    }
    if (performance.now() - toldMs >= PROGRESS_MS) {
      toldMs = performance.now();
      tell();
    }
    if (!isGoingOn) break;
    if (speed === Number.POSITIVE_INFINITY) await setImmediate();
    else await setTimeout(1);
    if (stop.aborted) return true;
  }
  tell();
  return false;
}

function* atMost(arrivals: Iterator<Arrival>, count: number): Generator<Arrival> {
  for (let i = 0; i < count; i++) {
    const next = arrivals.next();
    if (next.done) return;
    yield next.value;
  }
}

/** Virtual time waits for nobody, so its generator is never late. */
function healthy(tally: LiveTally): GeneratorResult {
  const { asked, sent, answered } = tally;
  return { asked, sent, answered, ownDelayMsP99: 0, targetWaitMsP99: 0, worstSecond: null, faults: [] };
}
