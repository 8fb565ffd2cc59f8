/** The task of one pool thread: builds its share of the run, says "ready", plays from the start moment that it is told. */
import { availableParallelism } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { BehaviourContext, CaptureRing } from '../actors/actor.js';
import { followedRequests } from '../actors/arrivals/followed.js';
import type { TraceTimes } from '../actors/arrivals/trace.js';
import { BoundedCaptureRing } from '../actors/capture-ring.js';
import { clockOffsetUs } from '../actors/client-clock.js';
import { buildWorld } from '../actors/identities/world.js';
import { createBehaviour } from '../actors/registry.js';
import { type Arrival, schedule } from '../actors/schedule.js';
import type { World } from '../actors/world.js';
import { type ErrorCode, FloodproofError } from '../errors.js';
import type { ObservationColumns } from '../judge/observation.js';
import { openEngine } from '../native/engine.js';
import type { Adapter } from '../scenario/adapter.js';
import { compileAuth } from '../scenario/compile.js';
import type { Plan, Policy } from '../scenario/plan.js';
import { requestClasses } from '../scenario/plan.js';
import type { Sign } from '../signing/hmac-lines.js';
import { credentialFrom } from '../signing/keys/credential.js';
import type { SigningProfile } from '../signing/profile.js';
import { profileOf } from '../signing/profiles.js';
import { AdaptedTarget } from '../targets/http/adapted/adapted-target.js';
import type { AdapterSecrets } from '../targets/http/adapted/holders.js';
import { FlightSender } from '../targets/http/sender.js';
import type { TlsSettings } from '../targets/http/tls.js';
import type { CheckedTarget } from '../targets/loopback.js';
import type { IdentityTransport } from '../targets/source-address.js';
import { loadSignFunction } from '../targets/user/user-module.js';
import { Dispatcher, listenedActors, openShare } from './dispatcher.js';
import { type HealthSecond, HealthWatch } from './health.js';
import { fixedPath } from './probe/fixed-path.js';
import { Recorder } from './recorder.js';
import { monotonicUs, RunClock } from './wall-clock.js';

export interface WorkerTask {
  readonly plan: Plan;
  readonly seed: number;
  readonly worker: number;
  readonly workers: number;
  readonly target: CheckedTarget;
  readonly transport: IdentityTransport;
  readonly engine: 'native' | 'ts';
  /** Arrivals of this worker at most; null = all of the schedule. */
  readonly arrivalsMax: number | null;
  readonly closedLoop: number | null;
  /** See `PlayOptions.path`. */
  readonly path?: string;
  /** Somebody's own API; null or left out = the actors' own. */
  readonly adapted?: AdaptedTask | null;
  readonly tls?: TlsSettings | null;
  /** What was loaded of `plan.traces`; all workers share its memory. */
  readonly traces: readonly TraceTimes[];
  readonly port: MessagePort;
}

/** An adapter with what it needs for this run. */
export interface AdaptedTask {
  readonly adapter: Adapter;
  readonly secrets: AdapterSecrets;
}

export type FromWorker =
  /** Nothing can be sent any more, and what was open is taken back. */
  | { readonly kind: 'broken'; readonly code: ErrorCode; readonly message: string; readonly hint: string }
  | { readonly kind: 'ready' }
  | { readonly kind: 'rows'; readonly rows: number; readonly columns: ObservationColumns }
  | { readonly kind: 'health'; readonly seconds: readonly HealthSecond[] }
  /** The last message: everything before it has been handed on. */
  | { readonly kind: 'done' };

export type ToWorker =
  | { readonly kind: 'start'; readonly startUs: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'recycle'; readonly columns: ObservationColumns };

export interface WorkerResult {
  /** Own dispatch delays of the measured requests, an encoded HdrHistogram. */
  readonly ownDelays: string;
}

const FLUSH_MS = 250;
const HEALTH_MS = 1000;
/** Signature numbers of one worker: 2^26 signed requests. */
const SIGNATURES_PER_WORKER = 2 ** 26;
const CAPTURES_KEPT = 1024;

/** Where nothing is signed nothing asks for it. */
function signingProfile({ auth }: Policy): SigningProfile {
  return auth === null ? profileOf('hmac-lines') : profileOf(auth.profile, auth);
}

function createSigner(engine: WorkerTask['engine'], policy: Policy, world: World): Sign {
  // It only signs, so it needs no memory for signatures that were used.
  const auth = policy.auth === null ? null : { ...compileAuth(policy.auth), replayCapacity: null };
  const gate = openEngine(engine).createGate({ classes: requestClasses, limits: [], auth, originUs: 0 });
  const profile = signingProfile(policy);
  for (const { keyId, secret, account } of world.registered) {
    if (keyId === '') continue;
    // Who proves himself otherwise than by a MAC needs none, and the gate is not asked.
    if (profile.kind === 'hmac') gate.addKey(keyId, credentialFrom(profile, { keyId, secret }).secret, account);
  }
  return (keyId, text) => gate.sign(keyId, text);
}

function* atMost(arrivals: Iterator<Arrival>, count: number): Generator<Arrival> {
  for (let i = 0; i < count; i++) {
    const next = arrivals.next();
    if (next.done) return;
    yield next.value;
  }
}

/** By the policy; and one where the addresses travel that way for want of source addresses. */
function trustedHops({ plan, transport }: WorkerTask): number {
  const { clientIp } = plan.policy;
  if (clientIp.from === 'trusted-hop') return clientIp.hops;
  return transport === 'trusted-hop' ? 1 : 0;
}

/**
 * Identities are dealt to the workers, so an address that several of them share may be used by every worker: each has its
 * part of the connections then.
 */
function connectionShare({ actors, request }: Plan, actor: number, workers: number): number {
  const isShared = (actors[actor]?.identitiesPerAddress ?? 1) > 1;
  return isShared ? Math.max(1, Math.floor(request.connectionsPerIp / workers)) : request.connectionsPerIp;
}

async function openAdapted({ adapted = null, plan }: WorkerTask, world: World): Promise<AdaptedTarget | null> {
  if (adapted === null) return null;
  const { adapter, secrets } = adapted;
  const signFunction = adapter.sign.kind === 'module' ? await loadSignFunction(adapter.sign.file) : null;
  const { policy } = plan;
  return new AdaptedTarget({ adapter, secrets, world, policy, signFunction, wallMs: () => Date.now() });
}

interface DispatcherSetting {
  readonly clock: RunClock;
  readonly recorder: Recorder;
  readonly health: HealthWatch;
  readonly onBroken: (error: unknown) => void;
}

async function buildDispatcher(task: WorkerTask, setting: DispatcherSetting): Promise<Dispatcher> {
  const { clock, recorder, health, onBroken } = setting;
  const { plan, seed, worker, workers, target } = task;
  const world = buildWorld(plan, seed);
  const adapted = await openAdapted(task, world);
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
      requests: followedRequests(actor, task.traces),
    };
    const behaviour = createBehaviour(actor, plan, context);
    return task.path === undefined ? behaviour : fixedPath(behaviour, task.path);
  });
  const sender = new FlightSender({
    origin: target.origin,
    host: target.host,
    basePath: target.basePath,
    transport: task.transport,
    trustedHops: trustedHops(task),
    mark: target.consent?.mark ?? null,
    connectionsPerIp: (actor) => connectionShare(plan, actor, workers),
    connectTimeoutMs: Math.max(1, Math.ceil(plan.request.timeoutUs / 1000)),
    sign: createSigner(task.engine, task.plan.policy, world),
    profile: signingProfile(plan.policy),
    wallMs: () => Date.now(),
    wallUs: () => Math.floor((performance.timeOrigin + performance.now()) * 1000),
    clockOffsetUs: (identity, nowUs) => clockOffsetUs(plan, seed, identity, nowUs),
    windowMs: Math.floor((plan.policy.auth?.windowUs ?? 5_000_000) / 1000),
    noncePrefix: `${worker.toString(36)}-`,
    keepFor: listened,
    adapted,
    onBroken,
    tls: task.tls ?? null,
    freshFor: new Set(plan.actors.flatMap(({ connection }, index) => (connection === 'fresh' ? [index] : []))),
  });
  const arrivals = schedule({ plan, seed, worker, workers, traces: task.traces });
  return new Dispatcher({
    plan,
    world,
    behaviours,
    captures,
    schedule: task.arrivalsMax === null ? arrivals : atMost(arrivals, task.arrivalsMax),
    sender,
    recorder,
    health,
    openMax: openShare(plan, workers),
    signatureBase: worker * SIGNATURES_PER_WORKER,
    clock,
    closedLoop: task.closedLoop,
    adapted,
    // One core at least is left to the target, which may be on this machine.
    staysAwake: workers < availableParallelism(),
  });
}

/** Plays the task to its end. */
export default async function play(task: WorkerTask): Promise<WorkerResult> {
  const { port } = task;
  const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const recorder = new Recorder((rows, columns) => {
    // All columns share one piece of memory.
    post({ kind: 'rows', rows, columns }, [columns.intendedUs.buffer as ArrayBuffer]);
  });
  const clock = new RunClock();
  const health = new HealthWatch(clock, task.plan.warmupUs);
  const onBroken = (error: unknown): void => {
    if (!(error instanceof FloodproofError)) throw error;
    const { code, message, hint } = error;
    post({ kind: 'broken', code, message, hint });
    dispatcher.stop();
  };
  let dispatcher: Dispatcher;
  try {
    dispatcher = await buildDispatcher(task, { clock, recorder, health, onBroken });
  } catch (error) {
    if (!(error instanceof FloodproofError)) throw error;
    // Its code would be lost on the way as an exception.
    post({ kind: 'broken', code: error.code, message: error.message, hint: error.hint });
    post({ kind: 'done' });
    port.close();
    return { ownDelays: encodeIntoCompressedBase64(health.delays) };
  }
  await dispatcher.ready();
  const started = new Promise<number>((resolve) => {
    port.on('message', (message: ToWorker) => {
      if (message.kind === 'start') resolve(message.startUs);
      else if (message.kind === 'recycle') recorder.recycle(message.columns);
      else {
        dispatcher.stop();
        resolve(monotonicUs());
      }
    });
  });
  post({ kind: 'ready' });
  clock.start(await started);
  const flush = setInterval(() => recorder.flush(), FLUSH_MS);
  const watch = setInterval(() => post({ kind: 'health', seconds: health.tick() }), HEALTH_MS);
  try {
    // Stopped before it began: the dispatcher has nothing open and ends at once.
    await dispatcher.run();
  } finally {
    clearInterval(flush);
    clearInterval(watch);
    recorder.flush();
    post({ kind: 'health', seconds: health.finish() });
    post({ kind: 'done' });
    port.close();
  }
  return { ownDelays: encodeIntoCompressedBase64(health.delays) };
}
