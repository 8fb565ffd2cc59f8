import { describe, expect, it } from 'vitest';
import { fileReader } from '../../../harness/cli/file-reader.js';
import { createGate } from '../../../harness/core/index.js';
import { Answer, Decision, type Gate } from '../../../harness/core/spec.js';
import { compilePolicy } from '../../../harness/scenario/compile.js';
import { limitSchema } from '../../../harness/scenario/limit-schema.js';
import { type Policy, type RequestClass, requestClasses } from '../../../harness/scenario/plan.js';
import { loadPolicy } from '../../../harness/scenario/policy.js';
import { hashSecret } from '../core/specs.js';

const SECOND_US = 1_000_000;
/** Windows of a day and of a minute begin here. */
const START_US = 20_000 * 86_400 * SECOND_US;
const policy = loadPolicy(fileReader, 'scenarios/policies/families.yaml');

/** A gate with one limit of the policy alone, that one caller asks. */
class Alone {
  readonly gate: Gate;

  constructor(limitName: string) {
    const limits = policy.limits.filter(({ name }) => name === limitName);
    const alone: Policy = { ...policy, limits };
    this.gate = createGate(compilePolicy(alone, START_US), hashSecret);
  }

  ask(name: RequestClass, atUs: number, ageUs = 0): Decision {
    const classId = requestClasses.indexOf(name);
    return this.gate.limit(START_US + atUs, classId, '203.0.113.7', 'desk/one', 'key', 1, ageUs);
  }

  /** How many of so many requests at one instant are admitted. */
  burst(name: RequestClass, count: number, atUs: number): number {
    let admitted = 0;
    for (let i = 0; i < count; i++) if (this.ask(name, atUs) === Decision.admitted) admitted++;
    return admitted;
  }

  fill(cells: number, atUs: number): boolean {
    const classId = requestClasses.indexOf('order.place');
    return this.gate.credit(START_US + atUs, 0, classId, '203.0.113.7', 'desk/one', 'key', cells);
  }

  get remaining(): number {
    return this.gate.answer[Answer.remaining] ?? Number.NaN;
  }
}

describe('the policy of all families', () => {
  it('has every family that there is', () => {
    const shown = new Set(policy.limits.map(({ family }) => family));
    expect([...shown].sort()).toEqual(limitSchema.options.map(({ shape }) => shape.family.value).sort());
  });

  it('names the venue of each number, or says that it is ours', () => {
    const text = fileReader.read(policy.file);
    const limits = text.slice(text.indexOf('limits:'), text.indexOf('password:')).split('\n  - name: ').slice(0, -1);
    expect(limits).toHaveLength(policy.limits.length);
    for (const before of limits) expect(before).toMatch(/\n {2}# \w+.*:.*\d/);
  });

  it('lets Binance refuse the 51st resting order of ten seconds, and none that was filled', () => {
    const resting = new Alone('binance-orders');
    expect(resting.burst('order.place', 60, 0)).toBe(50);
    const filled = new Alone('binance-orders');
    for (let i = 0; i < 60; i++) {
      expect(filled.ask('order.place', 0)).toBe(Decision.admitted);
      expect(filled.fill(1, 0)).toBe(true);
    }
    expect(resting.burst('order.place', 60, 10 * SECOND_US)).toBe(50);
  });

  it('lets a Kraken Pro place and cancel at once 20 times, and then 5 times in 12 seconds', () => {
    const engine = new Alone('kraken-engine');
    const cycles = (atUs: number): number => {
      let done = 0;
      while (engine.ask('order.place', atUs) === Decision.admitted) {
        if (engine.ask('order.cancel', atUs) !== Decision.admitted) break;
        done++;
      }
      return done;
    };
    expect(cycles(0)).toBe(20);
    // 3.75 x 12 = 45 cells are five cycles of nine.
    expect(cycles(12 * SECOND_US)).toBe(5);
  });

  it.each([
    { name: 'order.cancel', ageS: 4.999, cells: 8 },
    { name: 'order.cancel', ageS: 5, cells: 6 },
    { name: 'order.cancel', ageS: 10, cells: 5 },
    { name: 'order.cancel', ageS: 15, cells: 4 },
    { name: 'order.cancel', ageS: 45, cells: 2 },
    { name: 'order.cancel', ageS: 90, cells: 1 },
    { name: 'order.amend', ageS: 0, cells: 4 },
    { name: 'order.amend', ageS: 5, cells: 3 },
    { name: 'order.amend', ageS: 10, cells: 2 },
    { name: 'order.amend', ageS: 15, cells: 1 },
    { name: 'order.place', ageS: 0, cells: 1 },
  ] as const)('charges $cells at Kraken for $name after $ageS s', ({ name, ageS, cells }) => {
    const engine = new Alone('kraken-engine');
    engine.ask(name, 0, ageS * SECOND_US);
    expect(180 - engine.remaining).toBe(cells);
  });

  it('lets Deribit take 100 requests at once, and 100 more after five seconds of 20', () => {
    const credits = new Alone('deribit-credits');
    expect(credits.burst('account', 200, 0)).toBe(100);
    expect(credits.burst('account', 200, 4_999_999)).toBe(99);
    expect(credits.burst('account', 200, 5_000_000)).toBe(1);
  });

  it('lets Gemini process ten of twenty, queue five and refuse five', () => {
    const queue = new Alone('gemini-private');
    const told = Array.from({ length: 20 }, () => {
      const decision = queue.ask('order.place', 0);
      return decision === Decision.admitted ? (queue.gate.answer[Answer.delayUs] ?? 0) : 'refused';
    });
    expect(told).toEqual([
      ...Array(10).fill(0),
      ...[100_000, 200_000, 300_000, 400_000, 500_000],
      ...Array(5).fill('refused'),
    ]);
    const spread = new Alone('gemini-private');
    for (let i = 0; i < 20; i++) expect(spread.ask('order.place', i * 100_000)).toBe(Decision.admitted);
  });

  it('lets Bybit count each endpoint in a second that rolls', () => {
    const endpoint = new Alone('bybit-endpoint');
    expect(endpoint.burst('order.place', 20, 500_000)).toBe(10);
    expect(endpoint.burst('order.cancel', 20, 500_000)).toBe(10);
    expect(endpoint.burst('order.place', 20, 1_499_999)).toBe(0);
    expect(endpoint.burst('order.place', 20, 1_500_000)).toBe(10);
  });

  it('lets OKX go on with one action each ten seconds when all are used', () => {
    const actions = new Alone('okx-actions');
    expect(actions.burst('order.place', 10_100, 0)).toBe(10_001);
    expect(actions.burst('order.place', 5, 9_999_999)).toBe(0);
    expect(actions.burst('order.place', 5, 10_000_000)).toBe(1);
    expect(actions.fill(1000, 11_000_000)).toBe(true);
    expect(actions.burst('order.place', 1100, 11_000_000)).toBe(1000);
  });

  it('lets Deribit warn of 10000 changes without a trade, and not of 20000 with one', () => {
    const ratio = new Alone('deribit-ratio');
    expect(ratio.burst('order.amend', 9_000, 0)).toBe(9_000);
    expect(ratio.fill(10_000, 1)).toBe(true);
    expect(ratio.burst('order.amend', 12_000, 2)).toBe(11_000);
  });

  it('lets the failed attempts of dYdX count', () => {
    const attempts = new Alone('dydx-attempts');
    expect(attempts.burst('order.amend', 30, 0)).toBe(20);
    expect(attempts.remaining).toBe(0);
    expect(attempts.burst('order.amend', 30, 100 * SECOND_US)).toBe(20);
  });

  it('lets nobody have more than 32 requests in flight, and refuses nobody on trial', () => {
    const flying = new Alone('deribit-flying');
    expect(flying.burst('ticker', 40, 0)).toBe(32);
    const trial = new Alone('alpaca-trial');
    expect(trial.burst('account', 300, 0)).toBe(300);
    expect(trial.gate.answer[Answer.shadow]).toBe(0);
  });

  it('bans at Binance for two minutes at first and three days at last', () => {
    const weight = policy.limits.find(({ name }) => name === 'binance-weight');
    expect(weight?.ban).toEqual({
      afterThrottles: 20,
      stepsUs: [120, 600, 3_600, 259_200].map((seconds) => seconds * SECOND_US),
      forgetUs: 259_200 * SECOND_US,
    });
  });
});
