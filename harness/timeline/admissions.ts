/**
 * What the rows of a run say of its limits: for each actor and limit what was certainly admitted, beside the bound, and
 * the course of each leak. The counters, costs and charges are those of the oracles.
 */
import { outcomeNames } from '../actors/outcome.js';
import { chargeOf } from '../judge/charge.js';
import { leastCells } from '../judge/cost.js';
import { Counters } from '../judge/counters.js';
import { IndexSet } from '../judge/index-set.js';
import { judgedWorld, type KnownWorld } from '../judge/judged-world.js';
import type { ObservationBatch, ObservationColumns } from '../judge/observation.js';
import type { Row } from '../judge/row.js';
import type { Leak } from '../judge/verdict.js';
import type { Plan, PolicyLimit } from '../scenario/plan.js';
import type { Bins } from './bins.js';
import { AdmittedCourse, type LeakProof, leakCourse } from './leak-course.js';
import { LimitCourse } from './limit-course.js';
import type { LeakCourse, LimitSeries } from './series.js';

/** Of the course of one leak, and of all of them together: with a hundred leaks 80 points each. */
const POINTS_MAX = 400;
const ALL_POINTS_MAX = 8000;

type MutableRow = { -readonly [Field in keyof Row]: Row[Field] };

interface OpenLeak {
  readonly proof: LeakProof;
  readonly key: string;
  /** Of each counter that bears the key as its name. */
  readonly byCounter: Map<number, AdmittedCourse>;
}

/** The leaks of one limit. A verdict names counters, a row numbers them: each number is looked up once. */
interface LimitLeaks {
  readonly leaks: readonly OpenLeak[];
  readonly lookedUp: IndexSet;
  readonly ofCounter: Map<number, readonly OpenLeak[]>;
}

export class Admissions {
  private readonly plan: Plan;
  private readonly bins: Bins;
  private readonly counters: Counters;
  /** By limit and outcome: whether such a request was certainly charged. */
  private readonly isCharged: readonly (readonly boolean[])[];
  /** By outcome: whether any limit certainly charged it. */
  private readonly mayCharge: readonly boolean[];
  /** By limit and actor. */
  private readonly courses: (LimitCourse | undefined)[] = [];
  /** By limit. */
  private readonly leaks: readonly LimitLeaks[];
  private readonly pointsMax: number;
  private readonly row = emptyRow();
  private isOrdered = true;
  private lastUs = Number.NEGATIVE_INFINITY;

  constructor(plan: Plan, bins: Bins, world: KnownWorld, leaks: readonly Leak[]) {
    const { limits } = plan.policy;
    this.plan = plan;
    this.bins = bins;
    this.counters = new Counters(plan.policy, judgedWorld(world));
    // What is certain follows from the outcome alone; `chargeOf` also looks at the send time, of what is not.
    this.isCharged = limits.map((limit) =>
      outcomeNames.map((_, outcome) => chargeOf({ ...emptyRow(), outcome, sentUs: 1 }, limit) === 'certain'),
    );
    this.mayCharge = outcomeNames.map((_, outcome) => this.isCharged.some((charged) => charged[outcome]));
    this.pointsMax = Math.max(2, Math.min(POINTS_MAX, Math.floor(ALL_POINTS_MAX / Math.max(1, leaks.length))));
    this.leaks = limits.map((limit) => ({
      leaks: openLeaks(plan, limit, leaks),
      lookedUp: new IndexSet(),
      ofCounter: new Map(),
    }));
  }

  add({ rows, columns }: ObservationBatch): void {
    const actors = this.plan.actors.length;
    for (let index = 0; index < rows; index++) {
      const concludedUs = columns.concludedUs[index] as number;
      if (!(concludedUs >= this.lastUs)) this.isOrdered = false;
      this.lastUs = concludedUs;
      if (!this.mayCharge[columns.outcome[index] as number] || (columns.actor[index] as number) >= actors) continue;
      this.charge(columns, index);
    }
  }

  /** @param toBin - exclusive. */
  limits(fromBin: number, toBin: number): readonly LimitSeries[] {
    const actors = this.plan.actors.length;
    return this.plan.policy.limits.flatMap(({ name }, index) =>
      this.plan.actors.flatMap((_, actor) => {
        const course = this.courses[index * actors + actor];
        if (course === undefined) return [];
        const bounds = (this.isOrdered ? course.boundCells(toBin) : null) ?? new Array<null>(toBin).fill(null);
        const admittedCells = course.admittedCells(toBin).slice(fromBin);
        return [{ actor, limit: name, keys: course.keys, admittedCells, boundCells: bounds.slice(fromBin) }];
      }),
    );
  }

  /** In the order of the verdict. One that only several counters prove together has no course. */
  leakCourses(): readonly LeakCourse[] {
    const { policy, warmupUs } = this.plan;
    return this.leaks
      .flatMap(({ leaks }, index) =>
        leaks.map(({ proof, byCounter }) => {
          const admitted = bearerOf(proof, byCounter);
          return admitted === null
            ? null
            : leakCourse(proof, admitted, policy.limits[index] as PolicyLimit, policy, warmupUs);
        }),
      )
      .filter((course) => course !== null)
      .sort((a, b) => a.leak - b.leak);
  }

  private charge(columns: ObservationColumns, index: number): void {
    const { row, counters } = this;
    readInto(row, columns, index);
    for (const { index: limitIndex, limit } of counters.ofClass(row.requestClass)) {
      if (!(this.isCharged[limitIndex] as readonly boolean[])[row.outcome]) continue;
      const counter = counters.counterOf(row, limitIndex);
      if (counter < 0) continue;
      const at = limitIndex * this.plan.actors.length + row.actor;
      let course = this.courses[at];
      if (course === undefined) {
        course = new LimitCourse(limit, this.plan.policy, this.bins);
        this.courses[at] = course;
      }
      const cells = leastCells(row, limit);
      course.charge(counter, row.sentUs, row.concludedUs, cells);
      for (const leak of this.leaksOf(limitIndex, counter)) this.follow(leak, counter, cells);
    }
  }

  private leaksOf(limitIndex: number, counter: number): readonly OpenLeak[] {
    const { leaks, lookedUp, ofCounter } = this.leaks[limitIndex] as LimitLeaks;
    if (leaks.length === 0) return leaks;
    if (lookedUp.add(counter)) {
      const name = this.counters.name(limitIndex, counter);
      const named = leaks.filter(({ key }) => key === name);
      if (named.length > 0) ofCounter.set(counter, named);
    }
    return ofCounter.get(counter) ?? [];
  }

  private follow({ proof, byCounter }: OpenLeak, counter: number, cells: number): void {
    const { sentUs, concludedUs } = this.row;
    if (sentUs < proof.fromUs || concludedUs > proof.toUs) return;
    let course = byCounter.get(counter);
    if (course === undefined) {
      course = new AdmittedCourse(this.pointsMax);
      byCounter.set(counter, course);
    }
    course.add(concludedUs, cells);
  }
}

function openLeaks(plan: Plan, limit: PolicyLimit, leaks: readonly Leak[]): readonly OpenLeak[] {
  const runUs = (ms: number): number => Math.round(ms * 1000) + plan.warmupUs;
  return leaks.flatMap(({ limit: name, key, fromMs, toMs, admittedCells, boundCells }, leak) => {
    if (name !== limit.name) return [];
    const proof = { leak, fromUs: runUs(fromMs), toUs: runUs(toMs), admittedCells, boundCells };
    return [{ proof, key, byCounter: new Map() }];
  });
}

/** Of counters with the same name the one that was admitted what the proof says, or else most. */
function bearerOf({ admittedCells }: LeakProof, byCounter: OpenLeak['byCounter']): AdmittedCourse | null {
  let bearer: AdmittedCourse | null = null;
  for (const course of byCounter.values()) {
    if (course.cells === admittedCells) return course;
    if (bearer === null || course.cells > bearer.cells) bearer = course;
  }
  return bearer;
}

function emptyRow(): MutableRow {
  return {
    intendedUs: 0,
    sentUs: 0,
    answeredUs: 0,
    concludedUs: 0,
    actor: 0,
    identity: 0,
    requestClass: 0,
    elements: 1,
    kind: 0,
    outcome: 0,
    limit: -1,
    ip: 0,
    account: 0,
    key: 0,
    signature: 0,
    retryAfterMs: -1,
  };
}

/** What charges depend on. */
function readInto(row: MutableRow, columns: ObservationColumns, index: number): void {
  row.sentUs = columns.sentUs[index] as number;
  row.concludedUs = columns.concludedUs[index] as number;
  row.actor = columns.actor[index] as number;
  row.requestClass = columns.requestClass[index] as number;
  row.elements = Math.max(1, columns.elements[index] as number);
  row.outcome = columns.outcome[index] as number;
  row.ip = columns.ip[index] as number;
  row.account = columns.account[index] as number;
  row.key = columns.key[index] as number;
}
