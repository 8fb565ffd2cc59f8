/** A run as a comparison takes it: what was read of its folder. */
import { buildWorld } from '../actors/identities/world.js';
import { studyRun } from '../judge/judge.js';
import type { JudgedRun } from '../judge/judged-run.js';
import { measure } from '../judge/measures.js';
import type { ObservationSource } from '../judge/observation.js';
import type { VerdictDocument } from '../judge/verdict.js';
import type { Plan } from '../scenario/plan.js';
import { ClusterTally } from './cluster-tally.js';
import { asksForAll, type ComparedName } from './compared-names.js';

export interface RunToCompare {
  readonly folder: string;
  readonly plan: Plan;
  readonly seed: number;
  readonly verdict: VerdictDocument | null;
  /** null = they are not there: then what the verdict says is all that is compared. */
  readonly rows: ObservationSource | null;
  /** What else a run is known by, in words: its target, what the gateway enforced, the delay. A difference is told. */
  readonly facts: Readonly<Record<string, string>>;
  /** What its folder lacks, a sentence each. */
  readonly missing: readonly string[];
}

/** In the metric's unit; Infinity = never happened; null = can't be told. */
export type Measured = number | null;

/** The runs of one side, counted together and measured one by one. */
export class ComparedSide {
  readonly plan: Plan;
  readonly runs: readonly RunToCompare[];
  /** null = no run of it has its rows. */
  readonly tally: ClusterTally | null;
  private readonly studied: readonly (JudgedRun | null)[];

  /** @param runs - of one plan, at least one. */
  constructor(runs: readonly RunToCompare[], names: readonly ComparedName[]) {
    const [first] = runs;
    if (first === undefined) throw new Error('a side has no run');
    this.plan = first.plan;
    this.runs = runs;
    const tally = new ClusterTally(first.plan);
    this.studied = runs.map(({ plan, seed, rows }) => {
      if (rows === null) return null;
      const task = { plan: asksForAll(plan, names), world: buildWorld(plan, seed), observations: rows, seed };
      return studyRun(task, tally.watch(seed));
    });
    this.tally = tally.runs === 0 ? null : tally;
  }

  /** What each run measured. */
  values({ subject, metric, phase }: ComparedName): readonly Measured[] {
    return this.runs.map(({ verdict }, index) => {
      const studied = this.studied[index] ?? null;
      if (studied !== null) return measure(studied, subject, metric, phase).value;
      const name = `${subject}.${metric}${phase === null ? '' : ` in ${phase}`}`;
      const measured = verdict?.expectations.find((one) => one.metric === name)?.measured ?? null;
      return measured === 'infinite' ? Number.POSITIVE_INFINITY : measured;
    });
  }

  /** Seeds in their order. */
  get seeds(): readonly number[] {
    return this.runs.map(({ seed }) => seed).sort((a, b) => a - b);
  }

  /** 99th percentile of the generator's own delay before requests, the mean over runs; null = no verdict tells it. */
  get ownDelayUs(): number | null {
    const told = this.runs.flatMap(({ verdict }) => (verdict === null ? [] : [verdict.generator.ownDelayMsP99 * 1000]));
    return told.length === 0 ? null : told.reduce((sum, one) => sum + one, 0) / told.length;
  }
}
