/**
 * Which counters the leak oracle must follow. In a run of ordinary size all of them. In a long one those that can have
 * leaked (`charge-level.ts`), and of the others the few that came nearest to their bound: they say what the run could
 * have seen.
 */
import type { Policy } from '../scenario/plan.js';
import { isProvable } from './bound.js';
import { type ChargeLevel, createChargeLevel } from './charge-level.js';
import { IndexSet } from './index-set.js';

/** Up to so many charges and counters of a limit all are followed. */
export interface FollowBounds {
  readonly charges: number;
  readonly counters: number;
}

const ordinaryRun: FollowBounds = { charges: 200_000, counters: 20_000 };
/** Of each actor, and of those that blocked anybody. */
const NEAREST_MAX = 8;

/** The counters with the highest levels of those that were offered. */
class Nearest {
  private readonly counters: number[] = [];
  private readonly levels: number[] = [];
  private lowest = Number.NEGATIVE_INFINITY;

  offer(counter: number, level: number): void {
    if (level <= this.lowest) return;
    const known = this.counters.indexOf(counter);
    if (known >= 0) this.levels[known] = Math.max(level, this.levels[known] as number);
    else if (this.counters.length < NEAREST_MAX) {
      this.counters.push(counter);
      this.levels.push(level);
    } else {
      const at = this.levels.indexOf(Math.min(...this.levels));
      this.counters[at] = counter;
      this.levels[at] = level;
    }
    if (this.counters.length === NEAREST_MAX) this.lowest = Math.min(...this.levels);
  }

  get all(): readonly number[] {
    return this.counters;
  }
}

interface Watch {
  readonly level: ChargeLevel;
  readonly seen: IndexSet;
  readonly suspects: IndexSet;
  readonly byActor: Map<number, Nearest>;
  readonly pressed: Nearest;
  charges: number;
}

export class LeakScreen {
  /** By limit; null: of this one no leak can be proved. */
  private readonly watches: readonly (Watch | null)[];
  private readonly bounds: FollowBounds;

  constructor(policy: Policy, bounds = ordinaryRun) {
    this.bounds = bounds;
    this.watches = policy.limits.map((limit) =>
      limit.family === 'concurrency' || limit.isShadow || !isProvable(limit, policy)
        ? null
        : {
            level: createChargeLevel(limit, policy),
            seen: new IndexSet(),
            suspects: new IndexSet(),
            byActor: new Map(),
            pressed: new Nearest(),
            charges: 0,
          },
    );
  }

  /** Takes a charge that is certain, or that may turn out to be one, in the order of the answers. */
  charge(limitIndex: number, counter: number, actor: number, cells: number, answeredUs: number): void {
    const watch = this.watches[limitIndex] ?? null;
    if (watch === null) return;
    watch.charges++;
    if (watch.seen.size <= this.bounds.counters) watch.seen.add(counter);
    const level = watch.level.charge(counter, cells, answeredUs);
    if (level > watch.level.allowed) watch.suspects.add(counter);
    let nearest = watch.byActor.get(actor);
    if (nearest === undefined) {
      nearest = new Nearest();
      watch.byActor.set(actor, nearest);
    }
    nearest.offer(counter, level);
  }

  /** Somebody was blocked by this counter: it has been at its bound. */
  press(limitIndex: number, counter: number): void {
    const watch = this.watches[limitIndex] ?? null;
    watch?.pressed.offer(counter, watch.level.levelOf(counter));
  }

  /** The counters of a limit that must be followed; null = all of them. */
  followed(limitIndex: number): IndexSet | null {
    const watch = this.watches[limitIndex] ?? null;
    if (watch === null || this.followsAll(watch)) return null;
    const { suspects, byActor, pressed } = watch;
    for (const { all } of [...byActor.values(), pressed]) for (const counter of all) suspects.add(counter);
    return suspects;
  }

  /** Whether there are limits of which not every counter is followed. */
  get followsSome(): boolean {
    return this.watches.some((watch) => watch !== null && !this.followsAll(watch));
  }

  private followsAll({ charges, seen }: Watch): boolean {
    return charges <= this.bounds.charges && seen.size <= this.bounds.counters;
  }
}
