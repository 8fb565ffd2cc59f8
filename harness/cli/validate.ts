/** `floodproof validate`: reads scenario and policy files, says everything that is wrong, or that nothing is. */
import { type Fault, FloodproofError } from '../errors.js';
import { loadAdapter } from '../scenario/adapter-file.js';
import { invalidFiles } from '../scenario/faults.js';
import { isAdapterText, isPolicyText } from '../scenario/file-kind.js';
import type { Plan } from '../scenario/plan.js';
import { loadPolicy } from '../scenario/policy.js';
import { type LoadOptions, readScenario } from '../scenario/scenario.js';
import { waitingText } from '../scenario/waiting.js';
import { grouped } from '../trace/line-tally.js';
import { loadTraces } from '../trace/load-traces.js';
import type { LoadedTrace } from '../trace/loaded-trace.js';
import { readCapacity } from './capacity.js';
import { allWithin } from './catalogue.js';
import { fileReader } from './file-reader.js';

/**
 * Reads also the recordings that scenarios name, from beginning to end.
 *
 * @param capacity - as `--capacity` writes it; null = as each scenario says.
 * @throws {FloodproofError} FP_FILE_INVALID with the faults of all files; FP_FILE_UNREADABLE where that is all.
 */
export async function validateCommand(paths: readonly string[], capacity: string | null): Promise<string> {
  const options = { capacityPerSecond: capacity === null ? null : readCapacity(capacity) };
  const faults: Fault[] = [];
  const unreadable: FloodproofError[] = [];
  const lines: string[] = [];
  const collect = (path: string, error: unknown): void => {
    if (!(error instanceof FloodproofError)) throw error;
    if (error.faults.length === 0) {
      const { code, message, hint } = error;
      unreadable.push(error);
      faults.push({ code, file: path, line: 0, column: 0, message, hint });
    } else faults.push(...error.faults);
  };
  for (const path of paths) {
    for (const file of filesOf(path, collect)) {
      try {
        lines.push(`${file}: ${await validate(file, options)}`);
      } catch (error) {
        collect(file, error);
      }
    }
  }
  const [first] = unreadable;
  if (first !== undefined && faults.length === 1) throw first;
  if (faults.length > 0) throw invalidFiles(faults);
  return lines.join('\n');
}

function filesOf(path: string, collect: (path: string, error: unknown) => void): readonly string[] {
  try {
    return allWithin([path]);
  } catch (error) {
    collect(path, error);
    return [];
  }
}

async function validate(file: string, options: LoadOptions): Promise<string> {
  if (isPolicyText(file, fileReader.read(file))) {
    const policy = loadPolicy(fileReader, file);
    return `valid policy (${counted(policy.limits.length, 'limit')})`;
  }
  if (isAdapterText(file, fileReader.read(file))) {
    const { calls } = loadAdapter(fileReader, file);
    return `valid adapter (${counted(Object.keys(calls).length, 'call')})`;
  }
  const { plan, waiting, faults } = readScenario(fileReader, file, options);
  if (waiting !== null) return `valid as far as it can be told: ${waitingText(waiting)}`;
  if (plan === null) throw invalidFiles(faults);
  const traces = await loadTraces(plan, { seed: 1 });
  const actors = counted(plan.actors.length, 'actor');
  const valid = `valid scenario (${actors}, ${counted(plan.expectations.length, 'expectation')})`;
  return [valid, ...new Set(traces.flatMap(traceLines)), ...sharingLines(plan, traces)].join('\n  ');
}

/** Where a recording has more callers than the actor that plays them. */
function sharingLines(plan: Plan, traces: readonly LoadedTrace[]): readonly string[] {
  return plan.actors.flatMap(({ name, population, who }) => {
    const callers = who.choice === 'trace' ? (traces[who.trace]?.summary.distinct ?? 0) : 0;
    if (callers <= population) return [];
    return [`${name}: ${grouped(callers)} callers of the recording share its population of ${grouped(population)}`];
  });
}

/** What was found in a recording, and what is odd about it. */
function traceLines({ summary }: LoadedTrace): readonly string[] {
  const { file, stamps, durationUs, distinct, notes } = summary;
  const callers = distinct === null ? '' : `, ${grouped(distinct)} callers`;
  return [`${file}: ${grouped(stamps)} times in ${grouped(Math.round(durationUs / 1e6))} s${callers}`, ...notes];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
