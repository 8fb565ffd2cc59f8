import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { FloodproofError } from '../../../harness/errors.js';
import type { ActorPlan, Plan, TraceSource } from '../../../harness/scenario/plan.js';
import { type LoadOptions, loadTraces } from '../../../harness/trace/load-traces.js';
import type { LoadedTrace } from '../../../harness/trace/loaded-trace.js';
import { exampleActor, examplePlan } from '../actors/example-plan.js';

const folder = mkdtempSync(join(tmpdir(), 'floodproof-trace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file and says where it is. */
export function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

export function sourceOf(file: string, changes: Partial<TraceSource> = {}): TraceSource {
  return { file, format: 'csv', timeColumn: null, whoColumn: null, ...changes };
}

/** An actor that takes its times from trace 0. */
export function traced(keepShare = 1, changes: Partial<Pick<ActorPlan, 'who' | 'arrivals' | 'name'>> = {}): ActorPlan {
  const arrivals = { process: 'trace', trace: 0, speed: 1, keepShare, isLooped: false } as const;
  return exampleActor('login', { arrivals, ...changes });
}

export function planOf(traces: readonly TraceSource[], actors: readonly ActorPlan[] = [traced()]): Plan {
  return { ...examplePlan(actors), traces };
}

/** Loads one trace that one actor takes its times from. */
export async function load(source: TraceSource, options: Partial<LoadOptions> = {}): Promise<LoadedTrace> {
  const [trace] = await loadTraces(planOf([source]), { seed: 1, ...options });
  return trace as LoadedTrace;
}

/** The error that loading a plan, or one trace, ends in. */
export async function refusal(of: TraceSource | Plan, options: Partial<LoadOptions> = {}): Promise<FloodproofError> {
  const plan = 'traces' in of ? of : planOf([of]);
  const error = await loadTraces(plan, { seed: 1, ...options }).then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).not.toBeNull();
  return error as FloodproofError;
}

/** Offsets and callers as plain lists. */
export function rowsOf({ offsetsUs, who }: LoadedTrace): { offsetsUs: number[]; who: number[] | null } {
  return { offsetsUs: [...offsetsUs], who: who === null ? null : [...who] };
}
