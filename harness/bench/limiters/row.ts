/** What the limiter benchmark measures, in the form in which it is saved and compared. */
import { z } from 'zod';

export const groupNames = ['limit', 'verify', 'fused', 'batch', 'memory', 'threads'] as const;
export type GroupName = (typeof groupNames)[number];

const spread = z.object({ median: z.number(), min: z.number(), max: z.number() });

const row = z.object({
  group: z.enum(groupNames),
  rival: z.string(),
  /** Whether every decision of the workload is a yes or a no. */
  path: z.enum(['admit', 'deny']),
  /** Tells workloads of one group and path apart: "throttled" from "forged", "limit alone" from "whole request"; or ''. */
  variant: z.string(),
  keys: z.number(),
  skew: z.enum(['uniform', 'zipf']),
  threads: z.number(),
  /**
   * Of one decision, the loop around it included, and a reading of the clock where time does not come from the workload.
   * Of several threads: the time of all, divided by the decisions of all.
   */
  nsPerOp: spread,
  /** Of single calls, each between two readings of a timer; what the timer takes is in it. */
  p50Ns: z.number().optional(),
  p99Ns: z.number().optional(),
  /**
   * Growth for each key; `heap` counts what JavaScript holds, buffers included, `resident` the whole process. The text
   * of the key is counted where the limiter keeps it; of somebody's own nobody knows whether it does.
   */
  bytesPerKey: z.object({ resident: z.number(), heap: z.number(), isTextKept: z.boolean().nullable() }).optional(),
  /** The very first decision of a process, with everything cold. */
  firstCallUs: z.number().optional(),
  /** Cells that all threads together were given while the clock stood still, and how many there were. */
  admissions: z.object({ counted: z.number(), capacity: z.number() }).optional(),
});

const figure = z.object({
  what: z.string(),
  unit: z.enum(['ns', 'times', 'bytes', 'cells']),
  measured: spread,
  /** In words; '' when there is no goal. */
  reach: z.string(),
  /** What it is held against: a rival or a floor, with its own figure. */
  against: z.string(),
  /** null: nothing was to be reached. */
  isReached: z.boolean().nullable(),
});

const document = z.object({
  schema: z.literal('floodproof/bench-limiters/2'),
  machine: z.object({
    cpu: z.string(),
    cores: z.number(),
    memoryGiB: z.number(),
    platform: z.string(),
    loadBefore: z.number(),
  }),
  /** Of Node, its OpenSSL, and the packages that take part. */
  versions: z.record(z.string(), z.string()),
  commit: z.string(),
  measuredAt: z.string(),
  /** Why the figures are to be doubted. */
  doubts: z.array(z.string()),
  /** Rivals and parts that are not in the rows, and why. */
  absent: z.array(z.string()),
  /** What was to be reached, and whether it was. */
  figures: z.array(figure),
  rows: z.array(row),
});

export type BenchRow = z.infer<typeof row>;
export type Figure = z.infer<typeof figure>;
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
  return `${one.group}, ${pathText(one)}, ${one.keys} keys ${one.skew}, threads ${one.threads}: ${one.rival}`;
}

export function pathText({ path, variant }: Pick<BenchRow, 'path' | 'variant'>): string {
  return variant === '' ? path : `${path}, ${variant}`;
}

/** Rows that rivals have in one race: of one group, path, variant and number of keys, in the order in which they come. */
export function placesOf(rows: readonly BenchRow[]): BenchRow[][] {
  const places = new Map<string, BenchRow[]>();
  for (const row of rows) {
    const place = `${row.group} ${row.path} ${row.keys} ${row.variant}`;
    const known = places.get(place);
    if (known === undefined) places.set(place, [row]);
    else known.push(row);
  }
  return [...places.values()];
}
