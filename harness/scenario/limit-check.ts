/** What the parts of one limit mean together: classes that it can count, costs, ages, credits, bans, exactness. */

import { inexactCounterReason } from '../core/sliding-counter.js';
import type { LimitBy } from '../core/spec.js';
import { inexactReason } from '../core/token-bucket.js';
import { formatDuration } from './durations.js';
import type { Complaint } from './faults.js';
import { byText } from './limit-by.js';
import type { LimitEntry } from './limit-schema.js';
import { type RequestClass, requestClasses } from './plan.js';
import { CELLS_MAX } from './rates.js';
import type { Path } from './yaml-source.js';

type Report = (path: Path, complaint: Complaint) => void;

/** What is about an order that is there already, and so has an age. */
const agedClasses: readonly RequestClass[] = ['order.amend', 'order.cancel'];

/** Whether a request of this class has what the limit counts by. A login names an account, and no key. */
function carries(by: LimitBy, name: RequestClass, signed: readonly RequestClass[]): boolean {
  return by.every((part) => {
    if (part === 'ip' || part === 'class') return true;
    return signed.includes(name) || (part !== 'key' && name === 'login');
  });
}

/** The classes that a limit counts. */
export function matchedClasses(limit: LimitEntry, signed: readonly RequestClass[]): readonly RequestClass[] {
  const { match } = limit;
  return requestClasses.filter((name) => (match === '*' ? carries(limit.by, name, signed) : match.includes(name)));
}

/** Cells of one element of a class; 0 when the limit does not match it. */
export function classCost(limit: LimitEntry, matched: readonly RequestClass[], name: RequestClass): number {
  if (!matched.includes(name)) return 0;
  return typeof limit.cost === 'number' ? limit.cost : (limit.cost[name] ?? 1);
}

/** @param signed - Signed classes; null when that can't be told because `auth` itself is at fault. */
export function checkLimit(limit: LimitEntry, signed: readonly RequestClass[] | null, report: Report): void {
  if (signed !== null && limit.match !== '*') {
    for (const [index, name] of limit.match.entries()) {
      if (carries(limit.by, name, signed)) continue;
      const message = `is ${name}, which is not signed and so carries no ${byText(limit.by)}`;
      report(['match', index], { code: 'FP_LIMIT_CLASS', message });
    }
  }
  const matched = signed === null ? requestClasses : matchedClasses(limit, signed);
  if (matched.length === 0) {
    report(['match'], { code: 'FP_LIMIT_CLASS', message: `finds no class that carries a ${byText(limit.by)}` });
  }
  if (limit.prefix !== undefined && !limit.by.includes('ip')) {
    report(['prefix'], {
      code: 'FP_LIMIT_BY',
      message: `is of addresses, but the limit counts by ${byText(limit.by)}`,
    });
  }
  if (limit.shadow && limit.kill) {
    const message = 'cannot cut off anybody: a shadow limit refuses nobody';
    report(['kill'], { code: 'FP_LIMIT_SHADOW', message });
  }
  checkCosts(limit, matched, report);
  checkAges(limit, matched, report);
  checkCredits(limit, matched, report);
  checkBan(limit.ban, report);
  checkNumbers(limit, report);
}

/** The largest cost that can ever pass. What a budget has not, it may earn or let through, so any cost may. */
function costMaxOf(limit: LimitEntry): number {
  if (limit.family === 'earned-budget') return CELLS_MAX;
  return limit.family === 'leaky-queue' ? limit.capacity + limit.queue : limit.capacity;
}

function boundText(limit: LimitEntry): string {
  if (limit.family === 'earned-budget') return `what can be counted (${CELLS_MAX})`;
  const queue = limit.family === 'leaky-queue' ? ` and the queue of ${limit.queue}` : '';
  return `the capacity of ${limit.capacity}${queue}`;
}

function checkCosts(limit: LimitEntry, matched: readonly RequestClass[], report: Report): void {
  const costMax = costMaxOf(limit);
  const tooMuch = (cells: number) => `is ${cells} cells, above ${boundText(limit)}: no request would pass`;
  if (typeof limit.cost === 'number') {
    if (limit.cost > costMax) report(['cost'], { code: 'FP_LIMIT_COST', message: tooMuch(limit.cost) });
    return;
  }
  for (const [name, cells] of Object.entries(limit.cost)) {
    const path: Path = ['cost', name];
    if (cells === undefined) continue;
    if (!(matched as readonly string[]).includes(name)) {
      report(path, { code: 'FP_LIMIT_COST', message: 'is for a class that the limit does not match' });
    } else if (cells > costMax) {
      report(path, { code: 'FP_LIMIT_COST', message: tooMuch(cells) });
    }
  }
}

function checkAges(limit: LimitEntry, matched: readonly RequestClass[], report: Report): void {
  if (limit.family === 'concurrency' || limit.age === undefined) return;
  const { age } = limit;
  if (Object.values(age).every((list) => list === undefined)) {
    report(['age'], { code: 'FP_LIMIT_AGE', message: 'names no class' });
  }
  const costMax = costMaxOf(limit);
  for (const name of requestClasses) {
    const list = age[name];
    if (list === undefined) continue;
    if (!matched.includes(name)) {
      report(['age', name], { code: 'FP_LIMIT_AGE', message: 'is for a class that the limit does not match' });
      continue;
    }
    if (!agedClasses.includes(name)) {
      const message = 'is for a class that is about no order yet, so that every request would cost more';
      const hint = `raise the cost of ${name} instead; ages are for ${agedClasses.join(' and ')}`;
      report(['age', name], { code: 'FP_LIMIT_AGE', message, hint });
    }
    const cost = classCost(limit, matched, name);
    for (const [index, { under, cells }] of list.entries()) {
      const before = list[index - 1];
      if (before !== undefined && under <= before.under) {
        const message = `must be above ${formatDuration(before.under)}, which stands before it, got ${formatDuration(under)}`;
        report(['age', name, index, 'under'], { code: 'FP_LIMIT_AGE', message });
      }
      // A cost that is too high by itself is told where it stands.
      if (cost <= costMax && cost + cells > costMax) {
        const message = `is ${cells} cells on top of ${cost}, above ${boundText(limit)}: no request so young would pass`;
        report(['age', name, index, 'cells'], { code: 'FP_LIMIT_COST', message });
      }
    }
  }
}

function checkCredits(limit: LimitEntry, matched: readonly RequestClass[], report: Report): void {
  const key = limit.family === 'fill-counter' ? 'fills' : 'earns';
  const credits = creditsOf(limit);
  if (credits === null) return;
  const named = Object.entries(credits).filter(([, cells]) => cells !== undefined);
  if (named.length === 0) {
    const hint = 'write for example { order.place: 1 }, or use a family without credit';
    report([key], { code: 'FP_LIMIT_CREDIT', message: 'names no class, so nothing is ever given back', hint });
  }
  for (const [name] of named) {
    if ((matched as readonly string[]).includes(name)) continue;
    report([key, name], { code: 'FP_LIMIT_CREDIT', message: 'is for a class that the limit does not match' });
  }
}

/** What fills give back or earn, by class; null for a family without credit. */
export function creditsOf(limit: LimitEntry): Readonly<Record<string, number | undefined>> | null {
  if (limit.family === 'fill-counter') return limit.fills;
  return limit.family === 'ratio-monitor' || limit.family === 'earned-budget' ? limit.earns : null;
}

function checkBan(ban: LimitEntry['ban'], report: Report): void {
  if (ban === undefined) return;
  const steps = Array.isArray(ban.for) ? ban.for : [ban.for];
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    if (before === undefined || step >= before) continue;
    const message = `must be at least ${formatDuration(before)}, the step before it, got ${formatDuration(step)}`;
    report(['ban', 'for', index], { code: 'FP_BAN_STEPS', message });
  }
  if (ban.forget !== undefined && steps.length === 1) {
    report(['ban', 'forget'], { code: 'FP_BAN_STEPS', message: 'is of no use: all bans are the same length' });
  }
}

/** Whether the counter can be kept in whole numbers that a double holds exactly, over ten years. */
function checkNumbers(limit: LimitEntry, report: Report): void {
  if (limit.family === 'sliding-counter') {
    const reason = inexactCounterReason({ capacity: limit.capacity, windowUs: limit.window });
    if (reason === null) return;
    const hint = 'shorten the window or lower the capacity';
    report(['window'], { code: 'FP_LIMIT_INEXACT', message: `is not exact: ${reason}`, hint });
    return;
  }
  if (limit.family === 'leaky-queue' && limit.capacity + limit.queue > CELLS_MAX) {
    const message = `must be at most ${CELLS_MAX} together with the capacity of ${limit.capacity}, got ${limit.queue}`;
    report(['queue'], { code: 'FP_COUNT_RANGE', message });
    return;
  }
  const rate = rateOf(limit);
  if (rate === null) return;
  const reason = inexactReason({
    capacity: costMaxOf(limit),
    refillCells: rate.cells,
    refillPeriodUs: rate.periodUs,
  });
  if (reason !== null) report([rate.key], { code: 'FP_LIMIT_INEXACT', message: `is not exact: ${reason}` });
}

function rateOf(limit: LimitEntry): { readonly key: string; readonly cells: number; readonly periodUs: number } | null {
  if (limit.family === 'decaying-counter') return { key: 'decay', ...limit.decay };
  if (limit.family === 'token-bucket' || limit.family === 'leaky-queue') return { key: 'refill', ...limit.refill };
  return null;
}
