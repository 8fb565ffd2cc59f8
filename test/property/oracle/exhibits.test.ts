/** Every request that the verdict shows really is of the subject and the phase and what it is shown for: by brute force. */
import { describe, expect, test } from 'vitest';
import { Outcome, outcomeNames } from '../../../harness/actors/outcome.js';
import { judgeRun } from '../../../harness/judge/judge.js';
import { NONE } from '../../../harness/judge/observation.js';
import type { EvidenceRequest, ExpectationResult } from '../../../harness/judge/verdict.js';
import { metricNames } from '../../../harness/scenario/metrics.js';
import { type Expectation, type Plan, requestClasses } from '../../../harness/scenario/plan.js';
import { Dice } from '../../support/dice.js';
import {
  exactReferences,
  isCopy,
  isGood,
  looseReferences,
  type ReferenceCase,
  type ReferenceRow,
} from '../../support/exhibit-reference.js';
import { aTask } from '../../support/judge-task.js';
import { type Observed, observed, sourceOf } from '../../support/observation-builder.js';
import { runOracles } from '../../support/oracle-run.js';
import {
  aBan,
  aFixedWindow,
  anExpectation,
  aPlan,
  aPolicy,
  aTokenBucket,
  SECOND_US,
} from '../../support/plan-builder.js';

const HISTORIES = 250;
const SHOWN_MAX = 20;

const unsent: readonly number[] = [Outcome.unsent, Outcome.unconnected];
const unanswered: readonly number[] = [Outcome.timeout, Outcome.reset, Outcome.aborted, ...unsent];

/** Times are 100 us apart, from 100 ms on 10 ms: so each has a bucket of its own in a histogram of three digits. */
function anyDelayUs(dice: Dice): number {
  return dice.chance(0.7) ? dice.between(0, 20) * 100 : 100_000 + dice.below(200) * 10_000;
}

/** From the warm-up to after the end, in a burst of the attack, or around its end. */
const ranges = [
  { fromMs: 400, toMs: 11_200 },
  { fromMs: 3000, toMs: 4000 },
  { fromMs: 6500, toMs: 9000 },
];

interface RowChoices {
  readonly range: (typeof ranges)[number];
  readonly outcomes: readonly number[];
}

function anyRow(dice: Dice, { range, outcomes }: RowChoices, index: number): Observed {
  // Each intended at a moment of its own, by which it is known again.
  const intendedUs = dice.between(range.fromMs, range.toMs) * 1000 + index;
  const outcome = dice.one(outcomes);
  const isSent = !unsent.includes(outcome) && !(outcome === Outcome.aborted && dice.chance(0.5));
  const sentUs = isSent ? intendedUs + dice.one([0, 0, 70_000]) : 0;
  const serviceUs = anyDelayUs(dice);
  const hasAnswer = isSent && !unanswered.includes(outcome);
  const isAbuse = dice.chance(0.4);
  const identity = isAbuse ? 10 + dice.below(2) : dice.below(3);
  const isBlock = outcome >= Outcome.throttled && outcome <= Outcome.banned;
  return observed({
    intendedUs,
    sentUs,
    answeredUs: hasAnswer ? sentUs + serviceUs : 0,
    concludedUs: (isSent ? sentUs : intendedUs) + serviceUs,
    identity,
    actor: isAbuse ? 1 : 0,
    outcome,
    kind: dice.below(3),
    limit: isBlock && dice.chance(0.7) ? dice.below(2) : -1,
    signature: dice.chance(0.5) ? dice.below(6) : NONE,
    retryAfterMs: isBlock && dice.chance(0.6) ? dice.one([1, 20, 500, 3000]) : -1,
  });
}

/** The first numbers of neighbouring seeds are much alike. */
function diceOf(seed: number): Dice {
  const dice = new Dice(seed);
  for (let skipped = 0; skipped < 10; skipped++) dice.below(2);
  return dice;
}

interface History {
  readonly plan: Plan;
  readonly rows: readonly Observed[];
}

function anyHistory(seed: number): History {
  const dice = diceOf(seed);
  const policy = aPolicy(
    [
      aTokenBucket({
        capacity: dice.between(1, 3),
        refillCells: dice.between(1, 5),
        ban: dice.chance(0.4) ? aBan(2, 100_000) : null,
      }),
      aFixedWindow({
        name: 'window',
        by: ['account'],
        capacity: dice.between(1, 9),
        windowUs: dice.between(1, 3) * SECOND_US,
      }),
    ],
    { exclusive: !dice.chance(0.1) },
  );
  const some = Array.from({ length: dice.between(1, 6) }, () => dice.below(outcomeNames.length));
  const outcomes = [Outcome.admitted, Outcome.throttled, ...(dice.chance(0.8) ? some : [])];
  const range = dice.one(ranges);
  const rows = Array.from({ length: dice.between(1, 90) }, (_, index) => anyRow(dice, { range, outcomes }, index));
  return { plan: aPlan({ policy }), rows: [...rows].sort((a, b) => a.concludedUs - b.concludedUs) };
}

function referenceRows({ plan, rows }: History): readonly ReferenceRow[] {
  const found = runOracles(plan, sourceOf(rows));
  const byMoment = new Map(found.blocks.map((block) => [block.row.intendedUs, block]));
  const retries = new Map(found.retries.map(({ row, finding }) => [row.intendedUs, finding]));
  return rows.map((row) => ({
    row,
    shared: byMoment.get(row.intendedUs)?.shared ?? null,
    own: byMoment.get(row.intendedUs)?.own ?? null,
    retry: retries.get(row.intendedUs) ?? null,
  }));
}

function resultsOf({ plan, rows }: History, expectations: readonly Expectation[]): readonly ExpectationResult[] {
  return judgeRun({ ...aTask({ ...plan, expectations }, []), observations: sourceOf(rows) }).expectations;
}

interface Shown {
  readonly expectation: Expectation;
  readonly result: ExpectationResult;
  readonly side: 'above' | 'below';
}

const metrics = metricNames.filter((metric) => !metric.startsWith('leak') && !metric.startsWith('timingTell'));

/** Each metric held to what it can't be, and to just what it is: what can't be told then turns it. */
function anyShown(history: History, seed: number): readonly Shown[] {
  const subject = ['legit', 'all', 'abuse', 'customers'][seed % 4] ?? '';
  const phase = [null, 'calm', 'attack', 'recovery'][(seed >> 2) % 4] ?? null;
  const asked = (operator: Expectation['operator'], wanted: (metric: string) => number): readonly Shown[] => {
    const expectations = metrics.map((metric) =>
      anExpectation(`${subject}.${metric}`, operator, wanted(metric), { phase }),
    );
    const results = resultsOf(history, expectations);
    const side = operator === '<=' ? 'above' : 'below';
    return expectations.map((expectation, index) => ({
      expectation,
      result: results[index] as ExpectationResult,
      side,
    }));
  };
  const failing = [...asked('<=', () => -1), ...asked('>=', () => 1e15)];
  const told = new Map(failing.map(({ expectation, result }) => [expectation.metric, result.measured]));
  const measured = (metric: string): number => {
    const value = told.get(metric) ?? 0;
    return value === 'infinite' ? 1e15 : value;
  };
  return [...failing, ...asked('<=', measured), ...asked('>', measured)];
}

function caseOf({ plan }: History, all: readonly ReferenceRow[], { subject, phase }: Expectation): ReferenceCase {
  const isHonest = (row: Observed): boolean => row.actor === 0;
  const ofSubject = (row: Observed): boolean =>
    subject === 'all' || ['legit', 'customers'].includes(subject) === isHonest(row);
  const inPhase = (row: Observed): boolean =>
    plan.phases.some(
      ({ name, startUs, endUs }) =>
        (phase === null || name === phase) && row.intendedUs >= startUs && row.intendedUs < endUs,
    );
  return { all, isHonest, meant: all.filter(({ row }) => ofSubject(row) && inPhase(row)) };
}

const ms = (us: number): number => (us - SECOND_US) / 1000;

function isThat({ row }: ReferenceRow, request: EvidenceRequest): boolean {
  return ms(row.intendedUs) === request.intendedMs;
}

/** As the document tells it, or a sentence that says what is told wrong. */
function isToldRightly({ plan }: History, { row }: ReferenceRow, request: EvidenceRequest): boolean {
  const isSent = row.sentUs > 0;
  return (
    request.sentMs === (isSent ? ms(row.sentUs) : null) &&
    request.answeredMs === (row.answeredUs > 0 ? ms(row.answeredUs) : null) &&
    request.actor === plan.actors[row.actor]?.name &&
    request.identity === row.identity &&
    request.requestClass === requestClasses[row.requestClass] &&
    request.outcome === outcomeNames[row.outcome] &&
    request.limit === (plan.policy.limits[row.limit]?.name ?? null)
  );
}

const requestsOf = ({ requests }: ExpectationResult): readonly EvidenceRequest[] => requests ?? [];

interface Tried {
  readonly where: string;
  readonly history: History;
  readonly all: readonly ReferenceRow[];
  readonly shown: Shown;
}

function* tried(): Iterable<Tried> {
  for (let seed = 0; seed < HISTORIES; seed++) {
    const history = anyHistory(seed);
    const all = referenceRows(history);
    for (const shown of anyShown(history, seed)) {
      const { text, phase } = shown.expectation;
      yield { where: `seed ${seed}, ${text} in ${phase ?? 'all phases'}`, history, all, shown };
    }
  }
}

const everything = [...tried()];
const rowOf = (all: readonly ReferenceRow[], request: EvidenceRequest): ReferenceRow | undefined =>
  all.find((one) => isThat(one, request));

describe('the requests under an expectation', () => {
  test('are some of the record, told as it has them, each once and at most twenty', () => {
    for (const { where, history, all, shown } of everything) {
      const requests = requestsOf(shown.result);
      expect(requests.length, where).toBeLessThanOrEqual(SHOWN_MAX);
      expect(new Set(requests.map(({ intendedMs }) => intendedMs)).size, where).toBe(requests.length);
      for (const request of requests) {
        const one = rowOf(all, request);
        expect(one !== undefined && isToldRightly(history, one, request), where).toBe(true);
      }
    }
  });

  test('are there only when it did not hold, and unsure ones only when they could turn it', () => {
    let unsure = 0;
    for (const { where, shown } of everything) {
      const { result } = shown;
      if (result.pass === true || result.measured === null) expect(result.requests, where).toBeUndefined();
      if (result.requests !== undefined) expect(result.requests.length, where).toBeGreaterThan(0);
      const roles = requestsOf(result).map(({ role }) => role);
      if (result.pass === false) expect(roles, where).not.toContain('unsure');
      else unsure += roles.filter((role) => role === 'unsure').length;
    }
    expect(unsure).toBeGreaterThan(100);
  });

  test('are exactly the worst and the earliest where one row tells what it is', () => {
    const seen = new Map<string, number>();
    for (const { where, history, all, shown } of everything) {
      const { expectation, result, side } = shown;
      const reference = exactReferences[expectation.metric]?.[side];
      if (reference === undefined || result.pass === true || result.measured === null) continue;
      const { yes, perhaps } = reference(caseOf(history, all, expectation));
      const wanted = [
        ...yes.map(({ row }) => ({ intendedMs: ms(row.intendedUs), role: undefined })),
        ...(result.pass === null ? perhaps : []).map(({ row }) => ({ intendedMs: ms(row.intendedUs), role: 'unsure' })),
      ].slice(0, SHOWN_MAX);
      const got = requestsOf(result).map(({ intendedMs, role }) => ({ intendedMs, role }));
      expect(got, where).toEqual(wanted);
      if (wanted.length > 0)
        seen.set(`${expectation.metric} ${side}`, (seen.get(`${expectation.metric} ${side}`) ?? 0) + 1);
    }
    for (const [metric, sides] of Object.entries(exactReferences)) {
      for (const side of Object.keys(sides)) {
        if (side === 'below' && ['errors', 'errorRate', 'wrongfulBlocks'].includes(metric)) continue;
        expect(seen.get(`${metric} ${side}`) ?? 0, `${metric} ${side} was tried`).toBeGreaterThan(2);
      }
    }
  });

  test('are what the metric counts where several rows tell which are shown', () => {
    const seen = new Map<string, number>();
    for (const { where, history, all, shown } of everything) {
      const { expectation, result } = shown;
      const reference = looseReferences[expectation.metric];
      if (reference === undefined) continue;
      const { yes, perhaps } = reference(caseOf(history, all, expectation));
      for (const request of requestsOf(result)) {
        const among = request.role === 'unsure' ? perhaps : yes;
        expect(
          among.some((one) => isThat(one, request)),
          `${where}: ${JSON.stringify(request)}`,
        ).toBe(true);
        seen.set(expectation.metric, (seen.get(expectation.metric) ?? 0) + 1);
      }
    }
    for (const metric of Object.keys(looseReferences)) {
      expect(seen.get(metric) ?? 0, `${metric} was tried`).toBeGreaterThan(5);
    }
  });

  test('are never more than were counted, and not none where some were', () => {
    const counts = [
      'sent',
      'admitted',
      'throttled',
      'refused',
      'banned',
      'errors',
      'wrongfulBlocks',
      'replaysAccepted',
    ];
    for (const { where, shown } of everything) {
      const { expectation, result, side } = shown;
      if (!counts.includes(expectation.metric) || side === 'below' || result.pass === true) continue;
      if (typeof result.measured !== 'number') continue;
      const certain = requestsOf(result).filter(({ role }) => role === undefined).length;
      expect(certain, where).toBeLessThanOrEqual(result.measured);
      expect(certain > 0, where).toBe(result.measured > 0);
    }
  });

  test('are false blocks of those with the most of them, and of the worst one alone', () => {
    let several = 0;
    for (const { where, history, all, shown } of everything) {
      const { expectation, result, side } = shown;
      if (!expectation.metric.startsWith('falseBlockRate') || side === 'below' || result.pass !== false) continue;
      const { yes } = falselyBlockedOf(history, all, expectation);
      const blocksOf = (identity: number): number => yes.filter(({ row }) => row.identity === identity).length;
      const shownOf = [...new Set(requestsOf(result).map(({ identity }) => identity))];
      const order = shownOf.map(blocksOf);
      if (expectation.metric === 'falseBlockRate') {
        expect(order, where).toEqual([...order].sort((a, b) => b - a));
        expect(shownOf.length, where).toBe(new Set(yes.map(({ row }) => row.identity)).size);
        if (shownOf.length > 1) several++;
      } else {
        expect(shownOf.length, where).toBe(result.measured === 0 ? 0 : 1);
        const answered = answeredOf(caseOf(history, all, expectation), shownOf[0] ?? -1);
        if (shownOf.length === 1) expect((order[0] as number) / answered, where).toBe(result.measured);
      }
    }
    expect(several).toBeGreaterThan(10);
  });

  test('of an accepted replay stand behind the request whose signature it was', () => {
    let copies = 0;
    for (const { where, history, all, shown } of everything) {
      if (shown.expectation.metric !== 'replaysAccepted') continue;
      const requests = requestsOf(shown.result);
      const { meant } = caseOf(history, all, { ...shown.expectation, subject: 'all' });
      for (const [at, request] of requests.entries()) {
        const one = rowOf(all, request) as ReferenceRow;
        expect(request.signature, where).toBe(one.row.signature);
        const isFirst = requests[at - 1]?.signature !== request.signature;
        if (request.role === 'original') {
          expect(isFirst, where).toBe(true);
          const accepted = all.filter(
            ({ row }) => row.signature === one.row.signature && row.outcome === Outcome.admitted,
          );
          expect(accepted[0], where).toBe(one);
        } else if (request.role === undefined) {
          expect(isCopy(all, one) && meant.includes(one) && !isFirst, where).toBe(true);
          copies++;
        } else expect(isCopy(all, one), where).toBe(false);
      }
    }
    expect(copies).toBeGreaterThan(100);
  });

  test('of a recovery are of before it, false blocks first and the latest of them', () => {
    for (const { where, all, shown } of everything) {
      const { expectation, result } = shown;
      if (expectation.metric !== 'recovery' || result.pass !== false) continue;
      const fromUs = 7 * SECOND_US;
      const toUs = result.measured === 'infinite' ? 11 * SECOND_US : fromUs + (result.measured ?? 0);
      const rows = requestsOf(result).map((request) => rowOf(all, request) as ReferenceRow);
      for (const { row } of rows) expect(row.intendedUs >= fromUs && row.intendedUs < toUs, where).toBe(true);
      const blamed = all.filter(
        (one) =>
          one.row.actor === 0 && one.row.intendedUs >= fromUs && one.row.intendedUs < toUs && one.own === 'wrongful',
      );
      if (expectation.subject === 'abuse' || shown.side === 'below') continue;
      const latest = blamed.sort((a, b) => b.row.intendedUs - a.row.intendedUs).slice(0, SHOWN_MAX);
      expect(rows.slice(0, latest.length), where).toEqual(latest);
      for (const one of rows.slice(latest.length)) expect(one.own !== 'wrongful' && !isGood(one), where).toBe(true);
    }
  });

  test('of a containment are the first and the last admissions before it', () => {
    let tried = 0;
    for (const { where, history, all, shown } of everything) {
      const { expectation, result, side } = shown;
      if (expectation.metric !== 'timeToContain' || result.pass !== false || side === 'below') continue;
      const { meant } = caseOf(history, all, expectation);
      const written = meant.filter(({ row }) => row.sentUs > 0);
      const firstUs = Math.min(...written.map(({ row }) => row.sentUs));
      const untilUs = result.measured === 'infinite' ? Number.POSITIVE_INFINITY : firstUs + (result.measured ?? 0);
      const before = meant.filter(({ row }) => row.outcome === Outcome.admitted && row.answeredUs < untilUs);
      const ends = before.length <= SHOWN_MAX ? before : [...before.slice(0, 10), ...before.slice(-10)];
      expect(
        requestsOf(result).map(({ intendedMs }) => intendedMs),
        where,
      ).toEqual(ends.map(({ row }) => ms(row.intendedUs)));
      tried += ends.length;
    }
    expect(tried).toBeGreaterThan(20);
  });
});

function falselyBlockedOf(history: History, all: readonly ReferenceRow[], expectation: Expectation) {
  const reference = looseReferences.falseBlockRate as (one: ReferenceCase) => { readonly yes: readonly ReferenceRow[] };
  return reference(caseOf(history, all, expectation));
}

function answeredOf({ meant }: ReferenceCase, identity: number): number {
  const answers: readonly number[] = [0, 1, 2, 3, 4, Outcome.denied, Outcome.unclear];
  return meant.filter(({ row }) => row.identity === identity && answers.includes(row.outcome)).length;
}
