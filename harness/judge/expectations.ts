/** Holds what was measured against what was expected: true, false, or undecided where unsure requests could turn it. */
import { type MetricName, type MetricUnit, metricTable } from '../scenario/metrics.js';
import type { Expectation, ExpectedValue } from '../scenario/plan.js';
import type { EvidenceSource } from './evidence.js';
import type { Miss } from './exhibits.js';
import type { JudgedRun } from './judged-run.js';
import type { Measurement } from './measurement.js';
import { measure } from './measures.js';
import type { ExpectationResult } from './verdict.js';
import { metricText, plainNumber } from './wording.js';

/** The right side: what it can be, in words, and why there is none. */
interface Wanted {
  readonly low: number;
  readonly high: number;
  readonly text: string;
  readonly why: string;
}

type Operator = Expectation['operator'];

function compare(left: number, operator: Operator, right: number): boolean {
  if (operator === '<=') return left <= right;
  if (operator === '<') return left < right;
  if (operator === '>=') return left >= right;
  if (operator === '>') return left > right;
  return left === right;
}

/** null when it depends on which of the possible values is the true one. */
function compareRanges(left: Measurement, operator: Operator, right: Wanted): boolean | null {
  if (operator === '==' && left.low <= right.high && left.high >= right.low) {
    return left.low === left.high && right.low === right.high ? true : null;
  }
  const results = [left.low, left.high].flatMap((one) =>
    [right.low, right.high].map((two) => compare(one, operator, two)),
  );
  return results.every((result) => result === results[0]) ? (results[0] as boolean) : null;
}

/** The whole interval must satisfy it, whichever way the unsure requests went. */
function compareIntervals(left: Measurement, operator: Operator, right: Wanted): boolean | null {
  const { intervals } = left;
  if (intervals === null) return compareRanges(left, operator, right);
  const results = [intervals.low, intervals.high].map((interval) =>
    interval.every((end) => [right.low, right.high].every((wanted) => compare(end, operator, wanted))),
  );
  return results[0] === results[1] ? (results[0] as boolean) : null;
}

function wantedOf(run: JudgedRun, expectation: Expectation, value: ExpectedValue, isPart: boolean): Wanted {
  const metric = expectation.metric as MetricName;
  const { unit } = metricTable[metric];
  if (value.kind === 'number') {
    return { low: value.value, high: value.value, text: metricText(value.value, unit), why: '' };
  }
  if (value.kind === 'relative') {
    const base = measure(run, expectation.subject, metric, value.phase);
    if (base.value === null)
      return {
        low: Number.NaN,
        high: Number.NaN,
        text: `${value.factor} x that of ${value.phase}`,
        why: `in ${value.phase} ${base.why}`,
      };
    const text = `${plainNumber(value.factor)} x ${metricText(base.value, unit)}`;
    const low = base.low * value.factor;
    const high = base.high * value.factor;
    return { low, high, text: isPart ? text : `${text} = ${rangeText(low, high, unit)}`, why: '' };
  }
  const parts = value.values.map((part) => wantedOf(run, expectation, part, true));
  const choose = value.kind === 'max' ? Math.max : Math.min;
  const low = choose(...parts.map((part) => part.low));
  const high = choose(...parts.map((part) => part.high));
  const why = parts.find((part) => part.why !== '')?.why ?? '';
  const text = `${value.kind}(${parts.map((part) => part.text).join(', ')})`;
  return { low, high, text: why === '' ? `${text} = ${rangeText(low, high, unit)}` : text, why };
}

function rangeText(low: number, high: number, unit: MetricUnit): string {
  return low === high ? metricText(low, unit) : `${metricText(low, unit)} to ${metricText(high, unit)}`;
}

function documented(value: number | null): number | 'infinite' | null {
  return value === Number.POSITIVE_INFINITY ? 'infinite' : value;
}

/** On which side of what was wanted the measured value lies, or would if what can't be told went against the target. */
function sideOf(measured: Measurement, operator: Operator, wanted: Wanted): Miss['side'] {
  if (operator === '==') return measured.high > wanted.low ? 'above' : 'below';
  return operator === '<=' || operator === '<' ? 'above' : 'below';
}

export interface Evaluation {
  readonly result: ExpectationResult;
  /** What requests could show it; null = it held, or there is nothing to compare. */
  readonly miss: Miss | null;
}

export function evaluate(run: JudgedRun, expectation: Expectation, evidence: EvidenceSource): Evaluation {
  const { subject, phase, operator, text } = expectation;
  const metric = expectation.metric as MetricName;
  const { unit } = metricTable[metric];
  const measured = measure(run, subject, metric, phase);
  const wanted = wantedOf(run, expectation, expectation.wanted, false);
  const sentences: string[] = [];
  let pass: boolean | null = null;
  let miss: Miss | null = null;
  if (measured.value === null) sentences.push(`can't be told: ${measured.why}`);
  else if (expectation.wholeInterval && measured.intervalWhy !== '')
    sentences.push(`the whole interval is asked for, and it has none: ${measured.intervalWhy}`);
  else if (wanted.why !== '') sentences.push(`what is wanted can't be told: ${wanted.why}`);
  else {
    pass = (expectation.wholeInterval ? compareIntervals : compareRanges)(measured, operator, wanted);
    if (pass === null)
      sentences.push(`depends on what can't be told: it may be ${rangeText(measured.low, measured.high, unit)}`);
    if (pass !== true) {
      sentences.push(...evidence.sentences(expectation));
      miss = { subject, metric, phase, side: sideOf(measured, operator, wanted), isUndecided: pass === null };
    }
  }
  const result: ExpectationResult = {
    text,
    metric: `${subject}.${metric}${phase === null ? '' : ` in ${phase}`}`,
    wanted: wanted.text,
    measured: documented(measured.value),
    interval: measured.intervals === null ? null : [measured.intervals.low[0], measured.intervals.high[1]],
    pass,
    unit,
    evidence: sentences,
  };
  return { result, miss };
}
