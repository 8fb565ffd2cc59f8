/**
 * Which counters the leak oracle must follow. In a run of ordinary size all of them. In a long one those that can have
 * leaked (`charge-level.ts`), and of the others the few that came nearest to their bound: they say what the run could
 * have seen.
 */
import type { Policy } from '../scenario/plan.js';
import { isProvable } from './bound.js';
import { type ChargeLevel, createChargeLevel } from './charge-level.js';
import { IndexSet } from './index-set.js';

export interface FollowBounds {
  /** Up to so many charges and counters of a limit all are followed. */
  readonly charges: number;
  readonly counters: number;
  /** Beyond that so many that came nearest to their bound, of each actor and of those that blocked anybody. */
  readonly nearest: number;
}

const ordinaryRun: FollowBounds = { charges: 200_000, counters: 20_000, nearest: 8 };

/** The counters with the highest levels of those that were offered. */
class Nearest {
  private readonly counters: number[] = [];
  private readonly levels: number[] = [];
  private readonly max: number;
  private lowest: number;

  constructor(max: number) {
    this.max = max;
    this.lowest = max === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  offer(counter: number, level: number): void {
    if (level <= this.lowest) return;
    const known = this.counters.indexOf(counter);
    if (known >= 0) this.levels[known] = Math.max(level, this.levels[known] as number);
    else if (this.counters.length < this.max) {
      this.counters.push(counter);
      this.levels.push(level);
    } else {
      const at = this.levels.indexOf(Math.min(...this.levels));
      this.counters[at] = counter;
      this.levels[at] = level;
    }
    if (this.counters.length === this.max) this.lowest = Math.min(...this.levels);
  }

  get all(): readonly number[] {
    return this.counters;
  }
}

interface Watch {
  readonly level: ChargeLevel;
  readonly suspects: IndexSet;
  readonly byActor: (Nearest | undefined)[];
  readonly pressed: Nearest;
  isPressed: boolean;
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
            suspects: new IndexSet(),
            byActor: [],
            pressed: new Nearest(bounds.nearest),
            isPressed: false,
            charges: 0,
          },
    );
  }

  /** Takes a charge that is certain, or that may turn out to be one, in the order of the answers. */
  charge(limitIndex: number, counter: number, actor: number, cells: number, answeredUs: number): void {
    const watch = this.watches[limitIndex] ?? null;
    if (watch === null) return;
    watch.charges++;
    const level = watch.level.charge(counter, cells, answeredUs);
    if (level > watch.level.allowed) watch.suspects.add(counter);
    let nearest = watch.byActor[actor];
    if (nearest === undefined) {
      nearest = new Nearest(this.bounds.nearest);
      watch.byActor[actor] = nearest;
    }
    nearest.offer(counter, level);
  }

  /** Somebody was blocked by this counter: it has been at its bound. */
  press(limitIndex: number, counter: number): void {
    const watch = this.watches[limitIndex] ?? null;
    if (watch === null) return;
    watch.isPressed = true;
    watch.pressed.offer(counter, watch.level.levelOf(counter));
  }

  /** The counters of a limit that must be followed; null = all of them. */
  followed(limitIndex: number): IndexSet | null {
    const watch = this.watches[limitIndex] ?? null;
    if (watch === null || this.followsAll(watch)) return null;
    const { suspects, byActor, pressed } = watch;
    for (const nearest of [...byActor, pressed]) {
      for (const counter of nearest?.all ?? []) suspects.add(counter);
    }
    return suspects;
  }

  /** Whether there are limits of which not every counter is followed. */
  get followsSome(): boolean {
    return this.watches.some((watch) => watch !== null && !this.followsAll(watch));
  }

  /** Whether counters that blocked somebody may be among those that are not followed. */
  get missesPressed(): boolean {
    return this.watches.some((watch) => watch?.isPressed === true && !this.followsAll(watch));
  }

  private followsAll({ charges, level }: Watch): boolean {
    return charges <= this.bounds.charges && level.counters <= this.bounds.counters;
  }
}
