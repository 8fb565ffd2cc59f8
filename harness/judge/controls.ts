/**
 * What was measured beside a run: the honest alone, and the generator against a server that answers at once. Where that is
 * as slow as the run itself, the run measured the generator and the machine: no expectation about time then fails.
 */
import type { MetricName } from '../scenario/metrics.js';
import type { Expectation, Plan } from '../scenario/plan.js';
import { actorsOf } from './scope.js';
import type { ExpectationResult } from './verdict.js';
import { durationText } from './wording.js';

export interface ControlPercentiles {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
}

export interface ControlFigures {
  readonly sent: number;
  readonly ownDelayMsP99: number;
  /** Answered - intended, of admitted requests. */
  readonly latencyMs: { readonly legit: ControlPercentiles; readonly abuse: ControlPercentiles };
  /** Answered - sent. */
  readonly serviceMs: { readonly legit: ControlPercentiles; readonly abuse: ControlPercentiles };
}

export interface Controls {
  /** The honest actors alone against a fresh target of the same kind; null = there is none, or nobody is honest. */
  readonly honestAlone: ControlFigures | null;
  /** Everybody against a server that answers at once: the generator's own floor. */
  readonly stub: ControlFigures;
}

/** From this share of what was measured on, the generator's own floor explains it. */
const FLOOR_SHARE = 0.8;

/** The generator's own floor for what an expectation measures, in microseconds; null = it says nothing about time. */
function floorUs(plan: Plan, controls: Controls, { subject, metric }: Expectation): number | null {
  const [kind, percentile] = (metric as MetricName).split('.');
  if (kind !== 'latency' && kind !== 'service') return null;
  const { latencyMs, serviceMs } = controls.stub;
  const figures = kind === 'latency' ? latencyMs : serviceMs;
  const labels = new Set(actorsOf(plan, subject).map((actor) => plan.actors[actor]?.label));
  const floors = (['legit', 'abuse'] as const).flatMap((label) => {
    const ms = labels.has(label) ? figures[label][percentile as keyof ControlPercentiles] : null;
    return typeof ms === 'number' ? [ms * 1000] : [];
  });
  return floors.length === 0 ? null : Math.max(...floors);
}

/**
 * Takes back a failure that the generator's own floor explains: what should have taken less time than it did. What
 * passed has passed in spite of it, and what was answered too soon was answered sooner still by the target alone.
 *
 * @param controls - null = none were run.
 */
export function beside(
  plan: Plan,
  controls: Controls | null,
  expectation: Expectation,
  result: ExpectationResult,
): ExpectationResult {
  if (controls === null || result.pass !== false || typeof result.measured !== 'number') return result;
  if (expectation.operator !== '<=' && expectation.operator !== '<') return result;
  const floor = floorUs(plan, controls, expectation);
  if (floor === null || floor < FLOOR_SHARE * result.measured) return result;
  const sentence =
    `the same traffic took ${durationText(Math.round(floor))} against a server that answers at once: this machine can't ` +
    'show what the target takes';
  return { ...result, pass: null, evidence: [sentence, ...result.evidence] };
}

/** What the controls say of a run, a sentence each, for its notes. */
export function controlNotes({ honestAlone, stub }: Controls): string[] {
  const text = (ms: number | null): string => (ms === null ? 'nothing' : durationText(Math.round(ms * 1000)));
  const alone =
    honestAlone === null
      ? 'no control of the honest alone: nobody is honest, or the target lives on and would have been charged'
      : `the honest alone took ${text(honestAlone.latencyMs.legit.p50)} in the median and ` +
        `${text(honestAlone.latencyMs.legit.p99)} at p99 (${honestAlone.sent} requests)`;
  const floor = [stub.latencyMs.legit.p99, stub.latencyMs.abuse.p99].filter((ms) => ms !== null);
  return [
    alone,
    `the generator's own floor, the same traffic against a server that answers at once: p99 ` +
      `${text(floor.length === 0 ? null : Math.max(...floor))} (${stub.sent} requests, own delay p99 ` +
      `${text(stub.ownDelayMsP99)})`,
  ];
}
