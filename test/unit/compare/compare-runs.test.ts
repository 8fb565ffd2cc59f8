import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { compareRuns } from '../../../harness/compare/compare-runs.js';
import type { RunToCompare } from '../../../harness/compare/compared-run.js';
import type { ComparedMetric, ComparisonDocument } from '../../../harness/compare/comparison.js';
import { differencesOf, unlikeness } from '../../../harness/compare/likeness.js';
import { machineDelays } from '../../../harness/compare/machine-delay.js';
import type { VerdictDocument } from '../../../harness/judge/verdict.js';
import { asRun, customersRun } from '../../support/compared-runs.js';
import { aGeneratorResult, judgeRows } from '../../support/judge-task.js';
import { type Observed, observed, sourceOf } from '../../support/observation-builder.js';
import { anExpectation, aPlan, aPolicy, aTokenBucket, SECOND_US } from '../../support/plan-builder.js';

const plan = aPlan({ expectations: [anExpectation('legit.leak', '<=', 0), anExpectation('legit.errors', '<=', 5)] });

/** Ten customers, one after the other, ten requests a second over the measured ten seconds. */
function calmRows(change: (row: Partial<Observed>, number: number) => Partial<Observed> = (row) => row): Observed[] {
  return Array.from({ length: 100 }, (_, number) => {
    const sentUs = SECOND_US + 45_000 + number * 99_000;
    return observed(
      change({ identity: number % 10, sentUs, answeredUs: sentUs + 20_000 + ((number * 37) % 100) * 10 }, number),
    );
  });
}

function runOf(rows: readonly Observed[], overrides: Partial<RunToCompare> = {}): RunToCompare {
  return asRun(plan, 1, { rows: sourceOf(rows), ...overrides });
}

function compare(baseline: RunToCompare | RunToCompare[], run: RunToCompare | RunToCompare[]): ComparisonDocument {
  return compareRuns({ baseline: [baseline].flat(), run: [run].flat(), least: 0.05 });
}

function metricOf({ metrics }: ComparisonDocument, name: string): ComparedMetric | undefined {
  return metrics.find(({ subject, metric }) => `${subject}.${metric}` === name);
}

/** Twenty cells at once, of a bucket that holds ten. */
const leaking = Array.from({ length: 20 }, (_, number) =>
  observed({ identity: 3, sentUs: 8 * SECOND_US + number, answeredUs: 8 * SECOND_US + 500 + number }),
);

describe('compareRuns', () => {
  it('finds a run equal to itself', () => {
    const document = compare(runOf(calmRows()), runOf(calmRows()));
    expect(new Set(document.metrics.map(({ finding }) => finding))).toEqual(new Set(['same']));
    expect(document).toMatchObject({ schema: 'floodproof/comparison/1', regressions: [], differences: [] });
  });

  it('calls nothing better whose interval reaches no change, and prints that end as 0', () => {
    const answering = (slowUs: (number: number) => number) =>
      runOf(calmRows((row, number) => ({ ...row, answeredUs: (row.sentUs ?? 0) + slowUs(number) })));
    const slow = answering(() => 73_530);
    // A little more than half of it is fast: the median is, and its interval holds the slow ones.
    const mixed = metricOf(
      compare(
        slow,
        answering((number) => ((number * 37) % 100 < 51 ? 4_123 : 73_530)),
      ),
      'customers.latency.p50',
    );
    expect(mixed).toMatchObject({ finding: 'same', changeInterval: [expect.any(Number), 0] });
    expect(mixed?.because).toMatch(/, but the 95 % interval reaches no change$/);
    const fast = metricOf(
      compare(
        slow,
        answering(() => 4_123),
      ),
      'customers.latency.p50',
    );
    expect(fast?.finding).toBe('better');
  });

  it('tells a leak that the baseline has not as a regression, however small, and its end as better', () => {
    const [calm, leaky] = [runOf(calmRows()), runOf([...calmRows(), ...leaking])];
    const worse = compare(calm, leaky);
    expect(metricOf(worse, 'legit.leak')).toMatchObject({ finding: 'worse', test: 'exact', baseline: 0 });
    expect(worse.regressions).toHaveLength(1);
    expect(worse.regressions[0]).toMatch(/^legit\.leak: 0 cells -> \d+ cells, of which the plan expects "legit.leak/);
    const better = compare(leaky, calm);
    expect(metricOf(better, 'legit.leak')).toMatchObject({ finding: 'better', test: 'exact', run: 0 });
    expect(better.regressions).toEqual([]);
    expect(metricOf(compare(leaky, leaky), 'legit.leak')?.finding).toBe('same');
  });

  it('does not say of two leaks which is larger by chance', () => {
    const more = Array.from({ length: 30 }, (_, number) =>
      observed({ identity: 4, sentUs: 9 * SECOND_US + number, answeredUs: 9 * SECOND_US + 500 + number }),
    );
    const leaky = runOf([...calmRows(), ...leaking]);
    const leakier = runOf([...calmRows(), ...leaking, ...more]);
    expect(metricOf(compare(leaky, leakier), 'legit.leak')).toMatchObject({ finding: 'untold', test: 'none' });
  });

  it('tells errors of many customers, and not those of one', () => {
    const failed = (row: Partial<Observed>): Partial<Observed> => ({
      ...row,
      outcome: Outcome.timeout,
      answeredUs: 0,
      concludedUs: (row.sentUs as number) + 10 * SECOND_US,
    });
    const many = calmRows((row, number) => (number % 2 === Math.floor(number / 10) % 2 ? failed(row) : row));
    const document = compare(runOf(calmRows()), runOf(many));
    expect(metricOf(document, 'legit.errors')).toMatchObject({ finding: 'worse', test: 'resampling', run: 50 });
    expect(document.regressions).toHaveLength(1);
    const ofOne = calmRows((row) => (row.identity === 7 ? failed(row) : row));
    expect(metricOf(compare(runOf(calmRows()), runOf(ofOne)), 'legit.errors')?.finding).toBe('same');
  });

  it('says that a percentile of few answers cannot be told', () => {
    const slow = calmRows((row) => ({ ...row, answeredUs: (row.answeredUs as number) + 50_000 }));
    const document = compare(runOf(calmRows()), runOf(slow));
    expect(metricOf(document, 'customers.latency.p50')?.finding).toBe('worse');
    expect(metricOf(document, 'customers.latency.p999')).toMatchObject({ finding: 'untold', runInterval: null });
    expect(metricOf(document, 'customers.latency.p999')?.because).toContain(
      '10 answers beyond it at least, and there are 0',
    );
  });

  it('calls a count that has no better side changed', () => {
    const asked = (factor: number): RunToCompare =>
      runOf(calmRows().flatMap((row) => Array.from({ length: factor }, () => row)));
    expect(metricOf(compare(asked(1), asked(3)), 'customers.sent')).toMatchObject({ finding: 'changed', change: 2 });
  });

  it('calls a change below the least one the same, however certain it is', () => {
    const slow = calmRows((row) => ({ ...row, answeredUs: (row.answeredUs as number) + 900 }));
    const median = metricOf(compare(runOf(calmRows()), runOf(slow)), 'customers.latency.p50');
    expect(median?.finding).toBe('same');
    expect(median?.because).toContain('less than what matters');
    const strict = compareRuns({ baseline: [runOf(calmRows())], run: [runOf(slow)], least: 0.01 });
    expect(metricOf(strict, 'customers.latency.p50')?.finding).toBe('worse');
  });

  it('takes the spread of runs for noise where there are runs enough', () => {
    const delayed = (us: number): RunToCompare =>
      runOf(calmRows((row) => ({ ...row, answeredUs: (row.answeredUs as number) + us })));
    const baseline = [0, 2000, 4000, 6000, 8000].map(delayed);
    const median = metricOf(compare(baseline, [delayed(9000)]), 'customers.latency.p50');
    expect(median).toMatchObject({ finding: 'same', test: 'runs' });
    expect(median?.baselineInterval?.[1]).toBeGreaterThan(26_000);
    expect(metricOf(compare([delayed(0)], [delayed(9000)]), 'customers.latency.p50')?.finding).toBe('worse');
    const few = metricOf(compare([delayed(0), delayed(8000)], [delayed(9000)]), 'customers.latency.p50');
    expect(few).toMatchObject({ finding: 'same', test: 'runs' });
  });

  it('does not take five runs of one seed for five, beside five of another', () => {
    const late = (seed: number, us: number): RunToCompare =>
      runOf(
        calmRows((row, number) =>
          number === 30 ? { ...row, outcome: Outcome.throttled, sentUs: us, answeredUs: us + 1000 } : row,
        ),
        { seed },
      );
    const side = (seeds: readonly number[], us: number): RunToCompare[] =>
      seeds.map((seed, index) => late(seed, us + index));
    const first = (baseline: RunToCompare[], run: RunToCompare[]): ComparedMetric | undefined =>
      metricOf(compare(baseline, run), 'customers.timeToFirstBlock');
    const [early, later] = [4 * SECOND_US, 7 * SECOND_US];
    expect(first(side([1, 1, 1, 1], early), side([2, 2, 2, 2], later))).toMatchObject({ finding: 'untold' });
    expect(first(side([1, 1, 1, 1], early), side([1, 1, 1, 1], later))).toMatchObject({
      finding: 'worse',
      test: 'runs',
    });
    expect(first(side([1, 2, 3, 4], early), side([5, 6, 7, 8], later))).toMatchObject({
      finding: 'worse',
      test: 'runs',
    });
  });

  it('takes of false blocks the answers of honest requests alone for trials', () => {
    const abused = calmRows().flatMap((row) => [row, { ...row, actor: 1, identity: 10, key: 10, account: 10, ip: 10 }]);
    const blocked = abused.map((row, number) => (number % 2 === 0 ? { ...row, outcome: Outcome.throttled } : row));
    const all = aPlan({ expectations: [anExpectation('all.falseBlockRate', '<=', 1)] });
    const asked = (rows: readonly Observed[]): RunToCompare => runOf(rows, { plan: all });
    const found = metricOf(compare(asked(abused), asked(blocked)), 'all.falseBlockRate');
    expect(found?.run).toBeGreaterThan(0.5);
    const [low = 1, high = 0] = found?.runInterval ?? [];
    expect([low <= (found?.run as number), high >= (found?.run as number)]).toEqual([true, true]);
  });

  it('needs hundreds of customers to tell those who differ much apart from slower ones', () => {
    const options = { customers: 40, requestsEach: 10, spread: 0.8 };
    const few = compare(customersRun({ ...options, seed: 1 }), customersRun({ ...options, seed: 2, factor: 1.2 }));
    expect(few.regressions).toEqual([]);
  });

  it('holds side by side what verdicts say where rows are not there, and tells of no noise', () => {
    const verdict = judgeRows(plan, calmRows());
    const run = asRun(plan, 1, { verdict, missing: ['observations.parquet is not there'] });
    const document = compare(run, run);
    expect(document.metrics.map(({ metric, finding }) => [metric, finding])).toEqual([
      ['leak', 'same'],
      ['errors', 'same'],
    ]);
    expect(document.notes.join('\n')).toContain('no run of the baseline has its rows');
    expect(document.notes.join('\n')).toContain('observations.parquet is not there');
  });

  it('tells of expectations that held and do not now, and of verdicts that are worth less', () => {
    const [good, bad] = [judgeRows(plan, calmRows()), judgeRows(plan, [...calmRows(), ...leaking])];
    const document = compare(
      runOf(calmRows(), { verdict: good }),
      runOf([...calmRows(), ...leaking], { verdict: { ...bad, verdict: 'invalid' } }),
    );
    expect(document.notes.join('\n')).toContain('"legit.leak <= 0" held in the baseline and does not now');
    expect(document.notes.join('\n')).toContain('is invalid: its generator fell behind');
    expect(document.run.verdicts).toEqual(['invalid']);
  });

  it('says over HTTP that few runs do not tell what the machine does', () => {
    const http = runOf(calmRows(), { facts: { target: 'gateway' } });
    const asks = 'play each side 5 times';
    expect(compare(http, http).notes.join('\n')).toContain(asks);
    expect(compare([http, http, http, http, http], http).notes.join('\n')).not.toContain(asks);
    expect(compare(runOf(calmRows()), runOf(calmRows())).notes.join('\n')).not.toContain(asks);
  });
});

describe('likeness', () => {
  it('is of name, limits, authentication, phases and actors', () => {
    expect(unlikeness(plan, { ...plan, claim: 'Another.' })).toEqual([]);
    const others = [
      { ...plan, name: 'other' },
      { ...plan, policy: aPolicy([aTokenBucket({ capacity: 11 })]) },
      { ...plan, policy: { ...plan.policy, auth: null } },
      { ...plan, warmupUs: 2 },
      { ...plan, actors: plan.actors.slice(1) },
    ];
    expect(others.map((other) => unlikeness(plan, other))).toEqual([
      ['scenario'],
      ['limits of the policy'],
      ['authentication rule of the policy'],
      ['phases'],
      ['actors'],
    ]);
  });

  it('tells what else is unlike, and of several runs each once', () => {
    const verdict = { engine: 'ts', versions: { node: '20' } } as unknown as VerdictDocument;
    const newer = { engine: 'native', versions: { node: '22' } } as unknown as VerdictDocument;
    const one = (seed: number, target: string, of: VerdictDocument): RunToCompare =>
      asRun(plan, seed, { verdict: of, facts: { target } });
    const baseline = [one(1, 'core', verdict), one(1, 'core', verdict)];
    expect(differencesOf(baseline, [one(2, 'gateway', newer)])).toEqual([
      'seed: 1 -> 2',
      'engine: ts -> native',
      'target: core -> gateway',
      'node: 20 -> 22',
    ]);
    expect(differencesOf(baseline, baseline)).toEqual([]);
  });
});

describe('machineDelays', () => {
  const worse = metricOf(
    compare(runOf(calmRows()), runOf(calmRows((row) => ({ ...row, answeredUs: (row.answeredUs as number) + 50_000 })))),
    'customers.latency.p50',
  ) as ComparedMetric;

  it("takes the generator's own delay for the machine's", () => {
    const [told] = machineDelays([worse], { baselineUs: 1000, runUs: 40_000 });
    expect(told?.finding).toBe('changed');
    expect(told?.because).toContain('a difference of the machine');
  });

  it('leaves what waited for the target, and what was served slower', () => {
    expect(machineDelays([worse], { baselineUs: 1000, runUs: 2000 })).toEqual([worse]);
    expect(machineDelays([worse], { baselineUs: 40_000, runUs: 1000 })).toEqual([worse]);
    expect(machineDelays([worse], null)).toEqual([worse]);
    const service = { ...worse, metric: 'service.p50' };
    expect(machineDelays([service], { baselineUs: 1000, runUs: 90_000 })).toEqual([service]);
  });

  it('reads the delay from the verdicts of both sides', () => {
    const verdict = judgeRows(plan, calmRows());
    const late = { ...verdict, generator: { ...aGeneratorResult, ownDelayMsP99: 45 } };
    const slow = calmRows((row) => ({ ...row, intendedUs: (row.sentUs as number) - 40_000 }));
    const document = compare(runOf(calmRows(), { verdict }), runOf(slow, { verdict: late }));
    expect(metricOf(document, 'customers.latency.p50')?.finding).toBe('changed');
    expect(metricOf(document, 'customers.service.p50')?.finding).toBe('same');
    expect(metricOf(document, 'customers.dispatchDelay.p99')?.finding).not.toBe('worse');
  });
});
