/**
 * Every order and moment of decision of a tiny history, with everything else that cannot be seen: how the target's clock
 * and windows stand, what a request's age made it cost, when it ended, and when what it could give was given.
 */
import type { Policy, PolicyLimit } from '../../harness/scenario/plan.js';
import { costsOf, creditsOf, hasOnePhase, type TinyRequest } from './brute-force.js';
import { type ReferenceLimiter, referenceLimiter } from './reference-limiters.js';

/** One way that the target's clock and windows can stand. */
interface Setting {
  readonly clockOffsetUs: number;
  readonly phaseUs: number;
}

function settingsOf(limit: PolicyLimit, policy: Policy): readonly Setting[] {
  const offsets = Array.from({ length: policy.resolutionUs }, (_, offset) => offset);
  const phases = Array.from({ length: hasOnePhase(limit) ? limit.windowUs : 1 }, (_, phase) => phase);
  return offsets.flatMap((clockOffsetUs) => phases.map((phaseUs) => ({ clockOffsetUs, phaseUs })));
}

/** The moment of a decision, and what the target's clock showed. */
interface Moment {
  readonly atUs: number;
  readonly readingUs: number;
}

/**
 * Visits every order and moment of decision. `decide` gets a request, its moment and the state before it, and gives the
 * states that can come after it; none = this branch is of no interest. `end` is told of each complete one, and says
 * whether to stop.
 */
function visitAssignments<State>(
  policy: Policy,
  setting: Setting,
  requests: readonly TinyRequest[],
  initial: State,
  decide: (request: TinyRequest, moment: Moment, state: State) => readonly State[],
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
        for (const next of decide(request, { atUs, readingUs }, state)) if (visit(others, atUs, next)) return true;
      }
    }
    return false;
  };
  return visit(requests, 0, initial);
}

/** One counter on each node, and what those that were decided can still give. */
interface World {
  readonly nodes: readonly ReferenceLimiter[];
  readonly givableCells: number;
  /** Requests in flight, each until just before `untilUs`. */
  readonly held: readonly { readonly node: number; readonly cells: number; readonly untilUs: number }[];
}

function freshWorld(limit: PolicyLimit, nodes: number, phaseUs: number): World {
  return {
    nodes: Array.from({ length: nodes }, () => referenceLimiter(limit, phaseUs)),
    givableCells: 0,
    held: [],
  };
}

/** Ends what has ended, then gives nothing, or some of what can be given, to all nodes. */
function before(world: World, { atUs, readingUs }: Moment): readonly World[] {
  const over = world.held.filter(({ untilUs }) => untilUs <= atUs);
  const nodes = over.length === 0 ? world.nodes : world.nodes.map((node) => node.copy());
  for (const { node, cells } of over) nodes[node]?.release?.(cells);
  const held = world.held.filter(({ untilUs }) => untilUs > atUs);
  return Array.from({ length: world.givableCells + 1 }, (_, cells) => {
    if (cells === 0) return { ...world, nodes, held };
    const credited = nodes.map((node) => node.copy());
    for (const node of credited) node.credit?.(readingUs, cells);
    return { nodes: credited, givableCells: world.givableCells - cells, held };
  });
}

/** Admits a request on one node, in every way that its end can fall; nothing when it would be served too late. */
function admitOn(
  limit: PolicyLimit,
  { policy, setting }: { readonly policy: Policy; readonly setting: Setting },
  world: World,
  node: number,
  request: TinyRequest,
  cells: number,
  moment: Moment,
): readonly World[] {
  const one = (world.nodes[node] as ReferenceLimiter).copy();
  one.charge(moment.readingUs, cells);
  const servedUs = one.servedUs?.() ?? moment.readingUs;
  if (servedUs > moment.readingUs) {
    const grain = policy.resolutionUs;
    const byClockUs = Math.ceil(servedUs / grain) * grain - setting.clockOffsetUs;
    const byTimerUs = moment.atUs + servedUs - moment.readingUs;
    if (Math.min(byClockUs, byTimerUs) > request.answeredUs) return [];
  }
  const next = {
    nodes: world.nodes.with(node, one),
    givableCells: world.givableCells + creditsOf(limit, request),
    held: world.held,
  };
  if (limit.family !== 'concurrency') return [next];
  const ends = Array.from({ length: request.answeredUs - moment.atUs + 2 }, (_, after) => moment.atUs + after);
  if (request.isOpen ?? false) ends.push(Number.POSITIVE_INFINITY);
  return ends.map((untilUs) => ({ ...next, held: [...world.held, { node, cells, untilUs }] }));
}

/**
 * Whether a right target can have admitted every certain request, in some order, at some moments, by some nodes, with
 * one clock and phase for all counters of the limit. (For several nodes: one clock for all of them.)
 */
export function canBeRight(limit: PolicyLimit, policy: Policy, counters: readonly (readonly TinyRequest[])[]): boolean {
  return settingsOf(limit, policy).some((setting) =>
    counters.every((requests) => {
      const relevant = requests.filter(
        (one) => one.charge === 'certain' || (one.charge === 'maybe' && creditsOf(limit, one) > 0),
      );
      return visitAssignments<World>(
        policy,
        setting,
        relevant,
        freshWorld(limit, policy.nodes, setting.phaseUs),
        (request, moment, world) => {
          const admitted = before(world, moment).flatMap((now) =>
            now.nodes.flatMap((node, at) =>
              costsOf(limit, request)
                .filter((cells) => node.copy().fits(moment.readingUs, cells))
                .flatMap((cells) => admitOn(limit, { policy, setting }, now, at, request, cells, moment)),
            ),
          );
          return request.charge === 'maybe' ? [world, ...admitted] : admitted;
        },
        () => true,
      );
    }),
  );
}

interface Truth {
  readonly world: World;
  readonly had: boolean | null;
}

/**
 * Whether the cells were there for `throttled`, over all assignments: some say yes, some say no. A target that admitted
 * more than it should has charged it all the same; but of a budget only right ones are asked, since what a request
 * takes from it that should not have passed is anybody's guess.
 */
export function possibleTruths(
  limit: PolicyLimit,
  policy: Policy,
  requests: readonly TinyRequest[],
  throttled: TinyRequest,
): { readonly had: boolean; readonly lacked: boolean } {
  const seen = { had: false, lacked: false };
  const countsDenied = limit.family === 'fixed-window' && limit.countsDenied;
  const relevant = requests.filter((one) => one.charge !== 'none' || one === throttled || countsDenied);
  const isPassed = (world: World, request: TinyRequest, cells: number, { readingUs }: Moment): boolean =>
    limit.family !== 'earned-budget' ||
    request.charge === 'none' ||
    (world.nodes[0] as ReferenceLimiter).copy().fits(readingUs, cells);
  settingsOf(limit, policy).some((setting) =>
    visitAssignments<Truth>(
      policy,
      setting,
      relevant,
      { world: freshWorld(limit, 1, setting.phaseUs), had: null },
      (request, moment, { world, had }) =>
        before(world, moment).flatMap((now) =>
          costsOf(limit, request).flatMap((cells) => {
            if (request === throttled) {
              const hadCells = (now.nodes[0] as ReferenceLimiter).copy().fits(moment.readingUs, cells);
              const after = countsDenied ? admitOn(limit, { policy, setting }, now, 0, request, cells, moment) : [now];
              return after.map((next) => ({ world: next, had: hadCells }));
            }
            const admitted = isPassed(now, request, cells, moment)
              ? admitOn(limit, { policy, setting }, now, 0, request, cells, moment).map((next) => ({
                  world: next,
                  had,
                }))
              : [];
            return request.charge === 'maybe' ? [{ world: now, had }, ...admitted] : admitted;
          }),
        ),
      ({ had }) => {
        if (had === true) seen.had = true;
        if (had === false) seen.lacked = true;
        return seen.had && seen.lacked;
      },
    ),
  );
  return seen;
}
