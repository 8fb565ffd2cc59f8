/** Real recordings, played: what was measured of the file is measured of the run. */
import { describe, expect, it } from 'vitest';
import { type Arrival, schedule } from '../../../harness/actors/schedule.js';
import type { ActorPlan } from '../../../harness/scenario/plan.js';
import { loadTraces } from '../../../harness/trace/load-traces.js';
import type { LoadedTrace } from '../../../harness/trace/loaded-trace.js';
import { gapsOf, mean, variance } from '../../support/statistics.js';
import { sharedTrace } from '../../support/traces.js';
import { exampleActor } from '../actors/example-plan.js';
import { planOf, sourceOf } from './trace-file.js';

const CODE = 'azure-llm-2023/AzureLLMInferenceTrace_code.csv';
const CONVERSATIONS = 'azure-llm-2023/AzureLLMInferenceTrace_conv.csv';
const WEB = 'elastic-apache/apache_logs';

function gapCv(arrivals: readonly Arrival[]): number {
  const gaps = gapsOf(arrivals.map(({ intendedUs }) => intendedUs));
  return Math.sqrt(variance(gaps)) / mean(gaps);
}

/** The arrivals of one actor over `seconds`, in two shares that are put together again. */
async function played(
  source: Parameters<typeof sourceOf>,
  seconds: number,
  changes: Partial<Pick<ActorPlan, 'arrivals' | 'who' | 'population'>>,
): Promise<{ trace: LoadedTrace; arrivals: Arrival[] }> {
  const actor = exampleActor('login', { ...changes, active: [{ startUs: 0, endUs: seconds * 1e6 }] });
  const plan = planOf([sourceOf(...source)], [actor]);
  const traces = await loadTraces(plan, { seed: 1 });
  const shares = [0, 1].map((worker) => [...schedule({ plan, seed: 1, worker, workers: 2, traces })]);
  const arrivals = shares.flat().sort((a, b) => a.intendedUs - b.intendedUs || a.identityIndex - b.identityIndex);
  return { trace: traces[0] as LoadedTrace, arrivals };
}

const whole = { process: 'trace', trace: 0, speed: 1, keepShare: 1, isLooped: false } as const;

describe('arrivals of a recording', () => {
  it('are as bursty as the file: its gaps vary thirteen times their mean', async (context) => {
    const file = sharedTrace(context, CODE);
    const { trace, arrivals } = await played([file, { timeColumn: 'TIMESTAMP' }], 3_600, { arrivals: whole });
    expect(trace.summary).toMatchObject({ stamps: 8_819, durationUs: 3_435_948_056, stampForm: 'ISO 8601', notes: [] });
    expect(trace.summary.gapCv).toBeCloseTo(13.151, 3);
    expect(arrivals).toHaveLength(8_819);
    expect(gapCv(arrivals)).toBeCloseTo(trace.summary.gapCv as number, 9);
  });

  it('are so at a hundred times their speed', async (context) => {
    const file = sharedTrace(context, CODE);
    const { trace, arrivals } = await played([file], 36, { arrivals: { ...whole, speed: 100 } });
    expect(arrivals).toHaveLength(8_819);
    expect(arrivals.at(-1)?.intendedUs).toBe(34_359_480);
    expect(gapCv(arrivals)).toBeCloseTo(trace.summary.gapCv as number, 3);
  });

  it('are as even as another of the same day: the two differ by what they serve', async (context) => {
    const file = sharedTrace(context, CONVERSATIONS);
    const { trace, arrivals } = await played([file], 3_600, { arrivals: whole });
    expect(trace.summary).toMatchObject({ stamps: 19_366, notes: [] });
    expect(trace.summary.gapCv).toBeCloseTo(1.094, 3);
    expect(gapCv(arrivals)).toBeCloseTo(1.094, 3);
  });

  it('keep their rate when they are looped for four hours', async (context) => {
    const file = sharedTrace(context, CODE);
    const { arrivals } = await played([file], 4 * 3_436.337_7, { arrivals: { ...whole, isLooped: true } });
    expect(arrivals).toHaveLength(4 * 8_819);
    expect(gapCv(arrivals)).toBeCloseTo(13.151, 2);
  });
});

describe('callers of a recording', () => {
  const asLog = { format: 'access-log', whoColumn: 'ip' } as const;

  it('are as unequal as the file: the first of 1,753 sends every twentieth request', async (context) => {
    const file = sharedTrace(context, WEB);
    const { trace, arrivals } = await played([file, asLog], 10_000, {
      arrivals: { process: 'poisson', ratePerSecond: 1 },
      who: { choice: 'trace', trace: 0 },
      population: 1_753,
    });
    expect(trace.summary).toMatchObject({ stamps: 10_000, distinct: 1_753, topShare: 0.0482 });
    const counts = Array.from({ length: 1_753 }, () => 0);
    for (const { identityIndex } of arrivals) counts[identityIndex] = (counts[identityIndex] as number) + 1;
    const top = (share: readonly number[], places: number): number =>
      share
        .toSorted((a, b) => b - a)
        .slice(0, places)
        .reduce((sum, count) => sum + count, 0) / arrivals.length;
    const fileCounts = Array.from({ length: 1_753 }, () => 0);
    for (const who of trace.who ?? []) fileCounts[who] = (fileCounts[who] as number) + 1;
    for (const places of [1, 10, 100, 1_000]) {
      const wanted =
        fileCounts
          .toSorted((a, b) => b - a)
          .slice(0, places)
          .reduce((sum, count) => sum + count, 0) / 10_000;
      expect(Math.abs(top(counts, places) - wanted)).toBeLessThan(0.01);
    }
  });

  it('are told with what is wrong with the file: one line is cut, and its times are in no order', async (context) => {
    const file = sharedTrace(context, WEB);
    const { trace } = await played([file, asLog], 1, {});
    expect(trace.summary.notes).toEqual([
      `${file}: 1 of 10,000 are cut short and were read as far as they go (line 8,899)`,
      expect.stringContaining('9,448 of 10,000 are earlier than a line above them; all were put in order'),
      `${file}: all its times are in one and the same minute of the hour: see whether these are the right times`,
      `${file}: its times are whole seconds, so bursts within a second are the grain of the file`,
    ]);
  });
});
