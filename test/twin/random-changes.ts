/** Random changes of a policy while its gate runs. */
import fc from 'fast-check';
import type { GateSpec, LimitNumbers, LimitSpec } from '../../harness/core/spec.js';

const kinds = [
  'numbers',
  'numbers',
  'numbers',
  'numbers',
  'credit',
  'window',
  'costs',
  'drop',
  'rename',
  'reverse',
  'shadow',
  'ban',
  'steps',
  'by',
  'max-keys',
  'nothing',
  'wrong',
  'classes',
  'origin',
  'auth',
] as const;

export const changes = fc.record({
  kind: fc.constantFrom(...kinds),
  /** Of the limit that is changed. */
  at: fc.nat({ max: 3 }),
  amount: fc.nat({ max: 1000 }),
});
export type Change = typeof changes extends fc.Arbitrary<infer Value> ? Value : never;

const periodsUs = [3, 7, 12, 60, 1000, 86_400_000_000, 2 ** 40, 2 ** 49 - 1];

/** The spec with the change made; now and then it is one that no gate takes. */
export function changedSpec(spec: GateSpec, change: Change): GateSpec {
  const { kind, at, amount } = change;
  const withLimits = (limits: readonly LimitSpec[]): GateSpec => ({ ...spec, limits });
  const index = at % Math.max(1, spec.limits.length);
  switch (kind) {
    case 'nothing':
      return { ...spec };
    case 'classes':
      return { ...spec, classes: spec.classes.map((name) => `${name}'`) };
    case 'origin':
      return { ...spec, originUs: spec.originUs + 1 };
    case 'auth':
      return { ...spec, auth: spec.auth === null ? null : { ...spec.auth, futureUs: spec.auth.futureUs + 1 } };
    case 'reverse':
      return withLimits(spec.limits.toReversed());
    case 'drop':
      return withLimits(spec.limits.length > 1 ? spec.limits.toSpliced(index, 1) : spec.limits);
    default:
      return withLimits(spec.limits.map((limit, one) => (one === index ? changedLimit(limit, kind, amount) : limit)));
  }
}

function changedLimit(limit: LimitSpec, kind: Change['kind'], amount: number): LimitSpec {
  switch (kind) {
    case 'numbers':
      return { ...limit, numbers: otherNumbers(limit.numbers, amount) };
    case 'credit':
      return { ...limit, numbers: otherCredit(limit.numbers, amount) };
    case 'window':
      return { ...limit, numbers: otherWindow(limit.numbers, amount) };
    case 'costs':
      return { ...limit, costs: limit.costs.map((cost) => (cost === 0 ? 0 : (amount % 3) + 1)) };
    case 'rename':
      return { ...limit, name: `${limit.name}-${amount % 2}` };
    case 'shadow':
      return { ...limit, isShadow: !limit.isShadow };
    case 'ban':
      return { ...limit, ban: limit.ban === null ? { afterThrottles: 2, stepsUs: [20], forgetUs: 0 } : null };
    case 'steps': {
      if (limit.ban === null) return limit;
      const stepsUs = [5, 11, 30].slice(0, (amount % 3) + 1);
      const forgetUs = stepsUs.length > 1 ? 25 : 0;
      return { ...limit, ban: { afterThrottles: (amount % 2) + 1, stepsUs, forgetUs } };
    }
    case 'by':
      return { ...limit, by: limit.by.toReversed() };
    case 'max-keys':
      return { ...limit, maxKeys: limit.maxKeys + 1 };
    case 'wrong':
      return { ...limit, numbers: { ...limit.numbers, capacity: 0 } };
    default:
      return limit;
  }
}

/** Another capacity and another rate, in the same window. */
function otherNumbers(numbers: LimitNumbers, amount: number): LimitNumbers {
  const capacity = (amount % 6) + 1;
  switch (numbers.family) {
    case 'token-bucket':
    case 'leaky-queue': {
      const refillPeriodUs = periodsUs[amount % periodsUs.length] ?? 1;
      const refilled = { ...numbers, capacity, refillCells: (amount % 9) + 1, refillPeriodUs };
      return refilled.family === 'leaky-queue' ? { ...refilled, queueCells: (amount % 4) + 1 } : refilled;
    }
    case 'earned-budget':
      return { ...numbers, capacity, trickleUs: amount % 3 === 0 ? null : (amount % 50) + 1 };
    default:
      return { ...numbers, capacity };
  }
}

function otherCredit(numbers: LimitNumbers, amount: number): LimitNumbers {
  if (numbers.family !== 'fixed-window') return numbers;
  const credit = (['none', 'to-zero', 'below-zero'] as const)[amount % 3] ?? 'none';
  return { ...numbers, credit, countsDenied: credit === 'none' && amount % 2 === 1 };
}

function otherWindow(numbers: LimitNumbers, amount: number): LimitNumbers {
  if (!('windowUs' in numbers)) return numbers;
  if (numbers.family === 'fixed-window' && amount % 2 === 1) {
    return { ...numbers, anchor: numbers.anchor === 'calendar' ? 'first-hit' : 'calendar' };
  }
  return { ...numbers, windowUs: (amount % 60) + 1 };
}
