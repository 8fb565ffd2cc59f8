/** What the parts of one actor mean together. Its own shape is right; the rest of the file may not be. */
import type { ActorEntry } from './actor-schema.js';
import { writtenRates } from './arrivals.js';
import type { ArrivalsEntry } from './arrivals-schema.js';
import { behaviourRow } from './behaviours.js';
import { formatDuration } from './durations.js';
import type { Complaint } from './faults.js';
import { resolveRate, type WrittenRate } from './rates.js';
import { formatOf } from './trace-schema.js';
import { whoColumnOf } from './traces.js';
import { entriesOf, type Path } from './yaml-source.js';

type Report = (path: Path, complaint: Complaint) => void;

export interface ActorSetting {
  /** As it stands in the file, to tell a value that was written from one that was filled in. */
  readonly raw: unknown;
  /** How long the actor acts in all; null when that can't be told. */
  readonly activeUs: number | null;
  readonly capacityPerSecond: number | null;
}

/** @param report - Takes paths within the actor. */
export function checkActor(entry: ActorEntry, setting: ActorSetting, report: Report): void {
  checkPopulation(entry, report);
  checkShares(entry, report);
  checkArrivals(entry.arrivals, setting, report);
  checkWho(entry, report);
  checkRetry(entry, setting, report);
  checkRecorded(entry, report);
}

function checkPopulation(entry: ActorEntry, report: Report): void {
  const row = behaviourRow(entry.behaviour);
  const fixed = row.population === 'one' ? 1 : row.population === 'ips' ? Number(entry.with.ips) : null;
  if (entry.population !== undefined && fixed !== null && entry.population !== fixed) {
    const why =
      row.population === 'one' ? `${entry.behaviour} is one identity` : 'there is one identity for each of "ips"';
    report(['population'], { code: 'FP_POPULATION_FIXED', message: `is ${entry.population}, but ${why}` });
  }
  if (row.population === 'ips' && entry.perAddress > 1) {
    const message = `is ${entry.perAddress}, but ${entry.behaviour} has an address for each of "ips"`;
    report(['perAddress'], { code: 'FP_POPULATION_FIXED', message });
  }
  const population = fixed ?? entry.population ?? 1;
  if (entry.masters !== undefined && entry.masters > population) {
    const message = `must be at most the population (${population}), got ${entry.masters}`;
    report(['masters'], { code: 'FP_COUNT_RANGE', message });
  }
}

/** What was asked is in no other file than one that was made for it. */
function checkRecorded({ behaviour, arrivals }: ActorEntry, report: Report): void {
  if (behaviour !== 'recorded') return;
  const hint = 'make the file, and the scenario around it, with "floodproof record FILE"';
  if (arrivals.process !== 'trace') {
    const message = `must be trace for recorded, got ${arrivals.process}`;
    report(['arrivals', 'process'], { code: 'FP_ARRIVALS_INVALID', message, hint });
  } else if ((arrivals.format ?? formatOf(arrivals.file) ?? 'csv') !== 'csv') {
    const message = 'must be a CSV of requests for recorded';
    report(['arrivals', 'file'], { code: 'FP_TRACE_INVALID', message, hint });
  }
}

function checkShares(entry: ActorEntry, report: Report): void {
  const { orderShare = 0, accountShare = 0 } = entry.with;
  // Of the others that have such a share, only one is of the arrivals.
  if (entry.behaviour !== 'retail-trader') return;
  const shares = Number(orderShare) + Number(accountShare);
  if (shares <= 1) return;
  const message = `and accountShare are ${Number((shares * 100).toPrecision(6))}% together`;
  report(['with', 'orderShare'], { code: 'FP_SHARES_ABOVE_ONE', message });
}

function checkArrivals(arrivals: ArrivalsEntry, { activeUs, capacityPerSecond }: ActorSetting, report: Report): void {
  for (const { path, rate } of writtenRates(arrivals)) {
    const resolved = resolveRate(rate, capacityPerSecond);
    if (!resolved.ok) report(['arrivals', ...path], resolved.complaint);
  }
  const inside: Report = (path, complaint) => report(['arrivals', ...path], complaint);
  if (arrivals.process === 'step') checkSteps(arrivals.steps, activeUs, inside);
  if (arrivals.process === 'ramp' && isNone(arrivals.from) && isNone(arrivals.to)) {
    const message = 'and from are both 0/s: an actor that sends nothing is left out';
    inside(['to'], { code: 'FP_ARRIVALS_INVALID', message });
  }
  if (arrivals.process === 'herd') checkHerd(arrivals, activeUs, inside);
  if (arrivals.process === 'diurnal' && arrivals.peakAt >= arrivals.period) {
    const message = `must be below the period (${formatDuration(arrivals.period)}), got ${formatDuration(arrivals.peakAt)}`;
    inside(['peakAt'], { code: 'FP_ARRIVALS_INVALID', message });
  }
  if (arrivals.process === 'trace') checkFormat(arrivals.file, arrivals.format, ['file'], inside);
}

function checkSteps(
  steps: (ArrivalsEntry & { process: 'step' })['steps'],
  activeUs: number | null,
  report: Report,
): void {
  let beforeUs = -1;
  for (const [index, { from }] of steps.entries()) {
    const path: Path = ['steps', index, 'from'];
    if (index === 0 && from !== 0) {
      report(path, {
        code: 'FP_ARRIVALS_INVALID',
        message: `must be 0s for the first step, got ${formatDuration(from)}`,
      });
    } else if (from <= beforeUs) {
      const message = `is ${formatDuration(from)}, not after the step ahead of it (${formatDuration(beforeUs)})`;
      report(path, { code: 'FP_TIMES_UNSORTED', message });
    } else if (activeUs !== null && from >= activeUs) {
      report(path, { code: 'FP_TIME_OUTSIDE', message: outside('begins', from, activeUs), hint: ownTime });
    }
    beforeUs = Math.max(beforeUs, from);
  }
  if (steps.every(({ rate }) => isNone(rate))) {
    report(['steps'], { code: 'FP_ARRIVALS_INVALID', message: 'are all 0/s: an actor that sends nothing is left out' });
  }
}

function isNone(rate: WrittenRate): boolean {
  return 'perSecond' in rate && rate.perSecond === 0;
}

const ownTime = "times of arrivals count in active time: from the actor's start, and only while it acts";

function outside(verb: string, us: number, activeUs: number): string {
  return `${verb} at ${formatDuration(us)}, but the actor acts for ${formatDuration(activeUs)}`;
}

function checkHerd(
  { first, every, within }: ArrivalsEntry & { process: 'herd' },
  activeUs: number | null,
  report: Report,
): void {
  if (activeUs !== null && first >= activeUs) {
    report(['first'], { code: 'FP_TIME_OUTSIDE', message: outside('is', first, activeUs), hint: ownTime });
  }
  if (every === undefined || within <= every) return;
  const message = `must be at most every (${formatDuration(every)}), got ${formatDuration(within)}`;
  report(['within'], { code: 'FP_ARRIVALS_INVALID', message });
}

function checkFormat(file: string, format: string | undefined, path: Path, report: Report): void {
  if (format !== undefined || formatOf(file) !== null) return;
  report(path, { code: 'FP_TRACE_INVALID', message: `has an ending that tells no format: "${file.slice(-32)}"` });
}

function checkWho({ who }: ActorEntry, report: Report): void {
  if (typeof who === 'string') return;
  const { zipf, trace, format } = who;
  if ((zipf === undefined) === (trace === undefined)) {
    const message = zipf === undefined ? 'must have zipf or trace' : 'has both zipf and trace';
    report(['who'], { code: 'FP_WHO_INVALID', message });
    return;
  }
  if (trace === undefined) {
    const extra = (['format', 'time', 'who'] as const).find((key) => who[key] !== undefined);
    if (extra === undefined) return;
    report(['who', extra], { code: 'FP_WHO_INVALID', message: 'is for a trace, and there is none' });
    return;
  }
  checkFormat(trace, format, ['who', 'trace'], report);
  const read = format ?? formatOf(trace);
  if (read === null) return;
  const column = whoColumnOf({ file: trace, format, who: who.who ?? null });
  if (read === 'har') {
    report(['who', 'trace'], { code: 'FP_TRACE_INVALID', message: 'is a HAR, the recording of one client' });
  } else if (column === null) {
    report(['who', 'trace'], { code: 'FP_TRACE_INVALID', message: 'needs "who", the column that tells callers apart' });
  } else if (read === 'access-log' && column !== 'ip') {
    const message = 'must be ip: an access log tells callers apart by nothing else';
    report(['who', 'who'], { code: 'FP_TRACE_INVALID', message });
  }
}

function checkRetry({ behaviour, retry }: ActorEntry, { raw }: ActorSetting, report: Report): void {
  if (retry === undefined) return;
  const row = behaviourRow(behaviour);
  if (row.label === 'abuse' || behaviour === 'recorded') {
    report(['retry'], { code: 'FP_SETTING_UNUSED', message: `is for honest clients; ${behaviour} has its own way` });
    return;
  }
  if (retry.base > retry.cap) {
    const message = `must be at most cap (${formatDuration(retry.cap)}), got ${formatDuration(retry.base)}`;
    report(['retry', 'base'], { code: 'FP_RETRY_INVALID', message });
  }
  const written = entriesOf(entriesOf(raw).with);
  for (const key of ['retries', 'followRetryAfterShare']) {
    if (written[key] === undefined) continue;
    report(['with', key], { code: 'FP_SETTING_UNUSED', message: 'is not looked at where "retry" is given' });
  }
}
