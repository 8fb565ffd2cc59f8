/**
 * What the judge works out cleverly, worked out stupidly: every interval, every phase, every assignment of decisions.
 * For histories of a handful of requests only.
 */
import type { Policy, PolicyLimit } from '../../harness/scenario/plan.js';
import { type ReferenceLimiter, referenceLimiter } from './reference-limiters.js';

/** A request of one counter: decided somewhere from `sentUs` to `answeredUs`, both included. */
export interface TinyRequest {
  readonly sentUs: number;
  readonly answeredUs: number;
  readonly cells: number;
  readonly charge: 'certain' | 'maybe' | 'none';
}

/**
 * Cells above the bound in the worst of all intervals, by the definition of the bound; -Infinity without any request.
 * Intervals of a window family that are longer than `windowsMax` windows are left out.
 */
export function worstExcess(
  limit: PolicyLimit,
  policy: Policy,
  requests: readonly TinyRequest[],
  windowsMax = Number.POSITIVE_INFINITY,
): number {
  const byAnswer = requests.filter(({ charge }) => charge === 'certain').sort((a, b) => a.answeredUs - b.answeredUs);
  let worst = Number.NEGATIVE_INFINITY;
  for (const xUs of new Set(byAnswer.map(({ sentUs }) => sentUs))) {
    let sum = 0;
    for (const { sentUs, answeredUs: yUs, cells } of byAnswer) {
      if (sentUs < xUs) continue;
      sum += cells;
      const spanUs = yUs - xUs + policy.resolutionUs;
      if (isWindow(limit) && windowsOf(limit, spanUs) > windowsMax) continue;
      worst = Math.max(worst, sum - boundOf(limit, policy, spanUs));
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

/** Whole cells that may be admitted within a span of the target's clock. */
function boundOf(limit: PolicyLimit, { nodes, slackCells }: Policy, spanUs: number): number {
  const line = (capacity: number, cells: number, periodUs: number, us: number): number =>
    nodes * capacity + Number((BigInt(nodes * cells) * BigInt(us)) / BigInt(periodUs)) + slackCells;
  if (isWindow(limit)) {
    const touched = windowsOf(limit, spanUs) + (limit.family === 'sliding-log' ? 0 : 1);
    return nodes * limit.capacity * touched + slackCells;
  }
  if (limit.family === 'token-bucket' || limit.family === 'decaying-counter') {
    return line(limit.capacity, limit.refillCells, limit.refillPeriodUs, spanUs);
  }
  if (limit.family === 'sliding-counter') return line(limit.capacity, limit.capacity, limit.windowUs, spanUs - 1);
  throw new Error(`no short formula for ${limit.family}`);
}

/** Whether each phase of a window leaves one that certainly holds too much, for one of the counters. */
export function isEveryPhaseBroken(
  limit: PolicyLimit & { readonly family: 'fixed-window' | 'sliding-counter' },
  { resolutionUs, slackCells }: Policy,
  counters: readonly (readonly TinyRequest[])[],
): boolean {
  const { windowUs, capacity } = limit;
  const moves = windowUs % resolutionUs === 0 ? 0 : 1;
  const lastUs = Math.max(0, ...counters.flat().map(({ answeredUs }) => answeredUs));
  const isBroken = (phaseUs: number, requests: readonly TinyRequest[]): boolean => {
    for (let startUs = phaseUs - windowUs; startUs <= lastUs; startUs += windowUs) {
      const inside = requests.filter(
        ({ sentUs, answeredUs, charge }) =>
          charge === 'certain' && sentUs >= startUs + resolutionUs + moves && answeredUs < startUs + windowUs,
      );
      if (inside.reduce((sum, { cells }) => sum + cells, 0) > capacity + slackCells) return true;
    }
    return false;
  };
  for (let phaseUs = 0; phaseUs < windowUs; phaseUs++) {
    if (!counters.some((requests) => isBroken(phaseUs, requests))) return false;
  }
  return true;
}

/** One way that the target's clock and windows can stand. */
interface Setting {
  readonly clockOffsetUs: number;
  readonly phaseUs: number;
}

function settingsOf(limit: PolicyLimit, policy: Policy): readonly Setting[] {
  const offsets = Array.from({ length: policy.resolutionUs }, (_, offset) => offset);
  const isCalendar = limit.family === 'sliding-counter' || ('anchor' in limit && limit.anchor === 'calendar');
  const phases = Array.from({ length: isCalendar && 'windowUs' in limit ? limit.windowUs : 1 }, (_, phase) => phase);
  return offsets.flatMap((clockOffsetUs) => phases.map((phaseUs) => ({ clockOffsetUs, phaseUs })));
}

/**
 * Visits every order and moment of decision. `decide` gets a request, the reading of the target's clock and the state
 * before it, and gives the state after it; null = this branch is of no interest. `end` is told of each complete one,
 * and says whether to stop.
 */
function visitAssignments<State>(
  policy: Policy,
  setting: Setting,
  requests: readonly TinyRequest[],
  initial: State,
  decide: (request: TinyRequest, readingUs: number, state: State) => readonly State[],
  end: (state: State) => boolean,
): boolean {
  const visit = (left: readonly TinyRequest[], fromUs: number, state: State): boolean => {
    if (left.length === 0) return end(state);
    const untilUs = Math.min(...left.map(({ answeredUs }) => answeredUs));
    for (const request of left) {
      const others = left.filter((one) => one !== request);
      for (let atUs = Math.max(fromUs, request.sentUs); atUs <= untilUs; atUs++) {
        const grain = policy.resolutionUs;
        const readingUs = Math.floor((atUs + setting.clockOffsetUs) / grain) * grain;
        for (const next of decide(request, readingUs, state)) if (visit(others, atUs, next)) return true;
      }
    }
    return false;
  };
  return visit(requests, 0, initial);
}

/**
 * Whether a right target can have admitted every certain request, in some order, at some moments, by some nodes, with
 * one clock and phase for all counters of the limit. (For several nodes: one clock for all of them.)
 */
export function canBeRight(limit: PolicyLimit, policy: Policy, counters: readonly (readonly TinyRequest[])[]): boolean {
  return settingsOf(limit, policy).some((setting) =>
    counters.every((requests) => {
      const certain = requests.filter(({ charge }) => charge === 'certain');
      const nodes = Array.from({ length: policy.nodes }, () => referenceLimiter(limit, setting.phaseUs));
      return visitAssignments<readonly ReferenceLimiter[]>(
        policy,
        setting,
        certain,
        nodes,
        ({ cells }, readingUs, state) =>
          state.flatMap((node, at) => {
            const one = node.copy();
            if (!one.fits(readingUs, cells)) return [];
            one.charge(readingUs, cells);
            return [state.with(at, one)];
          }),
        () => true,
      );
    }),
  );
}

interface Truth {
  readonly limiter: ReferenceLimiter;
  readonly had: boolean | null;
}

/** Whether the cells were there for `throttled`, over all assignments: some say yes, some say no. */
export function possibleTruths(
  limit: PolicyLimit,
  policy: Policy,
  requests: readonly TinyRequest[],
  throttled: TinyRequest,
): { readonly had: boolean; readonly lacked: boolean } {
  const seen = { had: false, lacked: false };
  const relevant = requests.filter((one) => one.charge !== 'none' || one === throttled);
  settingsOf(limit, policy).some((setting) =>
    visitAssignments<Truth>(
      policy,
      setting,
      relevant,
      { limiter: referenceLimiter(limit, setting.phaseUs), had: null },
      (request, readingUs, state) => {
        const limiter = state.limiter.copy();
        if (request === throttled) return [{ limiter, had: limiter.fits(readingUs, request.cells) }];
        const spared = request.charge === 'maybe' ? [{ limiter: limiter.copy(), had: state.had }] : [];
        limiter.charge(readingUs, request.cells);
        return [{ limiter, had: state.had }, ...spared];
      },
      ({ had }) => {
        if (had === true) seen.had = true;
        if (had === false) seen.lacked = true;
        return seen.had && seen.lacked;
      },
    ),
  );
  return seen;
}
