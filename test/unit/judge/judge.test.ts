import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import type { LimitBy } from '../../../harness/core/spec.js';
import { judgeRun } from '../../../harness/judge/judge.js';
import { createColumns, NONE, type ObservationSource } from '../../../harness/judge/observation.js';
import { aGeneratorResult, aTask, aWorld, judgeRows } from '../../support/judge-task.js';
import { type Observed, observed } from '../../support/observation-builder.js';
import { runOracles } from '../../support/oracle-run.js';
import {
  aFixedWindow,
  anExpectation,
  aPlan,
  aPolicy,
  aSlidingLog,
  aTokenBucket,
  SECOND_US,
} from '../../support/plan-builder.js';

const at = (seconds: number): number => Math.round(seconds * SECOND_US);
const flood = (count: number, seconds: number, identity = 10): Partial<Observed>[] =>
  Array.from({ length: count }, (_, index) => ({ identity, intendedUs: at(seconds) + index * 1000 }));

const tight = aPolicy([aTokenBucket({ capacity: 3, refillCells: 1 })]);

describe('the verdict', () => {
  const holds = anExpectation('abuse.leak', '<=', 0);
  const fails = anExpectation('abuse.admitted', '>', 1000);
  const untold = anExpectation('legit.leak', '<=', 0);
  const verdict = (expectations: readonly (typeof holds)[], overrides = {}) =>
    judgeRows(aPlan({ expectations }), flood(2, 4), overrides).verdict;
  const invalid = { generator: { ...aGeneratorResult, faults: ['the generator was late'] } };

  it('is the worst of its expectations, and of a run that can not be trusted none of them', () => {
    expect(verdict([holds])).toBe('pass');
    expect(verdict([])).toBe('pass');
    expect(verdict([holds, untold])).toBe('undecided');
    expect(verdict([holds, untold, fails])).toBe('fail');
    expect(verdict([holds, fails], invalid)).toBe('invalid');
    expect(verdict([holds, fails], { ...invalid, isInterrupted: true })).toBe('interrupted');
  });

  describe('of a run whose generator fell behind', () => {
    const late = (expectations: readonly (typeof holds)[], overrides = {}) =>
      judgeRows(aPlan({ policy: tight, expectations }), flood(6, 4), { ...invalid, ...overrides });
    const leaks = anExpectation('abuse.leak', '<=', 0);

    it('is a fail where a leak is proved, and what else was expected is not judged', () => {
      const { verdict: word, expectations, notes } = late([leaks, anExpectation('abuse.admitted', '>=', 1), fails]);
      expect(word).toBe('fail');
      expect(expectations.map(({ pass }) => pass)).toEqual([false, null, null]);
      expect(expectations[1]?.evidence[0]).toBe('the generator fell behind, so this is not judged');
      expect(expectations[0]?.evidence.join()).toContain('3 cells over the bound');
      expect(notes.join()).toContain('what is proved all the same stands');
    });

    it('is none where nothing is proved: a count that is too low, or a share of what was planned', () => {
      expect(late([anExpectation('abuse.leak', '>=', 100), fails]).verdict).toBe('invalid');
      expect(late([anExpectation('abuse.leakRatio', '<=', 0.5)]).verdict).toBe('invalid');
      expect(late([anExpectation('abuse.leak', '<=', 3)]).verdict).toBe('invalid');
    });

    it('is interrupted before all', () => {
      expect(late([leaks], { isInterrupted: true }).verdict).toBe('interrupted');
    });
  });
});

describe('the document', () => {
  const plan = aPlan({ policy: tight, expectations: [anExpectation('abuse.leak', '<=', 0)] });
  const document = judgeRows(plan, [...flood(6, 4), { identity: 0, intendedUs: at(1.5) }], { notes: ['played'] });

  it('lists every leak with its proof, whatever was expected', () => {
    expect(document.leaks).toEqual([
      {
        limit: 'orders',
        key: 'key-10',
        excessCells: 3,
        admittedCells: 6,
        boundCells: 3,
        fromMs: 3000,
        toMs: 3006,
        naiveExcessCells: 3,
        requests: Array.from({ length: 6 }, (_, index) => ({
          sentMs: 3000 + index,
          answeredMs: 3001 + index,
          actor: 'attackers',
          requestClass: 'order.place',
          identity: 10,
          outcome: 'admitted',
        })),
        requestCount: 6,
        because:
          'an interval of length w may hold at most 3 + 1 per 1s x w; for the 6 ms from the first send to the last ' +
          "answer, widened by the clock's grain of 1 us, that is 3 cells, and 6 were admitted in whatever order they were decided",
      },
    ]);
    expect(document.expectations[0]?.evidence).toEqual([
      'orders of key-10: at least 3 cells over the bound of 3 between 3000 ms and 3006 ms',
    ]);
  });

  it('sums up each actor', () => {
    expect(document.actors.attackers).toEqual({
      label: 'abuse',
      sent: 6,
      admitted: 6,
      throttled: 0,
      refused: 0,
      banned: 0,
      errors: 0,
      falseBlockRate: null,
      leakCells: 3,
      latencyMs: { p50: 1, p99: 1, p999: 1 },
    });
    expect(document.actors.customers).toMatchObject({ label: 'legit', admitted: 1, falseBlockRate: 0, leakCells: 0 });
  });

  it('hands on what it was given', () => {
    const { schema, scenario, verdict, target, engine, seed, decisionHash, notes, replay } = document;
    expect({ schema, scenario, verdict, target, engine, seed, decisionHash, notes, replay }).toEqual({
      schema: 'floodproof/verdict/1',
      scenario: 'test-scenario',
      verdict: 'fail',
      target: 'gateway',
      engine: 'ts',
      seed: 1,
      decisionHash: null,
      notes: ['played'],
      replay: 'floodproof run test-scenario.yaml --seed 1',
    });
  });

  it('is plain data: it survives JSON', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('is the same however the rows are cut into batches', () => {
    const rows = [...flood(6, 4), ...flood(30, 5, 11), { identity: 0, intendedUs: at(1.5) }];
    const task = aTask(plan, rows);
    const split: ObservationSource = function* () {
      for (const { rows: count, columns } of task.observations()) {
        for (let index = 0; index < count; index++) {
          const one = createColumns(1);
          for (const [name, column] of Object.entries(columns)) one[name as keyof typeof one][0] = column[index];
          yield { rows: 1, columns: one };
        }
      }
    };
    expect(judgeRun({ ...task, observations: split })).toEqual(judgeRun(task));
  });

  it('lists the hundred worst leaks and says how many there are', () => {
    const world = aWorld(plan);
    const rows = Array.from({ length: 130 }, (_, key) => flood(5, 4).map((row) => ({ ...row, key }))).flat();
    const many = judgeRows(plan, rows, { world });
    expect(many.leaks).toHaveLength(100);
    expect(many.expectations[0]?.measured).toBe(260);
    expect(many.expectations[0]?.evidence.at(-1)).toBe('and 127 more counters');
    expect(many.notes).toEqual(['130 counters leaked; the 100 worst are listed']);
  });

  it('says where the oracle could not judge', () => {
    const loose = aPolicy([aTokenBucket({ maxKeys: 1 })], { exclusive: false, nodes: 2 });
    const rows = [
      ...flood(1, 4, 10),
      ...flood(1, 4, 11),
      { identity: 12, intendedUs: at(4), outcome: Outcome.throttled },
    ];
    const judged = judgeRows(aPlan({ policy: loose }), rows);
    expect(judged.notes).toEqual([
      'the policy is not exclusive: no throttle can be called wrongful or false',
      'the limits are counted on 2 nodes: no throttle can be called wrongful or false',
      "limit orders holds 1 keys and saw so many that some may have shared a counter: its throttles can't be called wrongful",
    ]);
    expect(judged.unsure).toBe(1);
  });
});

describe('leaks by kind of limit', () => {
  it('of windows that leave no phase say so, and name all callers when only their common phase proves it', () => {
    // Two keys, each at most 2 a second, so none is over alone; but their windows can not begin at the same time.
    const limit = aFixedWindow({ capacity: 2, windowUs: SECOND_US });
    const spread = (key: number, seconds: readonly number[]) =>
      seconds.map((one) => ({ identity: key, intendedUs: at(4 + one) }));
    const rows = [...spread(10, [0, 0.25, 0.5]), ...spread(11, [0.4, 0.6, 0.95])];
    const { leaks } = judgeRows(aPlan({ policy: aPolicy([limit]) }), rows);
    expect(leaks).toHaveLength(0);
    const closed = [
      ...rows,
      ...spread(12, [0.45, 0.5, 0.55]),
      ...spread(13, [0.0, 0.01, 0.6]),
      ...spread(14, [0.9, 1.2, 1.3]),
    ];
    const [leak, ...others] = judgeRows(aPlan({ policy: aPolicy([limit]) }), closed).leaks;
    expect(others).toEqual([]);
    expect([leak?.key, leak?.excessCells]).toEqual(['*', 1]);
    expect(leak?.because).toBe(
      'wherever the windows of 1 s begin, one of them holds at least 1 cell more than its 2; the last requests that ' +
        'settle it cost 3 cells',
    );
  });

  it('name addresses, accounts and keys, and a global limit by a star', () => {
    const limits = [['ip'], ['account'], ['key'], []].map((by) =>
      aTokenBucket({ name: by.join(), by: by as LimitBy, capacity: 3, refillCells: 1 }),
    );
    const { leaks } = judgeRows(aPlan({ policy: aPolicy(limits) }), flood(5, 4));
    expect(leaks.map(({ key }) => key).sort()).toEqual(['*', '127.0.1.10', 'account-10', 'key-10']);
  });

  it('are not made of late answers, where a count by answer time would claim one', () => {
    const late = flood(3, 4).map((row) => ({ ...row, concludedUs: at(6.9) }));
    const rows = [...late, ...flood(3, 6.9)];
    const log = aSlidingLog({ capacity: 3, windowUs: SECOND_US });
    for (const limit of [aTokenBucket({ capacity: 3, refillCells: 2 }), log]) {
      expect(judgeRows(aPlan({ policy: aPolicy([limit]) }), rows).leaks).toEqual([]);
    }
    const really = judgeRows(aPlan({ policy: aPolicy([log]) }), [...rows, ...flood(4, 9)]);
    expect(really.leaks.map(({ excessCells, naiveExcessCells }) => [excessCells, naiveExcessCells])).toEqual([[1, 3]]);
  });
});

describe('smallestProvableLeak', () => {
  const smallest = (rows: readonly Partial<Observed>[], policy = tight) =>
    judgeRows(aPlan({ policy }), rows).smallestProvableLeak;
  const throttled = (identity: number, seconds: number) => ({
    identity,
    intendedUs: at(seconds),
    outcome: Outcome.throttled,
    limit: 0,
  });

  it('is one cell when a counter stood at its bound, and grows with the delay of the answers', () => {
    expect(smallest([...flood(3, 4), throttled(10, 4.1)])).toBe(1);
    const late = flood(3, 4).map((row) => ({ ...row, concludedUs: (row.intendedUs as number) + at(2) }));
    expect(smallest([...late, throttled(10, 4.1)])).toBe(3);
  });

  it('looks at counters that were under pressure, and at all when none was', () => {
    expect(smallest([...flood(3, 4), ...flood(1, 4, 11), throttled(11, 4.1)])).toBe(3);
    expect(smallest(flood(1, 4))).toBe(3);
  });

  it('is not told when nothing was limited', () => {
    expect(smallest([{ identity: 10, intendedUs: at(4), key: NONE }])).toBeNull();
  });
});

describe('memory', () => {
  /** Rows made on the way, so that the record itself takes none. */
  function longRun(rows: number, keys: number): ObservationSource {
    return function* () {
      const batch = 10_000;
      for (let start = 0; start < rows; start += batch) {
        const columns = createColumns(batch);
        for (let index = 0; index < batch; index++) {
          const sentUs = 1000 + (start + index) * 100;
          const key = (start + index) % keys;
          const isAdmitted = (start + index) % 3 === 0;
          const row = observed({
            identity: key,
            sentUs,
            concludedUs: sentUs + 5000,
            outcome: isAdmitted ? Outcome.admitted : Outcome.throttled,
            limit: isAdmitted ? -1 : 0,
          });
          for (const [name, value] of Object.entries(row)) columns[name as keyof typeof columns][index] = value;
        }
        yield { rows: batch, columns };
      }
    };
  }

  it.each([
    aTokenBucket({ capacity: 100, refillCells: 4000 }),
    aSlidingLog({ capacity: 100, windowUs: 20_000 }),
    aFixedWindow({ capacity: 100, windowUs: 20_000 }),
  ])('of the oracles does not grow with the run ($family)', (limit) => {
    const plan = aPlan({ policy: aPolicy([limit, aTokenBucket({ name: 'all', by: [], capacity: 100_000 })]) });
    const short = runOracles(plan, longRun(30_000, 7));
    const long = runOracles(plan, longRun(300_000, 7));
    expect(long.leakEntriesMax).toBeLessThan(30_000);
    expect(long.leakEntriesMax).toBeLessThanOrEqual(short.leakEntriesMax * 1.1);
    expect(long.blockEntriesMax).toBeLessThan(5000);
    expect(long.blockEntriesMax).toBeLessThanOrEqual(short.blockEntriesMax * 1.1 + 10);
  });

  it('is given back of counters that are used no more', () => {
    const plan = aPlan({ policy: aPolicy([aTokenBucket({ capacity: 100, refillCells: 4000 })]) });
    const visitors: ObservationSource = function* () {
      const columns = createColumns(100_000);
      for (let index = 0; index < 100_000; index++) {
        const row = observed({
          identity: 0,
          key: Math.floor(index / 10),
          sentUs: 1000 + index * 100,
          concludedUs: 2000 + index * 100,
        });
        for (const [name, value] of Object.entries(row)) columns[name as keyof typeof columns][index] = value;
      }
      yield { rows: 100_000, columns };
    };
    expect(runOracles(plan, visitors).leakEntriesMax).toBeLessThan(10_000);
  });
});

describe('a record that breaks its contract', () => {
  it('is not judged: rows out of order, an answer before its request', () => {
    const plan = aPlan();
    const unsorted: ObservationSource = function* () {
      for (const seconds of [2, 1]) {
        const columns = createColumns(1);
        for (const [name, value] of Object.entries(observed({ sentUs: at(seconds) })))
          columns[name as keyof typeof columns][0] = value;
        yield { rows: 1, columns };
      }
    };
    expect(() => judgeRun(aTask(plan, [], { observations: unsorted }))).toThrowError('sorted by concludedUs');
    expect(() => judgeRows(plan, [{ sentUs: at(2), concludedUs: at(1) }])).toThrowError('concluded before that');
  });
});
