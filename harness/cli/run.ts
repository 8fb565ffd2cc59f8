/** `floodproof run` and `floodproof replay`: plays scenarios one after the other and sums them up. */
import { dirname } from 'node:path';
import process from 'node:process';
import { makeFolder } from '../engine/record/make-folder.js';
import { CORE_TARGET, type RunRecord, readRunRecord, type TlsFiles } from '../engine/record/run-folder.js';
import { FloodproofError } from '../errors.js';
import type { VerdictDocument } from '../judge/verdict.js';
import { openEngine } from '../native/engine.js';
import type { Adapter } from '../scenario/adapter.js';
import { type Part, type Plan, partTable, planEndUs } from '../scenario/plan.js';
import { HTTP_RUN_US_MAX } from '../scenario/scenario-schema.js';
import { waitingText } from '../scenario/waiting.js';
import { shakeHands } from '../targets/handshake.js';
import { checkTarget } from '../targets/loopback.js';
import { assertReachable } from '../targets/reachable.js';
import { assertFits, loadAdapterFile } from './adapted-run.js';
import { Baseline } from './baseline.js';
import { readCapacity } from './capacity.js';
import { chooseScenarios, scenariosWithin } from './catalogue.js';
import type { Console } from './console.js';
import { readDelay } from './delay.js';
import { catchInterrupt } from './interrupt.js';
import { LiveScreen } from './live-screen.js';
import { loadPolicyFile, loadScenarios } from './load.js';
import { isWithinNetem, runWithinNetem } from './netem.js';
import { assertEnforceable, type PlannedRun, plannedRuns } from './planned-run.js';
import { assertHousePaths } from './recorded-paths.js';
import { consentQuestion } from './run-consent.js';
import { type Seeds, type SweepFlags, sweepCommand } from './seed-sweep.js';
import { type SuiteFlags, SuitePlayer } from './suite-player.js';
import { assertTlsUsage, readTls } from './tls-files.js';
import { tellComparisons } from './told-comparisons.js';
import { assertWatchable, openWatchers } from './watching.js';
import { hasTwin, onTwin, plansWithTwin, type TwinResult, twinExitCode, twinLines, twinResult } from './weak-twins.js';

const SEED_MAX = 2 ** 32 - 1;

export interface RunFlags extends SuiteFlags {
  readonly target: string;
  readonly seed: number;
  readonly engine: 'auto' | 'native' | 'ts';
  readonly workers: number;
  readonly repeat: number;
  readonly maxRequests: number | null;
  readonly gatewayPolicy: string | null;
  /** Virtual time: every seed from the first to the last instead of `seed`; null = that one alone. */
  readonly seeds: Seeds | null;
  /** Virtual time: seeds from `seed` on, or those of `seeds`, until one is no pass. */
  readonly untilFailure: boolean;
  /** Only scenarios with this tag; null = all. */
  readonly tag: string | null;
  /** Each scenario's weak policy is enforced, and must be exposed. */
  readonly weak: boolean;
  /** Capacity of the target as it is written: a rate, or the file of a probe; null = as each scenario says. */
  readonly capacity: string | null;
  /** What stands for the way to the target, as it is written; null = nothing. */
  readonly delay: string | null;
  /** Adapter file; null = the target speaks the actors' own API. */
  readonly adapter: string | null;
  readonly tls: TlsFiles | null;
  /** Whether gateway and generator get cores of their own. */
  readonly pin: 'auto' | 'off';
  /** Folder of the runs before, which the new ones are compared with; null = with none. */
  readonly baseline: string | null;
  /** The least change that matters, as a share. */
  readonly least: number;
}

/** @returns the exit code of the suite. */
export async function runCommand(paths: readonly string[], flags: RunFlags, console: Console): Promise<number> {
  const isUrl = flags.target !== 'gateway' && flags.target !== CORE_TARGET;
  assertUsage(paths, flags);
  const delay = readDelay(flags.delay);
  if (delay?.by === 'netem' && !isWithinNetem()) return await runWithinNetem(delay.us);
  const plans = plansOf(paths, flags, console);
  if (plans.length === 0) {
    throw new FloodproofError('FP_PART_ABSENT', 'nothing is left to play: every scenario waits for a part');
  }
  if (flags.gatewayPolicy !== null && isUrl) {
    const message = '--gateway-policy is for the embedded gateway and the core; the target is a URL';
    throw new FloodproofError('FP_USAGE', message);
  }
  const gatewayPolicy = flags.gatewayPolicy === null ? null : loadPolicyFile(flags.gatewayPolicy);
  // What would end every scenario is better found before the first request.
  openEngine(flags.engine);
  const adapter = flags.adapter === null ? null : loadAdapterFile(flags.adapter);
  if (adapter !== null) for (const plan of plans) assertFits(adapter, plan);
  if (isUrl) await assertOpen(flags, plans, adapter);
  if (flags.target === 'gateway') for (const plan of plans) await assertHousePaths(plan, flags.seed, console);
  const records = Array.from({ length: flags.repeat }, () => plans)
    .flat()
    .map((plan): RunRecord => {
      const record: RunRecord = {
        schema: 'floodproof/run/1',
        plan,
        seed: flags.seed,
        engine: flags.engine,
        workers: flags.workers,
        target: flags.target,
        gatewayPolicy,
        arrivalsMax: flags.maxRequests,
        ...(delay === null ? {} : { delay }),
        ...(flags.pin === 'auto' ? { isPinned: true } : {}),
        ...(adapter === null ? {} : { adapter }),
        ...(flags.tls === null ? {} : { tls: flags.tls }),
      };
      return flags.weak ? onTwin(record) : record;
    });
  const sweepFlags = sweepOf(flags);
  if (sweepFlags !== null) {
    assertEnforceable(records);
    return await sweepCommand(records, sweepFlags, console);
  }
  const runs = plannedRuns(records, true);
  // What lies there now, and not what this suite will put there.
  const baseline = flags.baseline === null ? null : new Baseline(flags.baseline, flags.least);
  if (!flags.weak) return await playCompared(runs, flags, console, baseline);
  const results: TwinResult[] = [];
  const twinCode = await playSuite(runs, flags, console, {
    onVerdict: ({ record }, document) => {
      if (hasTwin(record.plan)) results.push(twinResult(record.plan, document));
    },
    exitCodeOf: (suiteCode) => twinExitCode(results, suiteCode),
  });
  for (const line of ['', ...twinLines(results, twinCode)]) {
    if (flags.json) console.note(line);
    else console.result(line);
  }
  return twinCode;
}

async function playCompared(
  runs: readonly PlannedRun[],
  flags: RunFlags,
  console: Console,
  baseline: Baseline | null,
): Promise<number> {
  if (baseline === null) return await playSuite(runs, flags, console);
  return await playSuite(runs, flags, console, {
    onSaved: ({ record }, folder) => baseline.add(record, folder),
    exitCodeOf: (suiteCode) => tellComparisons(baseline, flags, console, suiteCode),
  });
}

/** What would end every scenario is better found before the first request. */
async function assertOpen({ target, tls }: RunFlags, plans: readonly Plan[], adapter: Adapter | null): Promise<void> {
  const checked = await checkTarget(target, consentQuestion(plans, tls));
  await assertReachable(checked.origin);
  const settings = readTls(tls, checked, adapter?.http2 ?? false);
  if (settings !== null) await shakeHands(checked, settings);
}

/**
 * The scenarios that are wanted and can be played on this target; of the others a line each.
 * @throws {FloodproofError} FP_USAGE, FP_PART_ABSENT, FP_FILE_INVALID
 */
function plansOf(paths: readonly string[], flags: RunFlags, console: Console): readonly Plan[] {
  const options = { capacityPerSecond: flags.capacity === null ? null : readCapacity(flags.capacity) };
  const { plans: loaded, waiting } =
    flags.tag === null
      ? loadScenarios(scenariosWithin(paths), options)
      : chooseScenarios(paths, { tag: flags.tag, maps: null }, options);
  for (const one of waiting) console.note(`left out: ${one.file} ${waitingText(one)}`);
  const plans = playable(loaded, flags.target, console);
  if (plans.length === 0 && loaded.length > 0) {
    const message = `nothing is left to play: none of these scenarios can be played with --target ${flags.target}`;
    const hint = flags.target === CORE_TARGET ? 'leave out --target core' : 'play them in virtual time: --target core';
    throw new FloodproofError('FP_PART_ABSENT', message, { hint });
  }
  return flags.weak && plans.length > 0 ? plansWithTwin(plans, console) : plans;
}

/** @throws {FloodproofError} FP_USAGE for options of virtual time without it, or that do not go together. */
function assertUsage(paths: readonly string[], flags: RunFlags): void {
  const { target, seeds, untilFailure, speed, junit, repeat, controls } = flags;
  const isSweep = seeds !== null || untilFailure;
  const refuse = (message: string): never => {
    throw new FloodproofError('FP_USAGE', message, { hint: 'see "floodproof run --help"' });
  };
  if (paths.length === 0 && flags.tag === null) refuse('name scenario files or folders, or --tag to choose by');
  if (flags.weak) {
    if (target !== 'gateway' && target !== CORE_TARGET) refuse('--weak is for the embedded gateway and the core');
    if (flags.baseline !== null) refuse('--weak plays what must fail: there is nothing to compare');
    if (flags.gatewayPolicy !== null) refuse('--weak and --gateway-policy each name what is enforced');
    if (isSweep) refuse('--weak is for single runs, not for a sweep over seeds');
  }
  if (target !== CORE_TARGET) {
    if (isSweep) refuse('--seeds and --until-failure are for virtual time: add --target core');
    if (speed !== Number.POSITIVE_INFINITY) refuse('--speed is for virtual time: add --target core');
  }
  if (target === CORE_TARGET && controls)
    refuse('--controls is for HTTP: in virtual time nothing of the machine is measured');
  assertHttpUsage(flags);
  if (flags.delay?.startsWith('netem:')) assertWatchable(flags, '--delay netem: is a network of its own');
  if (isSweep) assertWatchable(flags, 'a sweep plays many seeds at once');
  if (flags.adapter !== null && (target === 'gateway' || target === CORE_TARGET)) {
    refuse('--adapter is for a URL; gateway and core speak the API of the actors');
  }
  assertTlsUsage(flags.tls, target);
  if (!isSweep) return;
  if (flags.baseline !== null) refuse('--baseline is for single runs, not for a sweep over seeds');
  if (junit !== null) refuse('--junit is for single runs; a sweep over seeds has --json');
  if (repeat !== 1) refuse('--repeat plays one seed often; a sweep over seeds plays each once');
  if (speed !== Number.POSITIVE_INFINITY) refuse('--speed is for single runs; a sweep goes as fast as it can');
}

/** @throws {FloodproofError} FP_USAGE for a delay or cores that the target cannot have. */
function assertHttpUsage({ target, delay, pin }: RunFlags): void {
  const refuse = (message: string, hint: string): never => {
    throw new FloodproofError('FP_USAGE', message, { hint });
  };
  if (delay !== null && target === CORE_TARGET) {
    refuse('--delay is for HTTP', 'in virtual time a scenario says it: virtual: { delay: 20ms }');
  }
  if (delay?.startsWith('netem:') && target !== 'gateway') {
    refuse(
      '--delay netem: is for the embedded gateway',
      'no other server is within a network of its own: --delay 20ms',
    );
  }
  if (pin === 'auto' && target !== 'gateway') {
    refuse('--pin auto is for the embedded gateway', 'give a server of your own its cores yourself, with taskset');
  }
}

function sweepOf({ seeds, untilFailure, seed, json, capacity }: RunFlags): SweepFlags | null {
  if (seeds !== null) return { seeds, untilFailure, json, capacity };
  return untilFailure ? { seeds: { first: seed, last: SEED_MAX }, untilFailure, json, capacity } : null;
}

/** What each kind of target offers. */
function partsOf(target: string): readonly Part[] {
  return [target === CORE_TARGET ? 'virtual-time' : 'http', 'nonce-profile'];
}

/**
 * Those that the target can play; the others are left out, with a line each.
 *
 * @throws {FloodproofError} FP_USAGE when a run over HTTP would last longer than a day.
 */
function playable(plans: readonly Plan[], target: string, console: Console): readonly Plan[] {
  const offered = partsOf(target);
  const kept = plans.filter(({ name, needs }) => {
    const missing = needs.filter((need) => !offered.includes(need));
    for (const need of missing) console.note(`left out: ${name} needs ${need} (${partTable[need]})`);
    return missing.length === 0;
  });
  if (target === CORE_TARGET) return kept;
  for (const plan of kept) {
    if (planEndUs(plan) <= HTTP_RUN_US_MAX) continue;
    const message = `${plan.name} lasts ${planEndUs(plan) / 1e6} s; over HTTP a run lasts a day at most`;
    throw new FloodproofError('FP_USAGE', message, { hint: 'play it in virtual time: --target core' });
  }
  return kept;
}

/** Plays the run of a folder again: same plan, same seed, same flags. */
export async function replayCommand(folder: string, flags: SuiteFlags, console: Console): Promise<number> {
  // What is played again has been played before, as a rule at the same server.
  const record = readRunRecord(folder);
  if (record.delay?.by === 'netem') assertWatchable(flags, '--delay netem: is a network of its own');
  if (record.delay?.by === 'netem' && !isWithinNetem()) return await runWithinNetem(record.delay.us);
  return await playSuite(plannedRuns([record], false), flags, console);
}

interface SuiteHooks {
  /** Told of each run; null = it has no verdict, or was not played. */
  readonly onVerdict?: (run: PlannedRun, document: VerdictDocument | null) => void;
  /** Told of the folder of each run that has a verdict. */
  readonly onSaved?: (run: PlannedRun, folder: string) => void;
  /** Makes the exit code of the command of the suite's. */
  readonly exitCodeOf?: (suiteCode: number) => number;
}

/** @returns the exit code of the command. */
async function playSuite(
  runs: readonly PlannedRun[],
  flags: SuiteFlags,
  console: Console,
  { onVerdict = () => undefined, onSaved = () => undefined, exitCodeOf = (code) => code }: SuiteHooks = {},
): Promise<number> {
  assertEnforceable(runs.map((run) => run.record));
  makeFolder(flags.out, `a run folder in ${flags.out}`, 'choose another folder with --out');
  if (flags.junit !== null) {
    makeFolder(dirname(flags.junit), `the folder of ${flags.junit}`, 'choose another file with --junit');
  }
  const screen = new LiveScreen(process.stderr, {
    color: console.colorErr,
    redraws: console.redraws,
    quiet: console.quiet,
  });
  const watchers = await openWatchers(flags, { console, onFault: (line) => screen.print(line) });
  const interrupt = catchInterrupt(() => {
    screen.print('stopping: what was observed is being saved (once more: end at once)');
  });
  // However the process ends, the terminal has its cursor back.
  const closeScreen = (): void => screen.close();
  process.once('exit', closeScreen);
  try {
    const suite = new SuitePlayer({ flags, console, screen, stop: interrupt.signal, watchers, onSaved });
    watchers.suiteBegins(runs.map(({ record }) => record));
    for (const [index, run] of runs.entries()) {
      if (!interrupt.signal.aborted) onVerdict(run, await suite.play(run, index));
      else {
        suite.leaveOut(run, index);
        onVerdict(run, null);
      }
    }
    const exitCode = exitCodeOf(suite.finish());
    await watchers.suiteEnds(exitCode);
    return exitCode;
  } finally {
    await watchers.close();
    process.off('exit', closeScreen);
    interrupt.release();
  }
}
