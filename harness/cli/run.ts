/** `floodproof run` and `floodproof replay`: plays scenarios one after the other and sums them up. */
import { dirname } from 'node:path';
import process from 'node:process';
import { makeFolder } from '../engine/record/make-folder.js';
import { CORE_TARGET, type RunRecord, readRunRecord } from '../engine/record/run-folder.js';
import { FloodproofError } from '../errors.js';
import { openEngine } from '../native/engine.js';
import { waitingText } from '../scenario/waiting.js';
import { checkTarget } from '../targets/loopback.js';
import { assertReachable } from '../targets/reachable.js';
import type { Console } from './console.js';
import { catchInterrupt } from './interrupt.js';
import { LiveScreen } from './live-screen.js';
import { loadPolicyFile, loadScenarios } from './load.js';
import { assertEnforceable, type PlannedRun, plannedRuns } from './planned-run.js';
import { type SuiteFlags, SuitePlayer } from './suite-player.js';

export interface RunFlags extends SuiteFlags {
  readonly target: string;
  readonly seed: number;
  readonly engine: 'auto' | 'native' | 'ts';
  readonly workers: number;
  readonly repeat: number;
  readonly maxRequests: number | null;
  readonly gatewayPolicy: string | null;
}

/** @returns the exit code of the suite. */
export async function runCommand(paths: readonly string[], flags: RunFlags, console: Console): Promise<number> {
  const { plans, waiting } = loadScenarios(paths);
  for (const one of waiting) console.note(`left out: ${one.file} ${waitingText(one)}`);
  if (plans.length === 0) {
    throw new FloodproofError('FP_PART_ABSENT', 'nothing is left to play: every scenario waits for a part');
  }
  const isUrl = flags.target !== 'gateway' && flags.target !== CORE_TARGET;
  if (flags.gatewayPolicy !== null && isUrl) {
    const message = '--gateway-policy is for the embedded gateway and the core; the target is a URL';
    throw new FloodproofError('FP_USAGE', message);
  }
  const gatewayPolicy = flags.gatewayPolicy === null ? null : loadPolicyFile(flags.gatewayPolicy);
  // What would end every scenario is better found before the first request.
  openEngine(flags.engine);
  if (isUrl) await assertReachable((await checkTarget(flags.target)).origin);
  const records = Array.from({ length: flags.repeat }, () => plans)
    .flat()
    .map(
      (plan): RunRecord => ({
        schema: 'floodproof/run/1',
        plan,
        seed: flags.seed,
        engine: flags.engine,
        workers: flags.workers,
        target: flags.target,
        gatewayPolicy,
        arrivalsMax: flags.maxRequests,
      }),
    );
  return await playSuite(plannedRuns(records, true), flags, console);
}

/** Plays the run of a folder again: same plan, same seed, same flags. */
export async function replayCommand(folder: string, flags: SuiteFlags, console: Console): Promise<number> {
  // What is played again has been played before, as a rule at the same server.
  return await playSuite(plannedRuns([readRunRecord(folder)], false), flags, console);
}

async function playSuite(runs: readonly PlannedRun[], flags: SuiteFlags, console: Console): Promise<number> {
  assertEnforceable(runs.map((run) => run.record));
  makeFolder(flags.out, `a run folder in ${flags.out}`, 'choose another folder with --out');
  if (flags.junit !== null) {
    makeFolder(dirname(flags.junit), `the folder of ${flags.junit}`, 'choose another file with --junit');
  }
  const screen = new LiveScreen(process.stderr, { color: console.colorErr, redraws: console.redraws });
  const interrupt = catchInterrupt(() => {
    screen.print('stopping: what was observed is being saved (once more: end at once)');
  });
  // However the process ends, the terminal has its cursor back.
  const closeScreen = (): void => screen.close();
  process.once('exit', closeScreen);
  const suite = new SuitePlayer({ flags, console, screen, stop: interrupt.signal });
  try {
    for (const run of runs) {
      if (interrupt.signal.aborted) suite.leaveOut(run);
      else await suite.play(run);
    }
    return suite.finish();
  } finally {
    process.off('exit', closeScreen);
    interrupt.release();
  }
}
