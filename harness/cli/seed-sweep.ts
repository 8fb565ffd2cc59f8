/** `floodproof run --seeds A..B` and `--until-failure`: scenarios in virtual time under many seeds. */
import { availableParallelism } from 'node:os';
import process from 'node:process';
import type { RunRecord } from '../engine/record/run-folder.js';
import { MEMORY_ROWS } from '../engine/virtual/row-store.js';
import type { SeedResult, SeedTask } from '../engine/virtual/seed-task.js';
import { assertPlayable } from '../engine/virtual/size.js';
import { sweep } from '../engine/virtual/sweep.js';
import { ExitCode } from '../errors.js';
import { exitCodeOf, firstExitCode } from '../report/json.js';
import type { Console } from './console.js';
import { catchInterrupt } from './interrupt.js';
import { ownCommand, quote } from './own-command.js';

export interface Seeds {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

export interface SweepFlags {
  readonly seeds: Seeds;
  /** Ends at the first seed that is no pass. */
  readonly untilFailure: boolean;
  readonly json: boolean;
  /** As it was given; null = not. */
  readonly capacity: string | null;
}

/** What came of one scenario under all its seeds. */
interface Swept {
  readonly scenario: string;
  readonly played: number;
  readonly passed: number;
  readonly isInterrupted: boolean;
  /** Seeds that were no pass, in their order. */
  readonly others: readonly (SeedResult & { readonly replay: string })[];
}

/**
 * Plays each record's plan under every seed, and says which seeds are no pass.
 *
 * @param records - for virtual time; their own seed counts for nothing.
 * @returns the exit code: the first that occurred, as in a suite.
 * @throws {FloodproofError} FP_USAGE when a run is too large to be kept in memory.
 */
export async function sweepCommand(
  records: readonly RunRecord[],
  flags: SweepFlags,
  console: Console,
): Promise<number> {
  // Rows of a sweep stay in memory, those of each thread at once.
  for (const { plan, arrivalsMax } of records) assertPlayable(plan, arrivalsMax, MEMORY_ROWS);
  const interrupt = catchInterrupt(() => console.note('stopping: seeds that are not done are left out'));
  const all: Swept[] = [];
  try {
    for (const record of records) {
      if (interrupt.signal.aborted) break;
      all.push(await sweepOne(record, flags, { console, stop: interrupt.signal }));
    }
  } finally {
    interrupt.release();
  }
  if (flags.json) console.result(`${JSON.stringify({ schema: 'floodproof/seeds/1', scenarios: all }, null, 2)}\n`);
  else console.result(all.map(summaryOf).join(''));
  const codes: ExitCode[] = all.flatMap(({ others }) => others.map(({ verdict }) => exitCodeOf(verdict)));
  if (interrupt.signal.aborted) codes.push(ExitCode.interrupted);
  return firstExitCode(codes);
}

async function sweepOne(
  record: RunRecord,
  { seeds, untilFailure, json, capacity }: SweepFlags,
  { console, stop }: { readonly console: Console; readonly stop: AbortSignal },
): Promise<Swept> {
  const { plan } = record;
  const threads = Math.min(availableParallelism(), seeds.last - seeds.first + 1);
  const others: (SeedResult & { readonly replay: string })[] = [];
  let played = 0;
  for await (const result of sweep(tasksOf(record, seeds), { threads, stop })) {
    played++;
    if (result.verdict === 'pass') continue;
    others.push({ ...result, replay: replayOf(record, result.seed, capacity) });
    if (!json) console.result(lineOf(plan.name, result));
    if (untilFailure) break;
  }
  return { scenario: plan.name, played, passed: played - others.length, isInterrupted: stop.aborted, others };
}

function* tasksOf({ plan, gatewayPolicy, engine, arrivalsMax }: RunRecord, seeds: Seeds): Generator<SeedTask> {
  for (let seed = seeds.first; seed <= seeds.last; seed++) {
    yield { plan, policy: gatewayPolicy ?? plan.policy, seed, engine, arrivalsMax };
  }
}

function lineOf(scenario: string, { seed, verdict, unmet }: SeedResult): string {
  const reasons = unmet.map(({ text, measured }) => `${text} (measured ${measured})`);
  return `${scenario}  seed ${seed}  ${verdict}: ${reasons.join('; ')}\n`;
}

function summaryOf({ scenario, played, passed, isInterrupted, others }: Swept): string {
  const cut = isInterrupted ? ', then it was stopped' : '';
  const line = `${scenario}  ${passed} of ${played} seeds passed${cut}\n`;
  const [first] = others;
  return first === undefined ? line : `${line}  the first that did not: seed ${first.seed}\n  ${first.replay}\n`;
}

/** The command that plays one of the seeds alone, with its report. */
function replayOf(record: RunRecord, seed: number, capacity: string | null): string {
  const { plan, gatewayPolicy, engine, arrivalsMax } = record;
  const parts = [ownCommand(process.argv[1] ?? 'floodproof', process.cwd()), 'run', quote(plan.file)];
  parts.push('--target core', `--seed ${seed}`);
  if (engine !== 'auto') parts.push(`--engine ${engine}`);
  if (gatewayPolicy !== null) parts.push(`--gateway-policy ${quote(gatewayPolicy.file)}`);
  if (capacity !== null) parts.push(`--capacity ${quote(capacity)}`);
  if (arrivalsMax !== null) parts.push(`--max-requests ${arrivalsMax}`);
  return parts.join(' ');
}
