/**
 * Counts what happened in the runs of one side, apart by clusters: by group of identities, since one customer's requests
 * depend on each other, and by block of time, since all that meet the same hitch of a machine do. How much clusters differ
 * says how much a whole run would, had other people come, or had it been another hour.
 */
import { IntentKind, Outcome } from '../actors/outcome.js';
import type { BlockJudgement } from '../judge/block-oracle.js';
import { GROUPS, groupOf, groupsOf } from '../judge/groups.js';
import { LatencyBook, type LatencyKind } from '../judge/latency-book.js';
import type { LatencyHistogram } from '../judge/latency-histogram.js';
import { isAnswered, isBlocked, isError, isWritten, type Row } from '../judge/row.js';
import { GroupGrid, phaseAt, type Selection } from '../judge/scope.js';
import { GOOD_WITHIN_US } from '../judge/tally.js';
import type { Plan } from '../scenario/plan.js';

/** Each phase is cut into so many blocks of one length; blocks of several phases with the same number count as one. */
export const BLOCKS = 16;

export const countNames = [
  'due',
  'sent',
  'answered',
  'admitted',
  'throttled',
  'refused',
  'banned',
  'blocked',
  'errors',
  'good',
  'retries',
  'falseBlocks',
] as const;
export type CountName = (typeof countNames)[number];

/** By what requests are dealt into clusters. */
export const clusterings = ['identities', 'time'] as const;
export type Clustering = (typeof clusterings)[number];

class ClusterBook {
  readonly latencies: LatencyBook;
  readonly counts: Readonly<Record<CountName, GroupGrid>>;

  constructor({ actors, phases }: Plan) {
    this.latencies = new LatencyBook(actors.length);
    this.counts = Object.fromEntries(
      countNames.map((name) => [name, new GroupGrid(actors.length, phases.length)]),
    ) as Record<CountName, GroupGrid>;
  }
}

export class ClusterTally {
  /** Runs that were added. */
  runs = 0;
  private readonly plan: Plan;
  private readonly books: Readonly<Record<Clustering, ClusterBook>>;
  private readonly seeds = new Set<number>();

  constructor(plan: Plan) {
    this.plan = plan;
    this.books = { identities: new ClusterBook(plan), time: new ClusterBook(plan) };
  }

  /** What must see the rows of one more run. */
  watch(seed: number): { readonly onRow: (row: Row) => void; readonly onJudged: (judgement: BlockJudgement) => void } {
    this.runs++;
    this.seeds.add(seed);
    return {
      onRow: (row) => this.add(row, seed),
      onJudged: ({ row, own }) => {
        if (own === 'wrongful') this.count(row, seed, ['falseBlocks']);
      },
    };
  }

  /** Of each cluster the sum. */
  sums(by: Clustering, selection: Selection, names: readonly CountName[]): Float64Array {
    const sums = new Float64Array(GROUPS);
    for (const name of names) {
      for (const [cluster, sum] of this.books[by].counts[name].byGroup(selection).entries()) {
        sums[cluster] = (sums[cluster] as number) + sum;
      }
    }
    return sums;
  }

  total(selection: Selection, names: readonly CountName[]): number {
    return this.sums('time', selection, names).reduce((sum, one) => sum + one, 0);
  }

  /** How many these actors are. */
  identities(actors: readonly number[]): number {
    return actors.reduce((sum, actor) => sum + (this.plan.actors[actor]?.population ?? 0), 0);
  }

  histograms(by: Clustering, kind: LatencyKind, selection: Selection): readonly LatencyHistogram[] {
    return this.books[by].latencies.byGroup(kind, selection);
  }

  /** Clusters that can hold anything of these actors. */
  clusters(by: Clustering, actors: readonly number[]): readonly number[] {
    if (by === 'time') return Array.from({ length: BLOCKS }, (_, block) => block);
    const found = new Set([...this.seeds].flatMap((seed) => groupsOf(this.plan, actors, seed)));
    return [...found].sort((a, b) => a - b);
  }

  private add(row: Row, seed: number): void {
    const names: CountName[] = [];
    const { outcome } = row;
    if (outcome !== Outcome.aborted) names.push('due');
    if (isWritten(row)) names.push('sent');
    if (isWritten(row) && row.kind === IntentKind.retry) names.push('retries');
    if (isAnswered(row)) names.push('answered');
    if (isBlocked(row)) names.push('blocked');
    if (isError(row)) names.push('errors');
    if (outcome === Outcome.throttled) names.push('throttled');
    if (outcome === Outcome.banned) names.push('banned');
    if (outcome === Outcome.refused || outcome === Outcome.denied) names.push('refused');
    if (outcome === Outcome.admitted) names.push('admitted');
    if (outcome === Outcome.admitted && row.answeredUs - row.intendedUs <= GOOD_WITHIN_US) names.push('good');
    this.count(row, seed, names);
    this.recordLatencies(row, seed);
  }

  private count(row: Row, seed: number, names: readonly CountName[]): void {
    const phase = phaseAt(this.plan.phases, row.intendedUs);
    if (phase < 0) return;
    const group = groupOf(row.identity, seed);
    const block = this.blockOf(phase, row.intendedUs);
    for (const name of names) {
      this.books.identities.counts[name].add(row.actor, phase, group);
      this.books.time.counts[name].add(row.actor, phase, block);
    }
  }

  private recordLatencies(row: Row, seed: number): void {
    const phase = phaseAt(this.plan.phases, row.intendedUs);
    if (phase < 0) return;
    const record = (kind: LatencyKind, us: number): void => {
      const { actor, requestClass } = row;
      this.books.identities.latencies.record(kind, actor, requestClass, phase, us, groupOf(row.identity, seed));
      this.books.time.latencies.record(kind, actor, requestClass, phase, us, this.blockOf(phase, row.intendedUs));
    };
    if (isWritten(row)) record('dispatch', row.sentUs - row.intendedUs);
    if (row.outcome !== Outcome.admitted) return;
    record('intended', row.answeredUs - row.intendedUs);
    record('service', row.answeredUs - row.sentUs);
  }

  private blockOf(phase: number, us: number): number {
    const { startUs = 0, endUs = 1 } = this.plan.phases[phase] ?? {};
    return Math.min(BLOCKS - 1, Math.floor(((us - startUs) * BLOCKS) / (endUs - startUs)));
  }
}
