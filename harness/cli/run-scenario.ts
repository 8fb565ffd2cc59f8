/** One scenario from plan to verdict: gateway up, traffic, record, judgement, everything saved in the run folder. */
import { buildWorld } from '../actors/identities/world.js';
import { runControls } from '../engine/controls/run-controls.js';
import { type Played, type Progress, play } from '../engine/play.js';
import { CORE_TARGET, RunFolder, type RunRecord } from '../engine/record/run-folder.js';
import { launchRelay } from '../engine/relay/launch-relay.js';
import { FloodproofError } from '../errors.js';
import { type LaunchedGateway, launchGateway } from '../gateway/launch.js';
import type { Controls } from '../judge/controls.js';
import type { ObservationBatch } from '../judge/observation.js';
import type { VerdictDocument } from '../judge/verdict.js';
import { openEngine } from '../native/engine.js';
import type { Plan, Policy, Weakness } from '../scenario/plan.js';
import { shakeHands } from '../targets/handshake.js';
import type { TlsSettings } from '../targets/http/tls.js';
import { type CheckedTarget, checkTarget } from '../targets/loopback.js';
import { assertReachable } from '../targets/reachable.js';
import { findIdentityTransport, type IdentityTransport } from '../targets/source-address.js';
import { type AdaptedRun, openAdaptedRun } from './adapted-run.js';
import { delayNote } from './delay.js';
import { type Pinning, pinGenerator } from './pinning.js';
import type { PlannedRun } from './planned-run.js';
import { consentNotes, consentQuestion, judgedFromOneAddress, transportTo, watchGranted } from './run-consent.js';
import { judgePlayed, saveRun, traceNotes } from './saved-run.js';
import { readTls } from './tls-files.js';
import { runVirtual } from './virtual-scenario.js';

export interface ScenarioHooks {
  readonly stop: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Given the rows as they come, see `PlayOptions`; left out = nobody watches. */
  readonly onRows?: (batch: ObservationBatch) => void;
  /** Told what the hooks of an adapter say. */
  readonly onNote: (line: string) => void;
  /** Told as soon as the run folder is made. */
  readonly onFolder: (folder: string) => void;
  /** Whether two short runs are played beside it, see `runControls`. */
  readonly controls: boolean;
  /** Run time that passes in a second of real time, in virtual time; infinity = as fast as it goes. */
  readonly speed: number;
  /** The command that plays a run folder again. */
  readonly replayCommand: (folder: string) => string;
}

/** What serves the run, and how to end it. */
interface OpenTarget {
  readonly target: CheckedTarget;
  readonly ended: Promise<FloodproofError | null>;
  /** Over https: whom to trust and who we are. */
  readonly tls: TlsSettings | null;
  /** Done when what serves the run still does. @throws {FloodproofError} FP_GATEWAY_FAILED */
  assertAlive(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The last hop's entry stands in for the source address where the system has no other loopback addresses. By trusted
 * proxies a caller is told by its source address too, since no proxy stands between an actor and the gateway.
 */
function policyFor(policy: Policy, transport: IdentityTransport): Policy {
  const { from } = policy.clientIp;
  if (transport === 'source-address' || (from !== 'socket' && from !== 'trusted-proxies')) return policy;
  return { ...policy, clientIp: { from: 'trusted-hop', hops: 1 } };
}

type Setup = Pick<Stage, 'engine' | 'transport' | 'gatewayCore'>;

/** What serves the run, by way of a relay when the run wants one. */
async function openTarget(record: RunRecord, setup: Setup): Promise<OpenTarget> {
  const served = await openServer(record, setup);
  if (record.delay?.by !== 'relay') return served;
  try {
    if (served.target.sources === 'one') {
      const message = `--delay is for IPv4 loopback, and ${record.target} is not there`;
      throw new FloodproofError('FP_USAGE', message, {
        hint: 'leave --delay out: the way to this target is a real one',
      });
    }
    const relay = await launchRelay(served.target, record.delay.us);
    return {
      target: relay.target,
      tls: served.tls,
      ended: Promise.race([served.ended, relay.ended]),
      assertAlive: () => served.assertAlive(),
      close: async () => {
        await relay.close();
        await served.close();
      },
    };
  } catch (error) {
    await served.close();
    throw error;
  }
}

async function openServer(record: RunRecord, { engine, transport, gatewayCore }: Setup): Promise<OpenTarget> {
  if (record.target !== 'gateway') return await openUrl(record);
  const gateway: LaunchedGateway = await launchGateway({
    policy: policyFor(record.gatewayPolicy ?? record.plan.policy, transport),
    engine,
    host: '127.0.0.1',
    port: 0,
    registered: buildWorld(record.plan, record.seed).registered,
    core: gatewayCore,
  });
  return {
    target: await checkTarget(gateway.url),
    tls: null,
    ended: gateway.ended,
    assertAlive: async () => void (await gateway.stats()),
    close: () => gateway.close(),
  };
}

/** A server of somebody's own, or, with his consent, of somebody else's: then it ends when the consent does. */
async function openUrl({ target: url, plan, adapter, tls: files }: RunRecord): Promise<OpenTarget> {
  const target = await checkTarget(url, consentQuestion([plan], files ?? null));
  await assertReachable(target.origin);
  const tls = readTls(files ?? null, target, adapter?.http2 ?? false);
  if (tls !== null) await shakeHands(target, tls);
  const assertAlive = async (): Promise<void> => undefined;
  if (target.consent === null) {
    const ended = new Promise<FloodproofError | null>(() => undefined);
    return { target, tls, ended, assertAlive, close: async () => undefined };
  }
  const { ended, watch } = watchGranted(target.consent, tls);
  return { target, tls, ended, assertAlive, close: async () => watch.close() };
}

/**
 * Plays one run and judges it.
 *
 * @param parent - the run folder is made in it.
 * @throws {FloodproofError} what prevented a verdict; the record so far stays in the run folder. FP_CONSENT_LOST when the
 * owner's consent ended: the folder has the verdict on what was played until then, which is "interrupted".
 */
export async function runScenario(run: PlannedRun, parent: string, hooks: ScenarioHooks): Promise<VerdictDocument> {
  const { record } = run;
  if (record.target === CORE_TARGET) return await runVirtual(run, parent, hooks);
  const opened = openEngine(record.engine);
  const transport = await findIdentityTransport();
  const startedAt = new Date();
  const folder = RunFolder.create(parent, record.plan.name, startedAt);
  hooks.onFolder(folder.path);
  folder.write('plan.json', `${JSON.stringify(record, null, 2)}\n`);
  const pinning = record.isPinned === true ? pinGenerator() : null;
  const stage = { engine: opened.engine, transport, folder: folder.path, gatewayCore: pinning?.gatewayCore ?? null };
  const controls = hooks.controls ? await playControls(record, stage, hooks.stop) : null;
  const open = await openTarget(record, stage);
  let adapted: AdaptedRun | null = null;
  try {
    adapted = await adaptedRun(record, hooks);
    const way = transportTo(open.target, transport);
    const playing = { ...stage, transport: way, open, adapted };
    const { played, lost } = await playUntilEnd(record, playing, hooks);
    const judged = judgedFromOneAddress(record, way);
    const stopped = lost === null ? [] : [`stopped: ${lost.message}`];
    const consent = [...consentNotes(open.target), ...stopped, ...judged.notes];
    const judgement = judgePlayed(judged.record, played, {
      engine: opened.engine,
      notes: [opened.note, ...consent, ...notesOf(record, way, pinning), ...traceNotes(played), ...run.notes].filter(
        (note) => note !== '',
      ),
      startedAt,
      replay: hooks.replayCommand(folder.path),
      controls,
    });
    saveRun(folder, { record: judged.record }, played, judgement);
    if (lost !== null) throw lost;
    return judgement.document;
  } finally {
    // In this order: what a hook takes back may have to be asked of the server.
    try {
      await adapted?.close();
    } finally {
      await open.close();
    }
  }
}

async function adaptedRun(record: RunRecord, { stop, onNote }: ScenarioHooks): Promise<AdaptedRun | null> {
  const { adapter, plan, seed, target } = record;
  if (adapter === undefined) return null;
  return await openAdaptedRun({ adapter, plan, seed, target, stop, note: onNote });
}

/** Before the run: a server of its own kind is a new one each time, one that lives on is left alone. */
async function playControls(
  record: RunRecord,
  stage: Omit<Stage, 'open' | 'adapted'>,
  stop: AbortSignal,
): Promise<Controls | null> {
  const { plan, seed, workers } = record;
  const openOwn = (controlled: Plan): Promise<OpenTarget> => openTarget({ ...record, plan: controlled }, stage);
  return await runControls({ plan, seed, workers, ...stage, stop }, record.target === 'gateway' ? openOwn : null);
}

interface Stage {
  readonly open: OpenTarget;
  /** null = the target speaks the actors' own API. */
  readonly adapted: AdaptedRun | null;
  readonly engine: 'native' | 'ts';
  readonly transport: IdentityTransport;
  readonly folder: string;
  /** null = where the system likes. */
  readonly gatewayCore: number | null;
}

interface PlayedToEnd {
  readonly played: Played;
  /** The consent of the target's owner ended while it was played, and the load at once with it; null = it did not. */
  readonly lost: FloodproofError | null;
}

/** @throws {FloodproofError} FP_GATEWAY_FAILED when the gateway ended before the load did: the load ends at once then. */
async function playUntilEnd(record: RunRecord, stage: Stage, hooks: ScenarioHooks): Promise<PlayedToEnd> {
  const stop = new AbortController();
  const forward = (): void => stop.abort();
  if (hooks.stop.aborted) forward();
  hooks.stop.addEventListener('abort', forward, { once: true });
  let failure = null as FloodproofError | null;
  void stage.open.ended.then((error) => {
    failure = error;
    if (error !== null) forward();
  });
  try {
    const played = await play({
      plan: record.plan,
      seed: record.seed,
      workers: record.workers,
      engine: stage.engine,
      target: stage.open.target,
      transport: stage.transport,
      folder: stage.folder,
      arrivalsMax: record.arrivalsMax,
      closedLoop: null,
      adapted: stage.adapted?.task ?? null,
      tls: stage.open.tls,
      stop: stop.signal,
      onProgress: hooks.onProgress,
      ...(hooks.onRows === undefined ? {} : { onRows: hooks.onRows }),
    });
    if (failure?.code === 'FP_CONSENT_LOST') return { played: { ...played, isInterrupted: true }, lost: failure };
    if (failure !== null) throw failure;
    // The end of a process is told some milliseconds after it: one that died under the last requests is not known yet.
    if (!played.isInterrupted) await stage.open.assertAlive();
    return { played, lost: null };
  } finally {
    hooks.stop.removeEventListener('abort', forward);
  }
}

/** Defects that show when clocks are stepped or servers restarted, which nobody does to a gateway over HTTP. */
const virtualWeaknesses: ReadonlySet<Weakness> = new Set(['wall-clock-limits', 'forgets-replays-on-restart']);

/** What was unlike a plain run, and changes how its verdict is read. */
function notesOf(record: RunRecord, transport: IdentityTransport, pinning: Pinning | null): string[] {
  const notes: string[] = [];
  if (pinning !== null) notes.push(pinning.note);
  if (record.delay !== undefined) notes.push(delayNote(record.delay));
  if (record.adapter !== undefined) notes.push(`spoken to, and read, by the adapter ${record.adapter.file}`);
  else if (record.target !== 'gateway') notes.push("spoken to in the house's API: no --adapter");
  if (transport === 'trusted-hop') {
    notes.push(
      "this system has no source addresses besides 127.0.0.1: identities' addresses travel as the last hop of X-Forwarded-For",
    );
  }
  if (record.gatewayPolicy !== null) {
    notes.push(`the gateway enforced ${record.gatewayPolicy.file}; the verdict is by ${record.plan.policy.file}`);
  }
  const unplayed = (record.gatewayPolicy ?? record.plan.policy).weaknesses.filter((weakness) =>
    virtualWeaknesses.has(weakness),
  );
  if (unplayed.length > 0 && record.target === 'gateway') {
    notes.push(`the weakness ${unplayed.join(', ')} is played in virtual time only (--target core)`);
  }
  if (record.arrivalsMax !== null) {
    notes.push(`the schedule was cut by --max-requests ${record.arrivalsMax}`);
  }
  if (record.workers > 1 && record.plan.actors.some(({ params }) => typeof params.source === 'string')) {
    notes.push(`with ${record.workers} workers, who captures requests of others hears those of its own thread only`);
  }
  return notes;
}
