/**
 * Into which bin of a run's series a moment falls, and how long its bins are.
 *
 * Bins begin at the first phase and go both ways from it, so that it begins with a bin. Their length is the shortest of
 * a ladder with which the planned run has at most `binsMaxOf` of them. What happens after the planned end (requests
 * that were still open) has some more, and what comes even later stands in the last of those.
 */
import { type Plan, planEndUs } from '../scenario/plan.js';

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;
const HOUR_US = 60 * MINUTE_US;
const DAY_US = 24 * HOUR_US;

const ladderUs = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 30].map((seconds) => seconds * SECOND_US),
  ...[1, 5, 10, 30].map((minutes) => minutes * MINUTE_US),
  ...[1, 6].map((hours) => hours * HOUR_US),
  ...[1, 7, 30].map((days) => days * DAY_US),
] as const;

const BINS_MAX = 300;
/** However many actors there are: fewer would show nothing. */
const BINS_MIN = 24;
const FURTHER_BINS_MAX = 60;

/** Of `series.json` in all; what a bin takes of it was measured on saved runs. */
const FILE_BYTES = 400_000;
const BYTES_PER_ACTOR = 120;
const BYTES_PER_ACTOR_AND_LIMIT = 8;

/** Bins of the planned run at most: 300, and fewer where actors and limits would make the file larger than 400 kB. */
export function binsMaxOf({ actors, policy }: Plan): number {
  const limits = policy.limits.filter(({ isShadow }) => !isShadow).length;
  const binBytes = actors.length * (BYTES_PER_ACTOR + limits * BYTES_PER_ACTOR_AND_LIMIT);
  return Math.min(BINS_MAX, Math.max(BINS_MIN, Math.floor(FILE_BYTES / binBytes)));
}

export class Bins {
  readonly binUs: number;
  /** Run time at which bin 0 begins: at most 0, the start of the warm-up. */
  readonly startUs: number;
  /** Of the run as it was planned. */
  readonly planned: number;
  /** With those after the planned end. */
  readonly count: number;

  constructor(plan: Plan) {
    const most = binsMaxOf(plan);
    const endUs = planEndUs(plan);
    const before = (binUs: number): number => Math.ceil(plan.warmupUs / binUs);
    const total = (binUs: number): number => before(binUs) + Math.max(1, Math.ceil((endUs - plan.warmupUs) / binUs));
    let binUs = ladderUs.find((us) => total(us) <= most) ?? 2 * (ladderUs.at(-1) as number);
    while (total(binUs) > most) binUs *= 2;
    this.binUs = binUs;
    this.startUs = plan.warmupUs - before(binUs) * binUs;
    this.planned = total(binUs);
    this.count = this.planned + Math.min(FURTHER_BINS_MAX, 1 + Math.ceil(plan.request.timeoutUs / binUs));
  }

  /** 0 to `count` - 1. What is no time, as a record that was edited may have it, is in the last one. */
  of(us: number): number {
    const bin = Math.floor((us - this.startUs) / this.binUs);
    return bin < 0 ? 0 : bin < this.count ? bin : this.count - 1;
  }

  /** Run time at which a bin begins, and the one before ends. */
  startOf(bin: number): number {
    return this.startUs + bin * this.binUs;
  }
}
