/** Where the time of a piece of work goes, by the file of the function that was running. Samples of V8's own profiler. */
import { type Profiler, Session } from 'node:inspector/promises';

export interface PartTime {
  /** `engine/virtual/server-side`, a package's name, or what is no JavaScript. */
  readonly part: string;
  /** Of all samples, 0 to 1. */
  readonly share: number;
}

const SAMPLE_US = 500;
const PARTS_MAX = 16;

export async function partTimesOf(work: () => Promise<void>): Promise<readonly PartTime[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
    await session.post('Profiler.start');
    await work();
    const { profile } = await session.post('Profiler.stop');
    return sharesOf(profile);
  } finally {
    session.disconnect();
  }
}

export function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly PartTime[] {
  const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const times = new Map<string, number>();
  let total = 0;
  for (const [index, sample] of samples.entries()) {
    const part = parts.get(sample) ?? 'unknown';
    const deltaUs = timeDeltas[index] ?? 0;
    if (part === IDLE) continue;
    times.set(part, (times.get(part) ?? 0) + deltaUs);
    total += deltaUs;
  }
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, PARTS_MAX)
    .map(([part, us]) => ({ part, share: us / total }));
}

const IDLE = 'idle';

function partOf({ functionName, url }: Profiler.ProfileNode['callFrame']): string {
  if (functionName === '(idle)') return IDLE;
  if (functionName === '(garbage collector)') return 'garbage collector';
  // Packages have folders named dist too.
  const foreign = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (foreign !== undefined) return foreign;
  const own = /\/(?:dist|harness)\/(.+)\.[jt]s$/.exec(url)?.[1];
  return own ?? (url.startsWith('node:') ? 'node' : 'V8 and native code');
}
