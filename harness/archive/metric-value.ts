/**
 * A metric of a run that was saved: as an expectation measured it, else from its histograms of latencies, else as an actor
 * was counted. So a history can be drawn of metrics that no expectation named.
 */
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import type { LatencyKind } from '../judge/latency-book.js';
import { readDocument } from './read-document.js';
import type { ListedRun, ListedVerdict } from './run-list.js';

export interface MetricValue {
  readonly value: number | 'infinite' | null;
  readonly interval: readonly [number, number] | null;
  readonly unit: string;
}

/** `honest.latency.p99` is what people call `legit.latency.p99`. */
export function metricName(written: string): string {
  return written
    .trim()
    .replace(/^honest\./, 'legit.')
    .replace(/^attackers?\./, 'abuse.');
}

/** @param metric - `subject.metric`, with ` in phase` when it has one. @returns null where this run does not tell it. */
export function metricValue(run: ListedRun, metric: string): MetricValue | null {
  const { verdict } = run;
  if (verdict === null) return null;
  const found = verdict.expectations.find((one) => one.metric === metric);
  if (found !== undefined) return { value: found.measured, interval: found.interval, unit: found.unit };
  return latencyValue(run.folder, verdict, metric) ?? countedValue(verdict, metric);
}

/** What these runs tell, for whoever named a metric that they do not. */
export function knownMetrics(runs: readonly ListedRun[]): readonly string[] {
  const names = new Set<string>();
  for (const { verdict } of runs) {
    for (const { metric } of verdict?.expectations ?? []) names.add(metric);
    for (const actor of Object.keys(verdict?.actors ?? {})) names.add(`${actor}.latency.p99`);
  }
  return [...names].sort();
}

interface LatencyFile {
  readonly histograms: readonly {
    readonly kind: LatencyKind;
    readonly actor: string;
    readonly phase: string;
    readonly histogram: string;
  }[];
}

const kindOf: Readonly<Record<string, LatencyKind>> = {
  latency: 'intended',
  service: 'service',
  dispatchDelay: 'dispatch',
};
const percentOf: Readonly<Record<string, number>> = { p50: 50, p90: 90, p99: 99, p999: 99.9 };
const latencyMetric = /^(.+)\.(latency|service|dispatchDelay)\.(p50|p90|p99|p999)(?: in (.+))?$/;

function latencyValue(folder: string, verdict: ListedVerdict, metric: string): MetricValue | null {
  const [, subject = '', name = '', percentile = '', phase] = latencyMetric.exec(metric) ?? [];
  const kind = kindOf[name];
  const actors = new Set(actorsOf(verdict, subject));
  if (kind === undefined || actors.size === 0) return null;
  const { document } = readDocument<LatencyFile>(folder, 'latency.json');
  const wanted = document?.histograms.filter((one) => {
    return one.kind === kind && actors.has(one.actor) && (phase === undefined || one.phase === phase);
  });
  if (wanted === undefined || wanted.length === 0) return null;
  try {
    const [first, ...others] = wanted.map(({ histogram }) => decodeFromCompressedBase64(histogram));
    for (const other of others) first?.add(other);
    const value = first?.getValueAtPercentile(percentOf[percentile] ?? 100) ?? null;
    return { value, interval: null, unit: 'us' };
  } catch {
    // Histograms that are damaged tell nothing.
    return null;
  }
}

const counted = ['sent', 'admitted', 'throttled', 'refused', 'banned', 'errors'] as const;

function countedValue(verdict: ListedVerdict, metric: string): MetricValue | null {
  const at = metric.lastIndexOf('.');
  const [subject, name] = [metric.slice(0, at), metric.slice(at + 1)];
  const actors = actorsOf(verdict, subject).flatMap((actor) => verdict.actors[actor] ?? []);
  const [first, ...others] = actors;
  if (first === undefined) return null;
  const count = counted.find((one) => one === name);
  if (count !== undefined) {
    return { value: actors.reduce((sum, actor) => sum + actor[count], 0), interval: null, unit: 'count' };
  }
  // A leak of several actors is not the sum of theirs, nor a rate the mean.
  if (others.length > 0) return null;
  if (name === 'leak') return { value: first.leakCells, interval: null, unit: 'cells' };
  return name === 'falseBlockRate' ? { value: first.falseBlockRate, interval: null, unit: 'ratio' } : null;
}

/** Actors that a subject stands for: `all`, a label, or one of that name. */
function actorsOf(verdict: ListedVerdict, subject: string): readonly string[] {
  return Object.entries(verdict.actors)
    .filter(([name, { label }]) => subject === 'all' || subject === label || subject === name)
    .map(([name]) => name);
}
