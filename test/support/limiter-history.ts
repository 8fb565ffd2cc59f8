/**
 * Plays random traffic against true limiters in virtual time and writes down what a generator would have seen of it:
 * send and answer, but not the moment of decision in between. Delays have heavy tails, answers overtake each other and
 * get lost, the target's clock has a grain and stands at an unknown offset, and there may be several nodes. Orders have
 * ages and are filled later, requests hold several elements, queues make them wait.
 *
 * Time runs in quarters of a microsecond, so that the generator's rounding to whole ones is part of the play.
 */
import { Outcome } from '../../harness/actors/outcome.js';
import { TimeQueue } from '../../harness/judge/time-queue.js';
import type { Policy, PolicyLimit } from '../../harness/scenario/plan.js';
import { Dice } from './dice.js';
import { BanLadder, counterText } from './limiter-node.js';
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
  /** Elements of a request at most; 1 when absent. */
  readonly elementsMax?: number;
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
  /** Between the end of the service and the answer. */
  readonly backTicks: number;
  readonly identity: number;
  readonly requestClass: number;
  readonly elements: number;
}

interface Counter {
  readonly limiter: ReferenceLimiter;
  readonly ladder: BanLadder;
}

/** The counters of one node, by limit and key, and its clock. */
class Node {
  private readonly options: HistoryOptions;
  private readonly offsetTicks: number;
  private readonly counters = new Map<string, Counter>();

  constructor(options: HistoryOptions, dice: Dice) {
    this.options = options;
    this.offsetTicks = dice.below(Math.max(4000, 2 * options.policy.resolutionUs) * TICKS_PER_US);
  }

  readClockUs(tick: number): number {
    const grain = this.options.policy.resolutionUs;
    return Math.floor((tick + this.offsetTicks) / (grain * TICKS_PER_US)) * grain;
  }

  /** The first tick at which the clock shows `us` or more. */
  tickOf(us: number): number {
    const grain = this.options.policy.resolutionUs;
    return Math.ceil(us / grain) * grain * TICKS_PER_US - this.offsetTicks;
  }

  counterOf(index: number, flight: Flight): Counter {
    const limit = this.options.policy.limits[index] as PolicyLimit;
    const id = `${index} ${counterText(limit, flight.identity, flight.requestClass)}`;
    let counter = this.counters.get(id);
    if (counter === undefined) {
      counter = { limiter: (this.options.build ?? referenceLimiter)(limit, 0), ladder: new BanLadder(limit.ban) };
      this.counters.set(id, counter);
    }
    return counter;
  }
}

interface Asked extends Counter {
  readonly limit: PolicyLimit;
  readonly index: number;
  readonly cells: number;
}

export function playHistory(options: HistoryOptions): readonly PlayedRequest[] {
  return new Play(options).run();
}

class Play {
  private readonly options: HistoryOptions;
  private readonly dice: Dice;
  private readonly nodes: readonly Node[];
  private readonly agenda = new TimeQueue<(tick: number) => void>();
  private readonly played: PlayedRequest[] = [];

  constructor(options: HistoryOptions) {
    this.options = options;
    this.dice = new Dice(options.seed);
    this.nodes = Array.from({ length: options.policy.nodes }, () => new Node(options, this.dice));
  }

  run(): readonly PlayedRequest[] {
    const { options, dice, agenda } = this;
    let tick = 1000;
    for (let count = 0; count < options.requests; count++) {
      if (count === options.requests >> 1) tick += (options.pauseUs ?? 0) * TICKS_PER_US;
      // Bunched: half of the sends follow at once.
      if (dice.chance(0.5)) tick += dice.below(4 * options.gapUs * TICKS_PER_US);
      const flight: Flight = {
        sentTick: tick,
        decidedTick: tick + this.delayTicks(),
        backTicks: this.delayTicks(),
        identity: dice.below(options.identities),
        requestClass: dice.below(2) === 0 ? 3 : 5,
        elements: dice.between(1, options.elementsMax ?? 1),
      };
      agenda.push(flight.decidedTick, () => this.played.push(this.decide(dice.one(this.nodes), flight)));
    }
    while (agenda.size > 0) {
      const now = agenda.nextUs;
      agenda.pop()(now);
    }
    return this.played;
  }

  private delayTicks(): number {
    const { dice, options } = this;
    const ticks = options.delayUs * TICKS_PER_US;
    return dice.below(ticks + 1) * (dice.chance(0.1) ? 1 + dice.below(50) : 1);
  }

  private decide(node: Node, flight: Flight): PlayedRequest {
    const { dice, options } = this;
    const { identity, requestClass, elements, sentTick, decidedTick } = flight;
    const base = { identity, requestClass, elements, sentUs: usOf(sentTick) };
    const isLost = dice.chance(options.lost);
    // The generator may have given up on it long before the target decides it.
    const lostUs = usOf(dice.chance(0.5) ? sentTick : decidedTick + flight.backTicks) + 1;
    const asLost = (): Observed => observed({ ...base, outcome: Outcome.timeout, answeredUs: 0, concludedUs: lostUs });
    if (isLost && dice.chance(0.5)) return { row: asLost(), decidedUs: null, hadCells: false };
    const decidedUs = usOf(decidedTick);
    const nowUs = node.readClockUs(decidedTick);
    const isRefused = dice.chance(options.refused);
    const matching = this.matching(node, flight);
    const front = matching.filter(
      ({ limit: { by } }) => by.includes('ip') && !by.some((part) => part !== 'ip' && part !== 'class'),
    );
    const asked = isRefused || this.denials(front, nowUs).length > 0 ? front : matching;
    const denial = this.denial(asked, matching, nowUs);
    const answeredUs = usOf(decidedTick + flight.backTicks);
    if (denial !== null) {
      for (const { limit, limiter, cells } of asked) {
        if (limit.family === 'fixed-window' && limit.countsDenied) limiter.charge(nowUs, cells);
      }
      const row = observed({ ...base, outcome: denial.outcome, limit: denial.limit, concludedUs: answeredUs });
      return { row: isLost ? asLost() : row, decidedUs, hadCells: denial.hadCells };
    }
    const servedTick = this.admit(node, asked, flight, nowUs);
    const endTick = isRefused ? decidedTick : servedTick;
    this.follow(asked, flight, { endTick, isRefused, isLost });
    const outcome = isRefused ? Outcome.refused : Outcome.admitted;
    const row = observed({ ...base, outcome, concludedUs: usOf(endTick + flight.backTicks) });
    return { row: isLost ? asLost() : row, decidedUs, hadCells: true };
  }

  /** The limits that count this request, each with what it costs there at the age that it has. */
  private matching(node: Node, flight: Flight): readonly Asked[] {
    const { dice, options } = this;
    return options.policy.limits.flatMap((limit, index) => {
      const cells = (limit.costs[flight.requestClass] ?? 0) * flight.elements;
      if (cells === 0 || limit.isShadow) return [];
      const ages = limit.ageCosts[flight.requestClass] ?? [];
      const ageUs = dice.below(2 * (ages.at(-1)?.underUs ?? 1));
      const aged = ages.find(({ underUs }) => ageUs < underUs)?.cells ?? 0;
      return [{ ...node.counterOf(index, flight), limit, index, cells: cells + aged }];
    });
  }

  private denials(asked: readonly Asked[], nowUs: number): readonly Asked[] {
    return asked.filter(
      ({ limit, limiter, ladder, cells }) =>
        ladder.isBanned(nowUs) || isNever(limit, cells) || !limiter.fits(nowUs, cells),
    );
  }

  private denial(asked: readonly Asked[], matching: readonly Asked[], nowUs: number) {
    const { dice, options } = this;
    const denying = this.denials(asked, nowUs);
    const isWronged = denying.length === 0 && asked.length > 0 && dice.chance(options.wronged);
    if (denying.length === 0 && !isWronged) return null;
    const named = dice.one(isWronged ? asked : denying);
    const isNamed = !dice.chance(options.unnamed);
    const limit = isNamed ? named.index : -1;
    if (named.ladder.isBanned(nowUs)) return { outcome: Outcome.banned, limit, hadCells: false };
    if (isNever(named.limit, named.cells)) return { outcome: Outcome.never, limit, hadCells: false };
    // Before the strike, which may ban. A limit that has banned its key says so in another answer: it explains no throttle.
    const lacks = ({ limit: one, limiter, cells }: Asked): boolean =>
      isNever(one, cells) || !limiter.fits(nowUs, cells);
    const hadCells = isWronged && (isNamed || !matching.some(lacks));
    named.ladder.strike(nowUs);
    return { outcome: Outcome.throttled, limit, hadCells };
  }

  /** @returns when the slowest queue has served it. */
  private admit(node: Node, asked: readonly Asked[], { decidedTick }: Flight, nowUs: number): number {
    let servedTick = decidedTick;
    for (const { limiter, ladder, cells } of asked) {
      limiter.charge(nowUs, cells);
      ladder.admit();
      const servedUs = limiter.servedUs?.() ?? nowUs;
      if (servedUs <= nowUs) continue;
      // One target sets a timer, another looks at its clock.
      const byTimer = decidedTick + (servedUs - nowUs) * TICKS_PER_US;
      servedTick = Math.max(servedTick, this.dice.chance(0.5) ? byTimer : node.tickOf(servedUs));
    }
    return servedTick;
  }

  /** What an admission brings about later: its end, and fills. */
  private follow(
    asked: readonly Asked[],
    flight: Flight,
    { endTick, isRefused, isLost }: { endTick: number; isRefused: boolean; isLost: boolean },
  ): void {
    const { dice, agenda } = this;
    for (const { limiter, cells } of asked) {
      // Of one that nobody waits for any more the end may come late.
      const heldTicks = isLost ? 40 * this.delayTicks() : dice.below(flight.backTicks + 1);
      const end = (): void => limiter.release?.(cells);
      if (limiter.release !== undefined) agenda.push(isRefused ? flight.decidedTick : endTick + heldTicks, end);
    }
    if (isRefused) return;
    for (const [index, limit] of this.options.policy.limits.entries()) this.fill(limit, index, flight);
  }

  private fill(limit: PolicyLimit, index: number, flight: Flight): void {
    const { dice, agenda } = this;
    if (!('creditsMax' in limit) || limit.isShadow) return;
    let left = (limit.creditsMax[flight.requestClass] ?? 0) * flight.elements;
    while (left > 0) {
      const cells = dice.between(1, left);
      left -= cells;
      if (dice.chance(0.3)) continue;
      const tick = flight.decidedTick + (dice.chance(0.3) ? 0 : 20 * this.delayTicks());
      agenda.push(tick, () => {
        for (const node of this.nodes) node.counterOf(index, flight).limiter.credit?.(node.readClockUs(tick), cells);
      });
    }
  }
}

/** What an earned budget can come to hold has no bound. */
function isNever(limit: PolicyLimit, cells: number): boolean {
  if (limit.family === 'earned-budget') return false;
  return cells > limit.capacity + (limit.family === 'leaky-queue' ? limit.queueCells : 0);
}

function usOf(tick: number): number {
  return Math.floor(tick / TICKS_PER_US);
}
