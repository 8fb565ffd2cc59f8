/** `floodproof doctor`: asks a target one of each request, says how each answer was understood, and what is wrong. */
import { createSetting } from '../../actors/setting.js';
import type { TlsFiles } from '../../engine/record/run-folder.js';
import { ExitCode } from '../../errors.js';
import type { Adapter } from '../../scenario/adapter.js';
import { profileOf } from '../../signing/profiles.js';
import { type Handshake, shakeHands } from '../../targets/handshake.js';
import { AdaptedTarget } from '../../targets/http/adapted/adapted-target.js';
import type { SignFunction } from '../../targets/http/adapted/request-signer.js';
import type { TlsSettings } from '../../targets/http/tls.js';
import { type CheckedTarget, checkTarget } from '../../targets/loopback.js';
import { assertReachable } from '../../targets/reachable.js';
import { findIdentityTransport } from '../../targets/source-address.js';
import { SigningThread } from '../../targets/user/signing-thread.js';
import { type AdaptedRun, loadAdapterFile, openAdaptedRun } from '../adapted-run.js';
import type { Console } from '../console.js';
import { fileReader } from '../file-reader.js';
import { catchInterrupt } from '../interrupt.js';
import { questionOf, transportTo, watchGranted } from '../run-consent.js';
import { assertTlsUsage, readTls } from '../tls-files.js';
import { visible } from '../visible.js';
import { doctorDemand } from './doctor-demand.js';
import { Rounds } from './doctor-rounds.js';
import { clockFinding, connectionLines, type Finding, findingOf, visitLines } from './doctor-text.js';
import { firstTrials, hasStamp, orderTrials, type TrialSetting } from './doctor-trials.js';
import { type Visit, Visitor } from './doctor-visit.js';
import { type DoctorWorld, doctorWorld } from './doctor-world.js';

export interface DoctorFlags {
  readonly target: string;
  readonly adapter: string;
  /** A policy or scenario file; null = one is made up that fits the adapter. */
  readonly policy: string | null;
  readonly seed: number;
  readonly tls: TlsFiles | null;
}

const SEED_CLOCK_MS = 1_000;

/** @returns 0 when all was understood as it should be, 4 when not, 130 when it was interrupted. */
export async function doctorCommand(flags: DoctorFlags, console: Console): Promise<number> {
  assertTlsUsage(flags.tls, flags.target);
  const adapter = loadAdapterFile(flags.adapter);
  const asked = doctorWorld(adapter, flags.policy, fileReader, flags.seed);
  const target = await checkTarget(
    flags.target,
    questionOf([doctorDemand(adapter, asked.plan.policy.auth)], flags.tls),
    { option: '--target', names: [] },
  );
  await assertReachable(target.origin);
  const tls = readTls(flags.tls, target, adapter.http2);
  const handshake = tls === null ? null : await shakeHands(target, tls);
  const interrupt = catchInterrupt(() => console.note('stopping: hooks take back what they made'));
  const consent = target.consent === null ? null : watchGranted(target.consent, tls);
  const lost = new AbortController();
  void consent?.ended.then((error) => lost.abort(error));
  const stop = AbortSignal.any([interrupt.signal, lost.signal]);
  const { plan } = asked;
  const note = (line: string): void => console.note(visible(line));
  try {
    const run = await openAdaptedRun({
      ...{ adapter, plan, seed: flags.seed, target: flags.target, stop, note, mustFit: false },
    });
    try {
      const visits = await visitAll({ adapter, asked, target, tls, run, stop, note });
      // What ended it is the owner's word, and no answer of the target.
      if (lost.signal.aborted) throw lost.signal.reason;
      const code = tell({ adapter, asked, handshake, visits, redact: run.redact }, console);
      if (!interrupt.signal.aborted) return code;
      console.note('interrupted: not everything was asked');
      return ExitCode.interrupted;
    } catch (error) {
      throw run.safe(error);
    } finally {
      await run.close();
    }
  } finally {
    consent?.watch.close();
    interrupt.release();
  }
}

interface Practice {
  readonly adapter: Adapter;
  readonly asked: DoctorWorld;
  readonly target: CheckedTarget;
  readonly tls: TlsSettings | null;
  readonly run: AdaptedRun;
  readonly stop: AbortSignal;
  readonly note: (line: string) => void;
}

async function visitAll(practice: Practice): Promise<readonly Visit[]> {
  const { sign } = practice.adapter;
  if (sign.kind !== 'module') return await visitBy(practice, null);
  const { note, run } = practice;
  const thread = await SigningThread.open(sign.file, { note: (line) => note(run.redact(line)) });
  try {
    return await visitBy(practice, thread.sign);
  } finally {
    await thread.close();
  }
}

async function visitBy(practice: Practice, signFunction: SignFunction | null): Promise<readonly Visit[]> {
  const { adapter, asked, target, tls, run } = practice;
  const { plan, world, actor, identity } = asked;
  const { secrets } = run.task;
  const { policy } = plan;
  const adapted = new AdaptedTarget({ adapter, secrets, world, policy, signFunction, wallMs: () => Date.now() });
  const visitor = new Visitor(adapted, {
    origin: target.origin,
    host: target.host,
    basePath: target.basePath,
    transport: transportTo(target, await findIdentityTransport()),
    trustedHops: policy.clientIp.from === 'trusted-hop' ? policy.clientIp.hops : 0,
    mark: target.consent?.mark ?? null,
    connectionsPerIp: () => 1,
    connectTimeoutMs: 5_000,
    // Calls of an adapter are signed by the adapter.
    sign: () => '',
    profile: profileOf('hmac-lines'),
    wallMs: () => Date.now(),
    wallUs: () => Date.now() * 1000,
    clockOffsetUs: () => 0,
    windowMs: Math.floor((policy.auth?.windowUs ?? 5_000_000) / 1000),
    noncePrefix: 'd-',
    keepFor: new Set(),
    freshFor: new Set(),
    tls,
  });
  const holder = secrets.holders?.[identity.account];
  const setting: TrialSetting = {
    adapter,
    auth: policy.auth,
    setting: createSetting(actor, plan, { seed: 1, world, captured: null }),
    identity,
    hasAccount: secrets.holders === null || (holder?.account ?? '') !== '',
    hasStamp: hasStamp(adapter, policy.auth),
  };
  const rounds = new Rounds(visitor, { isPaced: target.consent !== null, stop: practice.stop });
  try {
    const visits = await rounds.make(firstTrials(setting));
    const placed = visits.find(({ trial, orderId }) => trial.kind === 'right' && orderId !== null)?.orderId ?? null;
    return placed === null ? visits : [...visits, ...(await rounds.make(orderTrials(setting, placed)))];
  } finally {
    await visitor.close();
  }
}

interface Told {
  readonly adapter: Adapter;
  readonly asked: DoctorWorld;
  readonly handshake: Handshake | null;
  readonly visits: readonly Visit[];
  readonly redact: (text: string) => string;
}

function tell({ adapter, asked, handshake, visits, redact }: Told, console: Console): number {
  const clock = clockFinding(visits, (asked.plan.policy.auth?.futureUs ?? SEED_CLOCK_MS * 1000) / 1000);
  const told = visits.filter((visit) => !isKnown(visit, visits, adapter));
  const findings: Finding[] = told.flatMap((visit) => findingOf(visit, adapter) ?? []);
  if (clock.finding !== null) findings.push(clock.finding);
  findings.push(...unplacedFinding(adapter, visits));
  const lines = [
    ...connectionLines(handshake),
    clock.line,
    '',
    ...visits.flatMap((visit) => visitLines(visit, adapter, redact)),
    '',
    ...findings.flatMap(({ isProblem, lines: [found = '', mend] }) => [
      `${isProblem ? 'problem' : 'note'}: ${redact(found)}`,
      ...(mend === undefined ? [] : [`  ${mend}`]),
    ]),
  ];
  const problems = findings.filter(({ isProblem }) => isProblem).length;
  lines.push(problems === 0 ? 'all was understood as it should be' : `${problems} to mend before load is sent`);
  console.result(lines.join('\n'));
  return problems === 0 ? ExitCode.pass : ExitCode.environment;
}

/** A request that lacks something and fares as the right one did says nothing new. */
function isKnown({ trial, outcome }: Visit, visits: readonly Visit[], adapter: Adapter): boolean {
  if (trial.kind !== 'missing parameter') return false;
  const right = visits.find((one) => one.trial.kind === 'right' && one.trial.requestClass === trial.requestClass);
  return right !== undefined && right.outcome === outcome && findingOf(right, adapter) !== null;
}

/** An order that was taken and whose id was not found can't be cancelled. */
function unplacedFinding({ calls, file }: Adapter, visits: readonly Visit[]): readonly Finding[] {
  const placed = visits.find(({ trial }) => trial.kind === 'right' && trial.requestClass === 'order.place');
  const isAbout = calls['order.cancel'] !== undefined || calls['order.amend'] !== undefined;
  if (placed?.reading == null || !isAbout || placed.orderId !== null || findingOf(placed, { file } as Adapter) !== null)
    return [];
  const lines = [
    'order.place, right: the answer holds no order id where the adapter looks for it',
    'mend calls.order.place.answer.orderId; an id is 1 to 64 letters, digits, - or _',
  ];
  return [{ isProblem: true, lines }];
}
