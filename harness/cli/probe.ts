/** `floodproof probe`: how many requests a second a target answers, in a closed loop and in time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildWorld } from '../actors/identities/world.js';
import type { RegisteredAccount } from '../actors/world.js';
import { machineFacts } from '../bench/machine.js';
import type { Capacity } from '../engine/probe/capacity.js';
import { probe } from '../engine/probe/probe.js';
import { openPolicy, probedPolicy } from '../engine/probe/probe-plan.js';
import { makeFolder } from '../engine/record/make-folder.js';
import { type TlsFiles, writeWhole } from '../engine/record/run-folder.js';
import { ExitCode, FloodproofError } from '../errors.js';
import { launchGateway } from '../gateway/launch.js';
import { openEngine } from '../native/engine.js';
import { parseDuration } from '../scenario/durations.js';
import type { Policy } from '../scenario/plan.js';
import { loadScenario } from '../scenario/scenario.js';
import { shakeHands } from '../targets/handshake.js';
import type { TlsSettings } from '../targets/http/tls.js';
import { type CheckedTarget, checkTarget } from '../targets/loopback.js';
import { assertReachable } from '../targets/reachable.js';
import { findIdentityTransport } from '../targets/source-address.js';
import type { Console } from './console.js';
import { fileReader } from './file-reader.js';
import { catchInterrupt } from './interrupt.js';
import { loadPolicyFile } from './load.js';
import { capacityText, notesOf, stepLine, trialLine } from './probe-text.js';
import { assertTlsUsage, readTls } from './tls-files.js';

export interface ProbeFlags {
  /** "gateway", or a URL on loopback. */
  readonly target: string;
  readonly policy: string | null;
  readonly scenario: string | null;
  readonly path: string;
  readonly tls: TlsFiles | null;
  /** Never of use; null = left out. */
  readonly adapter: string | null;
  /** As they are written. */
  readonly p99: string;
  readonly time: string;
  readonly engine: 'auto' | 'native' | 'ts';
  readonly json: boolean;
  readonly out: string | null;
}

/** One core is left to the target. */
const WORKERS_MAX = 4;
const P99_US = { minUs: 1_000, maxUs: 10_000_000 };
const TIME_US = { minUs: 5_000_000, maxUs: 600_000_000 };

interface Probed {
  /** As a person names it. */
  readonly name: string;
  readonly target: CheckedTarget;
  readonly clientIp: Policy['clientIp'];
  readonly tls: TlsSettings | null;
  close(): Promise<void>;
}

/** @returns 0 when a rate was found, 5 when none held, 130 when it was interrupted. */
export async function probeCommand(flags: ProbeFlags, console: Console): Promise<number> {
  const p99BoundUs = readTime('--p99', flags.p99, P99_US);
  const timeUs = readTime('--time', flags.time, TIME_US);
  assertUsage(flags);
  if (flags.out !== null)
    makeFolder(dirname(flags.out), `the folder of ${flags.out}`, 'choose another file with --out');
  const opened = openEngine(flags.engine);
  if (opened.note !== '') console.note(opened.note);
  const machine = machineFacts(['autocannon', 'undici']);
  const interrupt = catchInterrupt(() => console.note('stopping: what was found so far is told'));
  const folder = mkdtempSync(join(tmpdir(), 'floodproof-probe-'));
  const probed = await openProbed(flags, opened.engine);
  try {
    const capacity = await probe({
      target: probed.target,
      clientIp: probed.clientIp,
      tls: probed.tls,
      path: flags.path,
      p99BoundUs,
      timeMs: timeUs / 1000,
      transport: await findIdentityTransport(),
      engine: opened.engine,
      workers: Math.min(WORKERS_MAX, Math.max(1, availableParallelism() - 1)),
      stop: interrupt.signal,
      folder,
      onStep: (step) => console.note(stepLine(step)),
      onTrial: (trial) => console.note(trialLine(trial)),
    });
    const document = documentOf(probed.name, flags.path, capacity, machine);
    if (flags.out !== null) writeWhole(flags.out, document);
    console.result(flags.json ? document : capacityText(probed.name, capacity));
    if (flags.out !== null) console.note(`saved in ${flags.out}`);
    if (interrupt.signal.aborted) return ExitCode.interrupted;
    return capacity.openLoopPerSecond === null ? ExitCode.inconclusive : ExitCode.pass;
  } finally {
    interrupt.release();
    rmSync(folder, { recursive: true, force: true });
    await probed.close();
  }
}

function readTime(option: string, text: string, range: { minUs: number; maxUs: number }): number {
  const parsed = parseDuration(text, range);
  if (parsed.ok) return parsed.value;
  throw new FloodproofError('FP_USAGE', `${option} ${parsed.complaint.message}`, {
    hint: 'write a duration, for example "50ms" or "30s"',
  });
}

/** @throws {FloodproofError} FP_USAGE */
function assertUsage({ target, policy, scenario, path, adapter, tls }: ProbeFlags): void {
  const refuse = (message: string, hint = 'see "floodproof probe --help"'): never => {
    throw new FloodproofError('FP_USAGE', message, { hint });
  };
  if (adapter !== null) {
    refuse('--adapter is for run and doctor: probe asks for one path, unsigned', 'name that path with --path');
  }
  assertTlsUsage(tls, target);
  if (policy !== null && scenario !== null) refuse('--policy and --scenario each name the policy: leave one out');
  if (target !== 'gateway' && (policy ?? scenario) !== null) {
    refuse('--policy and --scenario are for the embedded gateway; the target is a URL');
  }
  if (!/^\/[!-~]*$/.test(path)) refuse(`--path must begin with / and hold visible ASCII alone, got ${path}`);
}

async function openProbed(flags: ProbeFlags, engine: 'native' | 'ts'): Promise<Probed> {
  if (flags.target !== 'gateway') {
    const target = await checkTarget(flags.target, undefined, {
      option: '--target',
      names: ['gateway'],
      onlyNear: 'probe',
    });
    await assertReachable(target.origin);
    const tls = readTls(flags.tls, target, false);
    // Whom this refuses is not loaded: the closed loop looks at no certificate itself.
    if (tls !== null) await shakeHands(target, tls);
    return { name: flags.target, target, tls, clientIp: { from: 'socket' }, close: async () => undefined };
  }
  const { name, policy, registered } = openedPolicy(flags);
  const gateway = await launchGateway({
    policy: probedPolicy(policy),
    engine,
    host: '127.0.0.1',
    port: 0,
    registered,
  });
  const target = await checkTarget(gateway.url);
  return { name, target, tls: null, clientIp: policy.clientIp, close: () => gateway.close() };
}

function openedPolicy({ policy, scenario }: ProbeFlags): {
  name: string;
  policy: Policy;
  registered: Iterable<RegisteredAccount>;
} {
  if (policy !== null) {
    const loaded = loadPolicyFile(policy);
    return { name: `the gateway under ${policy}, which refuses nobody`, policy: loaded, registered: [] };
  }
  if (scenario !== null) {
    const plan = loadScenario(fileReader, scenario);
    const name = `the gateway under ${plan.policy.file}, which refuses nobody`;
    return { name, policy: plan.policy, registered: buildWorld(plan, 1).registered };
  }
  return { name: 'the gateway without limits', policy: openPolicy, registered: [] };
}

function documentOf(name: string, path: string, capacity: Capacity, machine: ReturnType<typeof machineFacts>): string {
  const document = {
    schema: 'floodproof/capacity/1',
    target: name,
    path,
    // What `run --capacity` reads.
    capacityPerSecond: capacity.openLoopPerSecond,
    ...capacity,
    notes: notesOf(capacity),
    machine,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
