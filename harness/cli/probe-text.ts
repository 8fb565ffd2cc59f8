/** What `floodproof probe` prints: a line for each step while it goes on, and what was found. */
import type { Capacity, ClosedStep, LimitedBy, Trial, TrialOutcome } from '../engine/probe/capacity.js';
import { formatCount, formatDurationMs, formatPerSecond, formatRatio } from '../report/quantity.js';

/** A closed loop that was this busy has measured itself. */
const BUSY_SHARE = 0.9;

const outcomeText: Readonly<Record<TrialOutcome, string>> = {
  held: 'held',
  slow: 'missed: answered too late',
  limited: 'missed: a limit said no',
  generator: 'missed by the generator itself',
};

export function stepLine({ connections, answeredPerSecond, errors }: ClosedStep): string {
  const failed = errors === 0 ? '' : `, ${formatCount(errors)} failed`;
  const noun = connections === 1 ? 'connection' : 'connections';
  return `closed loop  ${connections} ${noun}: ${formatPerSecond(answeredPerSecond)}${failed}`;
}

export function trialLine(trial: Trial): string {
  const p99 = trial.p99Ms === null ? 'none in time' : formatDurationMs(trial.p99Ms);
  const throttled = trial.throttled === 0 ? '' : `, ${formatCount(trial.throttled)} refused by a limit`;
  return (
    `open loop    ${formatPerSecond(trial.ratePerSecond)}: ${outcomeText[trial.outcome]} ` +
    `(p99 ${p99}, ${formatCount(trial.answered)} of ${formatCount(trial.asked)} answered${throttled}, ` +
    `own delay p99 ${formatDurationMs(trial.ownDelayMsP99)})`
  );
}

const culprits: Readonly<Record<LimitedBy, string>> = {
  target: 'the target is the limit',
  limiter: 'a limiter is the limit',
  generator: 'the generator is the limit',
  time: 'the time was over',
};

/** @param subject - what was probed, as it was named. */
export function capacityText(subject: string, capacity: Capacity): string {
  const best = capacity.closedLoop.find(({ answeredPerSecond }) => answeredPerSecond === capacity.closedLoopPerSecond);
  return [
    `capacity of ${subject}`,
    ...capacity.closedLoop.map((step) => `  ${stepLine(step)}`),
    ...capacity.trials.map((trial) => `  ${trialLine(trial)}`),
    '',
    `closed loop  ${perSecond(capacity.closedLoopPerSecond)} at ${best?.connections ?? 0} connections`,
    `open loop    ${openLoopText(capacity)}`,
    ...notesOf(capacity).map((note) => `  ${note}`),
  ].join('\n');
}

function perSecond(value: number | null): string {
  return value === null ? 'none' : formatPerSecond(value);
}

function openLoopText({ openLoopPerSecond, p99Ms, p99BoundMs, missedPerSecond, limitedBy }: Capacity): string {
  const bound = formatDurationMs(p99BoundMs);
  if (openLoopPerSecond === null) return `no rate was found whose p99 stays within ${bound}: ${culprits[limitedBy]}`;
  const found = formatPerSecond(openLoopPerSecond);
  const p99 = `p99 ${formatDurationMs(p99Ms ?? 0)}, bound ${bound}`;
  if (limitedBy === 'generator') return `at least ${found} (${p99}): ${culprits.generator}`;
  if (missedPerSecond === null) return `at least ${found} (${p99}): ${culprits.time}`;
  const whose = limitedBy === 'limiter' ? "; the limiter's, not the server's" : '';
  return `${found} (${p99}; ${formatPerSecond(missedPerSecond)} is too much${whose})`;
}

/** What changes how the figures are read. */
export function notesOf(capacity: Capacity): string[] {
  const { closedLoop, trials, closedLoopPerSecond, limitedBy } = capacity;
  const notes = [...busyNotes(capacity)];
  const best = closedLoop.find(({ answeredPerSecond }) => answeredPerSecond === closedLoopPerSecond);
  if (best !== undefined && best.ownBusyShare > BUSY_SHARE) {
    const share = formatRatio(Math.round(best.ownBusyShare * 100) / 100);
    notes.push(`the closed loop itself was busy ${share} of its time: the target may take more`);
  }
  const statuses = new Map<string, number>();
  for (const step of closedLoop) {
    for (const [status, count] of Object.entries(step.statuses)) {
      if (!status.startsWith('2')) statuses.set(status, (statuses.get(status) ?? 0) + count);
    }
  }
  for (const [status, count] of statuses) notes.push(`${formatCount(count)} answers of the closed loop were ${status}`);
  if (statuses.has('429') || limitedBy === 'limiter' || trials.some(({ throttled }) => throttled > 0)) {
    notes.push("limits said no: what was found is a limiter's capacity and not the server's");
  }
  return notes;
}

/** What speaks for a machine that was busy with something else, and not for a target at its limit. */
function busyNotes({ trials, missedPerSecond, limitedBy }: Capacity): string[] {
  const notes: string[] = [];
  const late = trials.filter(({ outcome }) => outcome === 'generator').map(({ ratePerSecond }) => ratePerSecond);
  if (late.length > 0 && limitedBy !== 'generator') {
    notes.push(
      `the generator itself fell behind at ${formatPerSecond(Math.min(...late))}: the target may take more; ` +
        'probe again when the machine has nothing else to do',
    );
  }
  const misses = trials.filter(({ ratePerSecond }) => ratePerSecond === missedPerSecond);
  if (misses.length === 1 && misses[0]?.outcome === 'slow') {
    notes.push(
      `that ${formatPerSecond(misses[0].ratePerSecond)} is too much rests on one trial, as the time was over: give it more with --time`,
    );
  }
  return notes;
}
