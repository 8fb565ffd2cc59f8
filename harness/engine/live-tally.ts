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

function histogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3 });
}

export class LiveTally {
  readonly actors: readonly ActorTally[];
  private readonly latencies: readonly Histogram[];
  private readonly targetWaits = histogram();
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
    this.latencies = plan.actors.map(histogram);
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
        this.latencies[actor]?.recordValue(clampDelay(answeredUs - intendedUs));
      }
      if (intendedUs < this.warmupUs) continue;
      this.asked++;
      if (sentUs !== 0) {
        this.sent++;
        this.targetWaits.recordValue(clampDelay(sentUs - (columns.dispatchedUs[row] as number)));
      }
      if (answeredUs !== 0) this.answered++;
    }
  }

  /** Milliseconds, null before the first admission. */
  latencyMsP99(actor: number): number | null {
    const latency = this.latencies[actor];
    return latency === undefined || latency.totalCount === 0 ? null : latency.getValueAtPercentile(99) / 1000;
  }

  get targetWaitMsP99(): number {
    return this.targetWaits.totalCount === 0 ? 0 : this.targetWaits.getValueAtPercentile(99) / 1000;
  }
}

function clampDelay(us: number): number {
  return Math.min(3_600_000_000, Math.max(0, Math.round(us)));
}

function count(tally: ActorTally, outcome: Outcome): void {
  if (outcome === Outcome.admitted) tally.admitted++;
  else if (outcome === Outcome.throttled || outcome === Outcome.never) tally.throttled++;
  else if (outcome === Outcome.refused || outcome === Outcome.denied) tally.refused++;
  else if (outcome === Outcome.banned) tally.banned++;
  else if (outcome !== Outcome.aborted && outcome !== Outcome.unclear) tally.errors++;
}
