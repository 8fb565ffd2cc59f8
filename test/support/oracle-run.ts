/** Puts a record before the judge's oracles and hands back what they found, row by row. */
import { BlockOracle, type Finding } from '../../harness/judge/block-oracle.js';
import type { CounterNames } from '../../harness/judge/counter-space.js';
import { Counters } from '../../harness/judge/counters.js';
import { LeakOracle, type LeakSubject } from '../../harness/judge/leak-oracle.js';
import type { FollowBounds } from '../../harness/judge/leak-screen.js';
import type { ObservationSource } from '../../harness/judge/observation.js';
import { forEachRow, type Row } from '../../harness/judge/row.js';
import { phaseAt } from '../../harness/judge/scope.js';
import { Survey } from '../../harness/judge/survey.js';
import type { Plan } from '../../harness/scenario/plan.js';

export interface OracleFindings {
  /** Counters with a leak. */
  readonly leaks: readonly LeakSubject[];
  /** Every counter that was certainly charged. */
  readonly subjects: readonly LeakSubject[];
  readonly blocks: readonly { readonly row: Row; readonly shared: Finding | null; readonly own: Finding | null }[];
  readonly retries: readonly { readonly row: Row; readonly finding: 'kept' | 'broken' }[];
  /** Most that the oracles kept at once. */
  readonly leakEntriesMax: number;
  readonly blockEntriesMax: number;
}

/** Address 7 is 10.0.0.7, account 7 the third of master 2: four addresses make a /30, three accounts a master. */
const testNames: CounterNames = {
  ipName: (index) => `10.0.0.${index}`,
  keyName: (index) => `key-${index}`,
  accountName: (index) => `master-${Math.floor(index / 3)}/${index % 3}`,
};

/** @param bounds - up to where every counter is followed by the leak oracle. */
export function runOracles(plan: Plan, source: ObservationSource, bounds?: FollowBounds): OracleFindings {
  const counters = new Counters(plan.policy, testNames);
  const survey = new Survey(plan, counters, bounds);
  forEachRow(source, (row) => survey.add(row));
  const { policy } = plan;
  const leakOracle = new LeakOracle({
    policy,
    counters,
    credits: survey.credits,
    dearestCells: survey.dearestCells,
    serviceUsMax: survey.serviceUsMax,
    countsUnclear: false,
    followed: (limitIndex) => survey.screen.followed(limitIndex),
    phaseAt: (us) => phaseAt(plan.phases, us),
  });
  const blocks: { row: Row; shared: Finding | null; own: Finding | null }[] = [];
  const retries: { row: Row; finding: 'kept' | 'broken' }[] = [];
  const blockOracle = new BlockOracle({
    plan,
    counters,
    blockedCounters: survey.blockedCounters,
    blockedIdentities: survey.blockedIdentities,
    coldLimits: survey.coldLimits(),
    lagUsMax: survey.lagUsMax,
    onJudged: (judgement) => blocks.push(judgement),
    onRetry: (row, finding) => retries.push({ row, finding }),
  });
  let blockEntriesMax = 0;
  let rows = 0;
  forEachRow(source, (row) => {
    leakOracle.add(row);
    blockOracle.add(row);
    if (rows++ % 1000 === 0) blockEntriesMax = Math.max(blockEntriesMax, blockOracle.entries);
  });
  blockOracle.finish();
  const subjects = [...leakOracle.subjects()];
  const leaks = subjects.filter(({ worst }) => worst !== null && worst.excessCells > 0);
  return { leaks, subjects, blocks, retries, leakEntriesMax: leakOracle.entriesMax, blockEntriesMax };
}
