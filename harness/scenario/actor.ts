/** An actor of a file -> an actor of a plan. */
import type { ActorEntry } from './actor-schema.js';
import { type ArrivalsSetting, buildArrivals } from './arrivals.js';
import { behaviourRow, fileKey } from './behaviours.js';
import type { ActorPlan, ClientClock, Phase, RetryPlan, Who } from './plan.js';
import { actorDefaults } from './plan-defaults.js';

/** Spans of neighbouring phases are one span. */
function buildActive(entry: ActorEntry, phases: readonly Phase[]): ActorPlan['active'] {
  const { during } = entry;
  if (during === undefined) return [{ startUs: 0, endUs: phases.at(-1)?.endUs ?? 0 }];
  const named = typeof during === 'string' ? [during] : during;
  const spans: { startUs: number; endUs: number }[] = [];
  for (const { name, startUs, endUs } of phases) {
    if (!named.includes(name)) continue;
    const last = spans.at(-1);
    if (last?.endUs === startUs) last.endUs = endUs;
    else spans.push({ startUs, endUs });
  }
  return spans;
}

function buildWho({ who, arrivals }: ActorEntry, { traces }: ArrivalsSetting): Who {
  if (typeof who === 'string') return { choice: who };
  if (who.zipf !== undefined) return { choice: 'zipf', exponent: who.zipf };
  const { trace: file = '', format, time } = who;
  // The times of the recording that the actor follows are the ones whose callers are wanted.
  const sameTime = arrivals.process === 'trace' && arrivals.file === file ? arrivals.time : undefined;
  const trace = traces.indexOf({ file, format, time: time ?? sameTime, who: who.who ?? null });
  return { choice: 'trace', trace };
}

function buildClock(clock: ActorEntry['clock']): ClientClock {
  if (clock === undefined) return actorDefaults.clock;
  return {
    sigmaUs: clock.sigma,
    strayShare: clock.stray?.share ?? 0,
    strayUs: clock.stray?.by ?? 0,
    driftShare: clock.drift?.share ?? 0,
    driftUsPerMinute: clock.drift?.perMinute ?? 0,
  };
}

function buildRetry(retry: ActorEntry['retry']): RetryPlan | null {
  if (retry === undefined) return null;
  return {
    policy: retry.policy,
    attempts: retry.attempts,
    baseUs: retry.base,
    capUs: retry.cap,
    followShare: retry.follow,
    budgetShare: retry.budget ?? null,
  };
}

/** @param entry - Checked. */
export function buildActor(entry: ActorEntry, phases: readonly Phase[], setting: ArrivalsSetting): ActorPlan {
  const row = behaviourRow(entry.behaviour);
  const params: Record<string, number | string> = {};
  for (const [key, param] of Object.entries(row.params)) {
    const value = entry.with[fileKey(key, param)];
    if (value !== undefined) params[key] = value;
  }
  return {
    name: entry.name,
    label: entry.label,
    population: row.population === 'ips' ? Number(params.ips) : (entry.population ?? 1),
    behaviour: entry.behaviour,
    params,
    arrivals: buildArrivals(entry.arrivals, setting),
    who: buildWho(entry, setting),
    identitiesPerAddress: entry.perAddress,
    masters: entry.masters ?? actorDefaults.masters,
    clock: buildClock(entry.clock),
    retry: buildRetry(entry.retry),
    connection: entry.connection,
    symbolZipf: entry.symbols?.zipf ?? actorDefaults.symbolZipf,
    active: buildActive(entry, phases),
  };
}
