/** A limit of a policy file -> a limit of the plan: defaults filled in, cells by class index. */
import type { BanSpec, IpPrefix } from '../core/spec.js';
import { classCost, creditsOf, matchedClasses } from './limit-check.js';
import type { LimitEntry } from './limit-schema.js';
import { type PolicyLimit, type RequestClass, requestClasses } from './plan.js';

/**
 * A household or a server of its own often gets all of a /64 of IPv6, so whoever is counted by single addresses has
 * 2^64 counters.
 */
const defaultPrefix: IpPrefix = { v4: 32, v6: 64 };

function buildBan(ban: NonNullable<LimitEntry['ban']>): BanSpec {
  const stepsUs = Array.isArray(ban.for) ? ban.for : [ban.for];
  const longestUs = stepsUs.at(-1) ?? 0;
  return { afterThrottles: ban.after, stepsUs, forgetUs: stepsUs.length === 1 ? 0 : (ban.forget ?? longestUs) };
}

function buildBase(limit: LimitEntry, signed: readonly RequestClass[]) {
  const matched = matchedClasses(limit, signed);
  const age = limit.family === 'concurrency' ? {} : (limit.age ?? {});
  return {
    name: limit.name,
    by: limit.by,
    ipPrefix: limit.by.includes('ip') ? (limit.prefix ?? defaultPrefix) : null,
    costs: requestClasses.map((name) => classCost(limit, matched, name)),
    ageCosts: requestClasses.map((name) => (age[name] ?? []).map(({ under, cells }) => ({ underUs: under, cells }))),
    ban: limit.ban === undefined ? null : buildBan(limit.ban),
    kills: limit.kill,
    isShadow: limit.shadow,
    maxKeys: limit.maxKeys,
  };
}

/** @param signed - The classes that the policy wants signed. */
export function buildLimit(limit: LimitEntry, signed: readonly RequestClass[]): PolicyLimit {
  const base = buildBase(limit, signed);
  const credits = creditsOf(limit) ?? {};
  const creditsMax = requestClasses.map((name) => credits[name] ?? 0);
  const { family, capacity } = limit;
  switch (family) {
    case 'token-bucket':
      return { ...base, family, capacity, refillCells: limit.refill.cells, refillPeriodUs: limit.refill.periodUs };
    case 'decaying-counter':
      return { ...base, family, capacity, refillCells: limit.decay.cells, refillPeriodUs: limit.decay.periodUs };
    case 'leaky-queue': {
      const { cells: refillCells, periodUs: refillPeriodUs } = limit.refill;
      return { ...base, family, capacity, queueCells: limit.queue, refillCells, refillPeriodUs };
    }
    case 'fixed-window': {
      const countsDenied = limit.counts === 'all';
      return { ...base, family, capacity, windowUs: limit.window, anchor: limit.anchor, countsDenied };
    }
    case 'fill-counter':
    case 'ratio-monitor':
      return { ...base, family, capacity, windowUs: limit.window, anchor: limit.anchor, creditsMax };
    case 'sliding-log':
    case 'sliding-counter':
      return { ...base, family, capacity, windowUs: limit.window };
    case 'earned-budget':
      return { ...base, family, capacity, trickleUs: limit.trickle ?? null, creditsMax };
    case 'concurrency':
      return { ...base, family, capacity };
  }
}
