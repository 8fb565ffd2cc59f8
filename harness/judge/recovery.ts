/**
 * `recovery`: when is service as good as before, after the last abuse has ended?
 *
 * Time is cut into steps of 100 ms; a request belongs to the step that it was intended for. At a step T the service has
 * recovered if of the requests intended in [T, T + hold) none was falsely blocked and the share that was good (admitted
 * within 1 s of its intended time) is at least 99 % of that share in the first phase. A share and not a rate, since
 * demand varies by more than 1 % of its own accord.
 */
import { Outcome } from '../actors/outcome.js';
import { type Plan, planEndUs } from '../scenario/plan.js';
import type { BlockJudgement } from './block-oracle.js';
import { STEP_US, type TimeFinding } from './containment.js';
import type { Row } from './row.js';
import { phaseAt, type Selection } from './scope.js';
import { GOOD_WITHIN_US } from './tally.js';

const SHARE_OF_CALM = 0.99;

export class Recovery {
  private readonly plan: Plan;
  private readonly actors: readonly number[];
  private readonly asked: number[] = [];
  private readonly good: number[] = [];
  private readonly falseBlocks: number[] = [];
  private readonly unsureBlocks: number[] = [];
  private calmAsked = 0;
  private calmGood = 0;

  constructor(plan: Plan, selection: Selection) {
    this.plan = plan;
    this.actors = selection.actors.filter((actor) => plan.actors[actor]?.label === 'legit');
  }

  add(row: Row): void {
    if (!this.actors.includes(row.actor)) return;
    const step = Math.floor(row.intendedUs / STEP_US);
    const isGood = row.outcome === Outcome.admitted && row.answeredUs - row.intendedUs <= GOOD_WITHIN_US;
    count(this.asked, step);
    if (isGood) count(this.good, step);
    if (phaseAt(this.plan.phases, row.intendedUs) !== 0) return;
    this.calmAsked++;
    if (isGood) this.calmGood++;
  }

  judge({ row, own }: BlockJudgement): void {
    if (!this.actors.includes(row.actor)) return;
    const step = Math.floor(row.intendedUs / STEP_US);
    if (own === 'wrongful') count(this.falseBlocks, step);
    if (own === 'unsure') count(this.unsureBlocks, step);
  }

  /** @param countUnsure - whether blocks that can't be told count as false ones. */
  find(countUnsure: boolean): TimeFinding {
    const ends = this.plan.actors.flatMap(({ label, active }) =>
      label === 'abuse' ? active.map(({ endUs }) => endUs) : [],
    );
    if (ends.length === 0) return { why: 'the scenario has no abuse to recover from' };
    if (this.calmAsked === 0) return { why: 'no honest request of it was intended in the first phase' };
    // Against a share of nothing a dead target would be as good as before.
    if (this.calmGood === 0) return { why: 'no honest request of it was admitted within 1 s in the first phase' };
    const abuseEndUs = Math.max(...ends);
    const hold = Math.max(1, Math.ceil(this.plan.holdUs / STEP_US));
    const first = Math.ceil(abuseEndUs / STEP_US);
    const last = Math.floor(planEndUs(this.plan) / STEP_US) - hold;
    if (last < first) return { why: 'the run ended less than the hold time after the last abuse' };
    let askedAfter = 0;
    for (let step = first; step < last + hold; step++) askedAfter += this.asked[step] ?? 0;
    if (askedAfter === 0) return { why: 'no honest request of it was intended after the last abuse' };
    for (let step = first; step <= last; step++) {
      if (this.holds(step, hold, countUnsure)) return { us: Math.max(0, step * STEP_US - abuseEndUs) };
    }
    return { us: Number.POSITIVE_INFINITY };
  }

  private holds(from: number, steps: number, countUnsure: boolean): boolean {
    let asked = 0;
    let good = 0;
    for (let step = from; step < from + steps; step++) {
      if ((this.falseBlocks[step] ?? 0) > 0) return false;
      if (countUnsure && (this.unsureBlocks[step] ?? 0) > 0) return false;
      asked += this.asked[step] ?? 0;
      good += this.good[step] ?? 0;
    }
    return asked > 0 && good * this.calmAsked >= SHARE_OF_CALM * asked * this.calmGood;
  }
}

function count(steps: number[], step: number): void {
  steps[step] = (steps[step] ?? 0) + 1;
}
