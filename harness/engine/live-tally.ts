/** Counts of a run while it goes on, fed with the same batches that the record gets: for the live lines and the generator's account. */
import { build, type Histogram } from 'hdr-histogram-js';
import { Outcome } from '../actors/outcome.js';
import type { ObservationColumns } from '../judge/observation.js';
import type { Plan } from '../scenario/plan.js';

export interface ActorTally {
  sent: number;
  admitted: number;
  throttled: number;
  refused: number;
  banned: number;
  errors: number;
}

const DELAY_US_MAX = 3_600_000_000;

/**
 * A histogram that is told each stretch of equal delays at once: where the network takes as long for everybody, and nobody
 * waits for a connection, that is a whole batch.
 */
class Delays {
  readonly histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: DELAY_US_MAX,
    numberOfSignificantValueDigits: 3,
  });
  private delayUs = 0;
  private count = 0;

  add(delayUs: number): void {
    if (delayUs !== this.delayUs) this.settle();
    this.delayUs = delayUs;
    this.count++;
  }

  /** Tells the histogram what it has not been told yet. */
  settle(): void {
    if (this.count > 0) this.histogram.recordValueWithCount(clampDelay(this.delayUs), this.count);
    this.count = 0;
  }

  /** Milliseconds, null where nothing was added. */
  get msP99(): number | null {
    return this.histogram.totalCount === 0 ? null : this.histogram.getValueAtPercentile(99) / 1000;
  }
}

export class LiveTally {
  readonly actors: readonly ActorTally[];
  private readonly latencies: readonly Delays[];
  private readonly targetWaits = new Delays();
  private readonly warmupUs: number;
  /** Measured requests that were due, written, and answered. */
  asked = 0;
  sent = 0;
  answered = 0;
  /** The span from the first intended to the last concluded request, warm-up included. */
  firstUs = Number.POSITIVE_INFINITY;
  lastUs = Number.NEGATIVE_INFINITY;

  constructor(plan: Plan) {
    this.warmupUs = plan.warmupUs;
    this.actors = plan.actors.map(() => ({ sent: 0, admitted: 0, throttled: 0, refused: 0, banned: 0, errors: 0 }));
    this.latencies = plan.actors.map(() => new Delays());
  }

  add(rows: number, columns: ObservationColumns): void {
    this.lastUs = Math.max(this.lastUs, columns.concludedUs[rows - 1] as number);
    for (let row = 0; row < rows; row++) {
      const intendedUs = columns.intendedUs[row] as number;
      if (intendedUs < this.firstUs) this.firstUs = intendedUs;
      const sentUs = columns.sentUs[row] as number;
      const answeredUs = columns.answeredUs[row] as number;
      const actor = columns.actor[row] as number;
      const outcome = columns.outcome[row] as Outcome;
      const tally = this.actors[actor] as ActorTally;
      if (sentUs !== 0) tally.sent++;
      count(tally, outcome);
      if (outcome === Outcome.admitted) {
        (this.latencies[actor] as Delays).add(answeredUs - intendedUs);
      }
      if (intendedUs < this.warmupUs) continue;
      this.asked++;
      if (sentUs !== 0) {
        this.sent++;
        this.targetWaits.add(sentUs - (columns.dispatchedUs[row] as number));
      }
      if (answeredUs !== 0) this.answered++;
    }
    for (const latency of this.latencies) latency.settle();
    this.targetWaits.settle();
  }

  /** Milliseconds, null before the first admission. */
  latencyMsP99(actor: number): number | null {
    return this.latencies[actor]?.msP99 ?? null;
  }

  get targetWaitMsP99(): number {
    return this.targetWaits.msP99 ?? 0;
  }
}

function clampDelay(us: number): number {
  return Math.min(DELAY_US_MAX, Math.max(0, Math.round(us)));
}

function count(tally: ActorTally, outcome: Outcome): void {
  if (outcome === Outcome.admitted) tally.admitted++;
  else if (outcome === Outcome.throttled || outcome === Outcome.never) tally.throttled++;
  else if (outcome === Outcome.refused || outcome === Outcome.denied) tally.refused++;
  else if (outcome === Outcome.banned) tally.banned++;
  else if (outcome !== Outcome.aborted && outcome !== Outcome.unclear) tally.errors++;
}
