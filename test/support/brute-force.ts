/**
 * What the judge works out cleverly, worked out stupidly: every interval and every phase.
 * For histories of a handful of requests only. Every assignment of decisions: `assignments.ts`.
 */
import type { Policy, PolicyLimit } from '../../harness/scenario/plan.js';

/** A request of one counter: decided somewhere from `sentUs` to `answeredUs`, both included. */
export interface TinyRequest {
  readonly sentUs: number;
  readonly answeredUs: number;
  /** At least; with its age it may cost more, see `costsOf`. */
  readonly cells: number;
  readonly charge: 'certain' | 'maybe' | 'none';
  /** Whether it was not answered, so that nobody knows when it ends. */
  readonly isOpen?: boolean;
}

/** The class of a tiny request is the number of its cells. */
export function costsOf(limit: PolicyLimit, { cells }: TinyRequest): readonly number[] {
  return [...new Set([0, ...(limit.ageCosts[cells] ?? []).map((age) => age.cells)])].map((aged) => cells + aged);
}

export function creditsOf(limit: PolicyLimit, { cells, charge }: TinyRequest): number {
  return 'creditsMax' in limit && charge !== 'none' ? (limit.creditsMax[cells] ?? 0) : 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Cells above the bound in the worst of all intervals, by the definition of the bound; -Infinity without any request.
 * Intervals of a window family that are longer than `windowsMax` windows are left out.
 *
 * @param all - of all counters of the limit.
 */
export function worstExcess(
  limit: PolicyLimit,
  policy: Policy,
  requests: readonly TinyRequest[],
  all: readonly TinyRequest[],
  windowsMax = Number.POSITIVE_INFINITY,
): number {
  const byAnswer = requests.filter(({ charge }) => charge === 'certain').sort((a, b) => a.answeredUs - b.answeredUs);
  const facts = {
    creditCells: sum(requests.map((one) => creditsOf(limit, one))),
    dearestCells: Math.max(1, ...all.map(({ cells }) => cells)),
  };
  let worst = Number.NEGATIVE_INFINITY;
  let most = 0;
  const mostSoFar = byAnswer.map((one) => {
    most = Math.max(most, ...costsOf(limit, one));
    return most;
  });
  for (const xUs of new Set(byAnswer.map(({ sentUs }) => sentUs))) {
    let admitted = 0;
    for (const [at, { sentUs, answeredUs: yUs, cells }] of byAnswer.entries()) {
      if (sentUs < xUs) continue;
      admitted += cells;
      const spanUs = yUs - xUs + policy.resolutionUs;
      if (isWindow(limit) && windowsOf(limit, spanUs) > windowsMax) continue;
      const bound = boundOf(limit, policy, spanUs, { ...facts, mostCells: mostSoFar[at] as number });
      worst = Math.max(worst, admitted - bound);
    }
  }
  return worst;
}

type WindowLimit = PolicyLimit & { readonly family: 'fixed-window' | 'fill-counter' | 'ratio-monitor' | 'sliding-log' };

function isWindow(limit: PolicyLimit): limit is WindowLimit {
  return ['fixed-window', 'fill-counter', 'ratio-monitor', 'sliding-log'].includes(limit.family);
}

/**
 * How many windows the bound of a span is made of: of a log those that cover it, of fixed windows those that start in
 * it.
 */
function windowsOf(limit: WindowLimit, spanUs: number): number {
  const windows = spanUs / limit.windowUs;
  return limit.family === 'sliding-log' ? Math.floor(windows) + 1 : Math.ceil(windows);
}

interface Facts {
  readonly creditCells: number;
  readonly dearestCells: number;
  readonly mostCells: number;
}

/** Whole cells that may be admitted within a span of the target's clock. */
function boundOf(
  limit: PolicyLimit,
  { nodes, slackCells, resolutionUs }: Policy,
  spanUs: number,
  facts: Facts,
): number {
  const line = (capacity: number, cells: number, periodUs: number, us: number): number =>
    nodes * capacity + Number((BigInt(nodes * cells) * BigInt(us)) / BigInt(periodUs)) + slackCells;
  switch (limit.family) {
    case 'token-bucket':
    case 'decaying-counter':
      return line(limit.capacity, limit.refillCells, limit.refillPeriodUs, spanUs);
    case 'leaky-queue': {
      const { capacity, queueCells, refillCells, refillPeriodUs } = limit;
      const atOnce = Math.max(capacity, Math.min(facts.mostCells, capacity + queueCells));
      return Math.min(
        line(capacity + queueCells, refillCells, refillPeriodUs, spanUs),
        line(atOnce, refillCells, refillPeriodUs, spanUs + resolutionUs + 2),
      );
    }
    case 'sliding-counter':
      return line(limit.capacity, limit.capacity, limit.windowUs, spanUs - 1);
    case 'earned-budget': {
      const { capacity, trickleUs } = limit;
      const earned = nodes * facts.creditCells;
      if (trickleUs === null) return nodes * capacity + slackCells + earned;
      return line(capacity + facts.dearestCells, facts.dearestCells, trickleUs, spanUs) + earned;
    }
    case 'concurrency':
      return Number.POSITIVE_INFINITY;
    default: {
      const touched = windowsOf(limit, spanUs) + (limit.family === 'sliding-log' ? 0 : 1);
      return nodes * limit.capacity * touched + slackCells + nodes * facts.creditCells;
    }
  }
}

/** Whether each phase of a window leaves one that certainly holds too much, for one of the counters. */
export function isEveryPhaseBroken(
  limit: PolicyLimit & { readonly windowUs: number },
  { resolutionUs, slackCells }: Policy,
  counters: readonly (readonly TinyRequest[])[],
): boolean {
  const { windowUs, capacity } = limit;
  const moves = windowUs % resolutionUs === 0 ? 0 : 1;
  const lastUs = Math.max(0, ...counters.flat().map(({ answeredUs }) => answeredUs));
  const isBroken = (phaseUs: number, requests: readonly TinyRequest[]): boolean => {
    const allowed = capacity + slackCells + sum(requests.map((one) => creditsOf(limit, one)));
    for (let startUs = phaseUs - windowUs; startUs <= lastUs; startUs += windowUs) {
      const inside = requests.filter(
        ({ sentUs, answeredUs, charge }) =>
          charge === 'certain' && sentUs >= startUs + resolutionUs + moves && answeredUs < startUs + windowUs,
      );
      if (sum(inside.map(({ cells }) => cells)) > allowed) return true;
    }
    return false;
  };
  for (let phaseUs = 0; phaseUs < windowUs; phaseUs++) {
    if (!counters.some((requests) => isBroken(phaseUs, requests))) return false;
  }
  return true;
}

/** Whether all windows of a limit begin at one phase, which nobody knows. */
export function hasOnePhase(limit: PolicyLimit): limit is PolicyLimit & { readonly windowUs: number } {
  return limit.family === 'sliding-counter' || ('anchor' in limit && limit.anchor === 'calendar');
}
