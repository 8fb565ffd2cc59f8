/**
 * The weakness `late-charge`: limits of windows look at a request at once and charge it some milliseconds later, as a
 * server does that reads a counter, does its work and increments it then. Requests that come in between all find the
 * counter as it was.
 *
 * A gate looks and charges in one call. So it takes credit on such a limit, and what it has charged is given back in the
 * same instant; the charge proper is made later under a class of its own, which that limit alone matches. Limits by class
 * would count that class apart, so they charge at once like all others; so do families that take no credit.
 */
import type { GateSpec, LimitSpec } from '../core/spec.js';

/** Between the look and the charge. */
export const LATE_CHARGE_US = 5_000;

/** What one limit charges late for requests of one class. */
export interface LateCharge {
  readonly limit: number;
  /** The class under which it is charged. */
  readonly classId: number;
  readonly numbers: Pick<LimitSpec, 'costs' | 'ageCosts'>;
}

export interface LateSpec {
  /** With further classes behind those of the policy. */
  readonly spec: GateSpec;
  /** By class of the policy. */
  readonly charges: readonly (readonly LateCharge[])[];
}

export function chargeLate(spec: GateSpec): LateSpec {
  const classCount = spec.classes.length;
  const charges: LateCharge[][] = spec.classes.map(() => []);
  const origins: number[] = [];
  const owners: number[] = [];
  for (const [index, limit] of spec.limits.entries()) {
    if (!isLate(limit)) continue;
    for (let classId = 0; classId < classCount; classId++) {
      if ((limit.costs[classId] ?? 0) === 0) continue;
      charges[classId]?.push({ limit: index, classId: classCount + origins.length, numbers: limit });
      origins.push(classId);
      owners.push(index);
    }
  }
  const withLate = <T>(values: readonly T[], lateOf: (origin: number, late: number) => T): T[] => [
    ...values,
    ...origins.map(lateOf),
  ];
  const limits = spec.limits.map((limit, index): LimitSpec => {
    const own = (late: number): boolean => owners[late] === index;
    const costs = withLate(limit.costs, (origin, late) => (own(late) ? (limit.costs[origin] ?? 0) : 0));
    const ageCosts = withLate(limit.ageCosts, (origin, late) => (own(late) ? (limit.ageCosts[origin] ?? []) : []));
    if (limit.numbers.family !== 'fixed-window' || !isLate(limit)) return { ...limit, costs, ageCosts };
    const { numbers } = limit;
    const credit = numbers.credit === 'none' ? 'to-zero' : numbers.credit;
    // What is charged late is charged whatever became of it; credit and counting of denied requests exclude each other.
    return { ...limit, costs, ageCosts, numbers: { ...numbers, credit, countsDenied: false } };
  });
  const classes = withLate(spec.classes, (origin, late) => `${spec.classes[origin]} late ${late}`);
  const auth =
    spec.auth === null
      ? null
      : { ...spec.auth, signed: withLate(spec.auth.signed, (origin) => spec.auth?.signed[origin] ?? false) };
  return { spec: { ...spec, classes, limits, auth }, charges };
}

function isLate({ numbers, by, isShadow }: LimitSpec): boolean {
  return numbers.family === 'fixed-window' && !by.includes('class') && !isShadow;
}

/** Cells that a request was charged. */
export function chargedCells(
  { costs, ageCosts }: LateCharge['numbers'],
  request: { readonly classId: number; readonly elements: number; readonly ageUs: number },
): number {
  const { classId, elements, ageUs } = request;
  const forAge = ageCosts[classId]?.find(({ underUs }) => ageUs < underUs)?.cells ?? 0;
  return (costs[classId] ?? 0) * elements + forAge;
}
