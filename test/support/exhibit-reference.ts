/**
 * Which requests bear out that an expectation failed, worked out stupidly: all rows in a list, one sentence of the metric's
 * definition a line. For histories of some dozens of rows.
 */
import { Outcome } from '../../harness/actors/outcome.js';
import type { Finding } from '../../harness/judge/block-oracle.js';
import { NONE } from '../../harness/judge/observation.js';
import type { Observed } from './observation-builder.js';

export interface ReferenceRow {
  readonly row: Observed;
  readonly shared: Finding | null;
  readonly own: Finding | null;
  readonly retry: 'kept' | 'broken' | null;
}

/** What the reference would show: certain ones, then those that can't be told; each in order, the worst first. */
export interface ReferenceShown {
  readonly yes: readonly ReferenceRow[];
  readonly perhaps: readonly ReferenceRow[];
}

export interface ReferenceCase {
  /** All rows, in the order of their ends. */
  readonly all: readonly ReferenceRow[];
  /** Those of the subject and the phase. */
  readonly meant: readonly ReferenceRow[];
  readonly isHonest: (row: Observed) => boolean;
}

const SECOND_US = 1_000_000;
const blocks: readonly number[] = [Outcome.throttled, Outcome.never, Outcome.banned, Outcome.refused, Outcome.denied];
const failures: readonly number[] = [
  Outcome.timeout,
  Outcome.reset,
  Outcome.unconnected,
  Outcome.garbage,
  Outcome.serverError,
  Outcome.unsent,
];

const isOf = ({ row }: ReferenceRow, ...outcomes: readonly number[]): boolean => outcomes.includes(row.outcome);
const isWritten = (one: ReferenceRow): boolean => isAnswered(one) || one.row.sentUs > 0;
const isAnswered = (one: ReferenceRow): boolean =>
  isOf(one, Outcome.admitted, Outcome.unclear) || blocks.includes(one.row.outcome);
const isUnclear = (one: ReferenceRow): boolean => isOf(one, Outcome.unclear);
const isLate = ({ row }: ReferenceRow): boolean => row.answeredUs - row.intendedUs > SECOND_US;
export const isGood = (one: ReferenceRow): boolean => isOf(one, Outcome.admitted) && !isLate(one);

function early(a: ReferenceRow, b: ReferenceRow): number {
  return a.row.intendedUs - b.row.intendedUs;
}

function shown(
  meant: readonly ReferenceRow[],
  yes: (one: ReferenceRow) => boolean,
  perhaps: (one: ReferenceRow) => boolean,
  badness: (one: ReferenceRow) => number = () => 0,
): ReferenceShown {
  const order = (a: ReferenceRow, b: ReferenceRow): number => badness(b) - badness(a) || early(a, b);
  return { yes: meant.filter(yes).sort(order), perhaps: meant.filter(perhaps).sort(order) };
}

const never = (): boolean => false;
const ended =
  (...outcomes: readonly number[]) =>
  ({ meant }: ReferenceCase) =>
    shown(meant, (one) => isOf(one, ...outcomes), isUnclear);
const endedOtherwise =
  (...outcomes: readonly number[]) =>
  ({ meant }: ReferenceCase) =>
    shown(meant, (one) => isAnswered(one) && !isUnclear(one) && !isOf(one, ...outcomes), isUnclear);
const denied = ({ meant }: ReferenceCase): ReferenceShown =>
  shown(meant, (one) => !isOf(one, Outcome.admitted, Outcome.aborted, Outcome.unclear), isUnclear);
const failed = ({ meant }: ReferenceCase): ReferenceShown =>
  shown(meant, (one) => failures.includes(one.row.outcome), isUnclear);

/** The value that so many percent do not exceed. */
function percentileOf(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length - 1e-9)) - 1] ?? Number.NaN;
}

const slow =
  (percent: number, isCounted: (one: ReferenceRow) => boolean, us: (one: ReferenceRow) => number) =>
  ({ meant }: ReferenceCase): ReferenceShown => {
    const from = percentileOf(meant.filter(isCounted).map(us), percent);
    return shown(meant, (one) => isCounted(one) && us(one) >= from, never, us);
  };
const admitted = (one: ReferenceRow): boolean => isOf(one, Outcome.admitted);
const felt = ({ row }: ReferenceRow): number => row.answeredUs - row.intendedUs;
const served = ({ row }: ReferenceRow): number => row.answeredUs - row.sentUs;

const falselyBlocked = ({ meant, isHonest }: ReferenceCase): ReferenceShown =>
  shown(
    meant,
    ({ row, own }) => isHonest(row) && own === 'wrongful',
    ({ row, own }) => isHonest(row) && own === 'unsure',
  );

type Reference = (one: ReferenceCase) => ReferenceShown;

/** What is shown is exactly the first of these. */
export const exactReferences: Readonly<Record<string, { readonly above?: Reference; readonly below?: Reference }>> = {
  sent: {
    above: ({ meant }) => shown(meant, isWritten, never),
    below: ({ meant }) => shown(meant, (one) => !isWritten(one), never),
  },
  admitted: { above: ended(Outcome.admitted), below: denied },
  admittedRate: { above: ended(Outcome.admitted), below: denied },
  admittedShare: { above: ended(Outcome.admitted), below: endedOtherwise(Outcome.admitted) },
  throttled: { above: ended(Outcome.throttled), below: endedOtherwise(Outcome.throttled) },
  refused: {
    above: ended(Outcome.refused, Outcome.denied),
    below: endedOtherwise(Outcome.refused, Outcome.denied),
  },
  banned: { above: ended(Outcome.banned), below: endedOtherwise(Outcome.banned) },
  errors: { above: failed, below: ({ meant }) => shown(meant, never, never) },
  errorRate: { above: failed, below: ({ meant }) => shown(meant, never, never) },
  goodput: {
    above: ({ meant }) => shown(meant, isGood, (one) => isUnclear(one) && !isLate(one)),
    below: ({ meant }) =>
      shown(
        meant,
        (one) => !isGood(one) && !isOf(one, Outcome.aborted) && !(isUnclear(one) && !isLate(one)),
        (one) => isUnclear(one) && !isLate(one),
      ),
  },
  wrongfulBlocks: {
    above: ({ meant }) =>
      shown(
        meant,
        ({ shared }) => shared === 'wrongful',
        ({ shared }) => shared === 'unsure',
        ({ row }) => row.retryAfterMs,
      ),
    below: ({ meant }) => shown(meant, never, never),
  },
  'latency.p50': { above: slow(50, admitted, felt) },
  'latency.p99': { above: slow(99, admitted, felt) },
  'latency.p999': { above: slow(99.9, admitted, felt) },
  'latencyInflation.p99': { above: slow(99, admitted, felt) },
  'service.p50': { above: slow(50, admitted, served) },
  'service.p99': { above: slow(99, admitted, served) },
  'dispatchDelay.p99': { above: slow(99, isWritten, ({ row }) => row.sentUs - row.intendedUs) },
  retryAmplification: { above: ({ meant }) => shown(meant, (one) => isWritten(one) && one.row.kind === 2, never) },
  retryAfterHonesty: { below: ({ meant }) => shown(meant, ({ retry }) => retry === 'broken', never) },
};

/** What is shown is some of these; which, and in which order, follows from more than one row. */
export const looseReferences: Readonly<Record<string, Reference>> = {
  falseBlockRate: falselyBlocked,
  'falseBlockRate.worst': falselyBlocked,
  collateral: falselyBlocked,
  fairness: denied,
  blastRadius: denied,
  residualBan: ({ meant, isHonest }) => shown(meant, (one) => isHonest(one.row) && isOf(one, Outcome.banned), never),
  timeToContain: ended(Outcome.admitted),
  recovery: ({ all, isHonest }) =>
    shown(
      all,
      (one) => isHonest(one.row) && (one.own === 'wrongful' || !isGood(one)) && !isUnclear(one),
      (one) => isHonest(one.row) && (one.own === 'unsure' || isUnclear(one)),
    ),
  timeToFirstBlock: ({ meant }) => shown(meant, isWritten, isUnclear),
};

/** Accepted at least once before, in the order of the ends: certain copies of a signature. */
export function isCopy(all: readonly ReferenceRow[], one: ReferenceRow): boolean {
  const at = all.indexOf(one);
  return (
    one.row.signature !== NONE &&
    isOf(one, Outcome.admitted) &&
    all.slice(0, at).some((other) => isOf(other, Outcome.admitted) && other.row.signature === one.row.signature)
  );
}
