/**
 * Plays random traffic against true limiters in virtual time and writes down what a generator would have seen of it:
 * send and answer, but not the moment of decision in between. Delays have heavy tails, answers overtake each other and
 * get lost, the target's clock has a grain and stands at an unknown offset, and there may be several nodes.
 *
 * Time runs in quarters of a microsecond, so that the generator's rounding to whole ones is part of the play.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { Outcome } from '../../harness/actors/outcome.js';
import type { Policy, PolicyLimit } from '../../harness/scenario/plan.js';
import { type Observed, observed } from './observation-builder.js';
import { type ReferenceLimiter, referenceLimiter } from './reference-limiters.js';

const TICKS_PER_US = 4;

export interface HistoryOptions {
  readonly policy: Policy;
  readonly seed: number;
  readonly requests: number;
  /** Mean time between sends. */
  readonly gapUs: number;
  /** Scale of the delays; a tenth of them is up to fifty times as long. */
  readonly delayUs: number;
  readonly identities: number;
  /** Shares of requests that come to nothing that can be read, that are refused, and that are denied for no reason. */
  readonly lost: number;
  readonly refused: number;
  readonly wronged: number;
  /** Share of throttles that do not say which limit it was. */
  readonly unnamed: number;
  /** Nothing is sent for so long after half of the requests. */
  readonly pauseUs?: number;
  /** The limiter that the target really runs; the right one when absent. */
  readonly build?: (limit: PolicyLimit, phaseUs: number) => ReferenceLimiter;
}

export interface PlayedRequest {
  readonly row: Observed;
  /** The true moment of decision, rounded down; null: never reached a limiter. */
  readonly decidedUs: number | null;
  /** For a throttle: whether the limit that was named had the cells; when none was named, whether all had. */
  readonly hadCells: boolean;
}

interface Flight {
  readonly sentTick: number;
  readonly decidedTick: number;
  readonly answeredTick: number;
  readonly identity: number;
  readonly requestClass: number;
}

class Dice {
  private readonly generator;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  below(bound: number): number {
    return Math.floor(((this.generator.next() >>> 0) / 2 ** 32) * bound);
  }

  chance(share: number): boolean {
    return (this.generator.next() >>> 0) / 2 ** 32 < share;
  }

  delayTicks(scaleUs: number): number {
    const ticks = scaleUs * TICKS_PER_US;
    return this.below(ticks + 1) * (this.chance(0.1) ? 1 + this.below(50) : 1);
  }
}

/** The limiters of one node, by limit and counter, and its clock. */
class Node {
  private readonly options: HistoryOptions;
  private readonly offsetTicks: number;
  private readonly phasesUs: readonly number[];
  private readonly limiters = new Map<string, ReferenceLimiter>();

  constructor(options: HistoryOptions, dice: Dice) {
    this.options = options;
    this.offsetTicks = dice.below(4000 * TICKS_PER_US);
    this.phasesUs = options.policy.limits.map(() => 0);
  }

  readClockUs(tick: number): number {
    const grain = this.options.policy.resolutionUs;
    return Math.floor((tick + this.offsetTicks) / (grain * TICKS_PER_US)) * grain;
  }

  limiterOf(index: number, counter: number): ReferenceLimiter {
    const id = `${index}/${counter}`;
    let limiter = this.limiters.get(id);
    if (limiter === undefined) {
      const build = this.options.build ?? referenceLimiter;
      limiter = build(this.options.policy.limits[index] as PolicyLimit, this.phasesUs[index] as number);
      this.limiters.set(id, limiter);
    }
    return limiter;
  }
}

export function playHistory(options: HistoryOptions): readonly PlayedRequest[] {
  const dice = new Dice(options.seed);
  const nodes = Array.from({ length: options.policy.nodes }, () => new Node(options, dice));
  const flights: Flight[] = [];
  let tick = 1000;
  for (let count = 0; count < options.requests; count++) {
    if (count === options.requests >> 1) tick += (options.pauseUs ?? 0) * TICKS_PER_US;
    // Bunched: half of the sends follow at once.
    if (dice.chance(0.5)) tick += dice.below(4 * options.gapUs * TICKS_PER_US);
    const decidedTick = tick + dice.delayTicks(options.delayUs);
    const answeredTick = decidedTick + dice.delayTicks(options.delayUs);
    const identity = dice.below(options.identities);
    flights.push({ sentTick: tick, decidedTick, answeredTick, identity, requestClass: dice.below(2) === 0 ? 3 : 5 });
  }
  flights.sort((a, b) => a.decidedTick - b.decidedTick);
  return flights.map((flight) => decide(options, dice, nodes[dice.below(nodes.length)] as Node, flight));
}

function decide(options: HistoryOptions, dice: Dice, node: Node, flight: Flight): PlayedRequest {
  const { policy } = options;
  const { identity, requestClass, sentTick, decidedTick, answeredTick } = flight;
  const us = (tick: number): number => Math.floor(tick / TICKS_PER_US);
  const base = { identity, requestClass, sentUs: us(sentTick), concludedUs: us(answeredTick) };
  const nowUs = node.readClockUs(decidedTick);
  const isLost = dice.chance(options.lost);
  // The generator may have given up on it long before the target decides it.
  const lostUs = us(dice.chance(0.5) ? sentTick : answeredTick) + 1;
  const asLost = (): Observed => observed({ ...base, outcome: Outcome.timeout, answeredUs: 0, concludedUs: lostUs });
  if (isLost && dice.chance(0.5)) return { row: asLost(), decidedUs: null, hadCells: false };
  const decidedUs = us(decidedTick);
  const isRefused = dice.chance(options.refused);
  const matching = policy.limits
    .map((limit, index) => ({ limit, index, cells: limit.costs[requestClass] ?? 0 }))
    .filter(({ cells }) => cells > 0)
    .map((one) => ({ ...one, limiter: node.limiterOf(one.index, one.limit.by === 'global' ? 0 : identity) }));
  const limits = matching.filter(({ limit }) => !isRefused || limit.by === 'ip');
  const denying = limits.filter(({ limiter, cells }) => !limiter.fits(nowUs, cells));
  const isWronged = denying.length === 0 && limits.length > 0 && dice.chance(options.wronged);
  if (denying.length > 0 || isWronged) {
    const named = (isWronged ? limits : denying)[dice.below(isWronged ? limits.length : denying.length)];
    const isNamed = !dice.chance(options.unnamed);
    const row = observed({ ...base, outcome: Outcome.throttled, limit: isNamed ? (named?.index ?? -1) : -1 });
    const hadCells = isWronged && (isNamed || matching.every(({ limiter, cells }) => limiter.fits(nowUs, cells)));
    return { row: isLost ? asLost() : row, decidedUs, hadCells };
  }
  for (const { limiter, cells } of limits) limiter.charge(nowUs, cells);
  const row = observed({ ...base, outcome: isRefused ? Outcome.refused : Outcome.admitted });
  return { row: isLost ? asLost() : row, decidedUs, hadCells: true };
}
