/** What the limiter benchmark measures, in the form in which it is saved and compared. */
import { z } from 'zod';

export const groupNames = ['limit', 'verify', 'fused', 'batch', 'memory'] as const;
export type GroupName = (typeof groupNames)[number];

const spread = z.object({ median: z.number(), min: z.number(), max: z.number() });

const row = z.object({
  group: z.enum(groupNames),
  rival: z.string(),
  /** Which answer the workload gets: "admitted", "throttled", "forged", or "new key" where memory is measured. */
  path: z.string(),
  keys: z.number(),
  skew: z.enum(['uniform', 'zipf']),
  threads: z.number(),
  /** Of one decision, the loop around it and one reading of the clock included. */
  nsPerOp: spread,
  /** Of single calls, each between two readings of a timer; what the timer takes is in it. */
  p50Ns: z.number().optional(),
  p99Ns: z.number().optional(),
  /** Growth for each key; `heap` counts what JavaScript holds, buffers included, `resident` the whole process. */
  bytesPerKey: z.object({ resident: z.number(), heap: z.number() }).optional(),
  /** The very first decision of a process, with everything cold. */
  firstCallUs: z.number().optional(),
});

const document = z.object({
  schema: z.literal('floodproof/bench-limiters/1'),
  machine: z.object({
    cpu: z.string(),
    cores: z.number(),
    memoryGiB: z.number(),
    platform: z.string(),
    node: z.string(),
    openssl: z.string(),
    dependencies: z.record(z.string(), z.string()),
    commit: z.string(),
    measuredAt: z.string(),
    loadBefore: z.number(),
  }),
  /** Why the figures are to be doubted. */
  doubts: z.array(z.string()),
  /** Rivals and parts that are not in the rows, and why. */
  absent: z.array(z.string()),
  rows: z.array(row),
});

export type BenchRow = z.infer<typeof row>;
export type BenchDocument = z.infer<typeof document>;

/** The floor of every row: the loop, the key that is picked and the clock that is read, without any decision. */
export const FLOOR = 'nothing but loop and clock';
export const NATIVE = 'floodproof native';
export const TS = 'floodproof ts';

/** @returns the document, or what is wrong with it. */
export function parseBenchDocument(text: string): BenchDocument | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const parsed = document.safeParse(value);
  return parsed.success ? parsed.data : z.prettifyError(parsed.error);
}

/** Rows of two runs that measure the same thing have the same name. */
export function rowName(one: BenchRow): string {
  return `${one.group}, ${one.path}, ${one.keys} keys ${one.skew}, threads ${one.threads}: ${one.rival}`;
}

/** Rows that rivals have in one race: of one group, path and number of keys, in the order in which they come. */
export function placesOf(rows: readonly BenchRow[]): BenchRow[][] {
  const places = new Map<string, BenchRow[]>();
  for (const row of rows) {
    const place = `${row.group} ${row.path} ${row.keys}`;
    const known = places.get(place);
    if (known === undefined) places.set(place, [row]);
    else known.push(row);
  }
  return [...places.values()];
}
