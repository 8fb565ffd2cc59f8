/** What was measured beside a run, and which failures it takes back. */
import { describe, expect, it } from 'vitest';
import { controlPlan } from '../../../harness/engine/controls/control-plan.js';
import type { ControlFigures, Controls } from '../../../harness/judge/controls.js';
import { judgeRows } from '../../support/judge-task.js';
import { times } from '../../support/measured-rows.js';
import { anExpectation, aPlan, SECOND_US } from '../../support/plan-builder.js';

const figures = (legitMs: number, abuseMs: number | null = 1): ControlFigures => {
  const of = (ms: number | null) => ({ p50: ms, p99: ms, p999: ms });
  const latencyMs = { legit: of(legitMs), abuse: of(abuseMs) };
  return { sent: 100, ownDelayMsP99: 0.5, latencyMs, serviceMs: { legit: of(legitMs / 2), abuse: of(abuseMs) } };
};
const beside = (stub: ControlFigures, honestAlone: ControlFigures | null = figures(3)): Controls => ({
  honestAlone,
  stub,
});

/** Each takes 10 ms. */
const rows = times(20, {}, 2).map((row) => ({ ...row, concludedUs: (row.intendedUs as number) + 10_000 }));

function judged(text: string, wanted: number, controls: Controls) {
  const expectations = [anExpectation(text, '<=', wanted)];
  return judgeRows(aPlan({ expectations }), rows, { controls }).expectations[0];
}

describe('a failure about time', () => {
  it('is taken back when the generator alone takes at least 0.8 of it', () => {
    expect(judged('legit.latency.p99', 9000, beside(figures(8.1)))?.pass).toBeNull();
    expect(judged('legit.latency.p99', 9000, beside(figures(8.1)))?.evidence[0]).toBe(
      "the same traffic took 8.1 ms against a server that answers at once: this machine can't show what the target takes",
    );
    expect(judged('customers.latency.p50', 9000, beside(figures(8.1)))?.pass).toBeNull();
    expect(judged('legit.latency.p99', 9000, beside(figures(7.9)))?.pass).toBe(false);
    expect(judged('legit.service.p99', 9000, beside(figures(8.1)))?.pass).toBe(false);
    expect(judged('all.service.p99', 9000, beside(figures(8.1, 9)))?.pass).toBeNull();
    expect(judged('legit.latency.p99', 9000, beside(figures(1, 9)))?.pass).toBe(false);
  });

  it('stays when it was answered too soon: that no floor explains', () => {
    const expectations = [
      anExpectation('legit.latency.p99', '>=', 20_000),
      anExpectation('legit.latency.p99', '>', 10_000),
      anExpectation('legit.latency.p99', '<', 10_000),
    ];
    const { expectations: results } = judgeRows(aPlan({ expectations }), rows, { controls: beside(figures(9)) });
    expect(results.map(({ pass }) => pass)).toEqual([false, true, null]);
  });

  it('stays where nothing was measured beside it, and so do a pass and failures of another kind', () => {
    const expectations = [anExpectation('legit.latency.p99', '<=', 9000)];
    expect(judgeRows(aPlan({ expectations }), rows).expectations[0]?.pass).toBe(false);
    expect(judged('legit.latency.p99', 11_000, beside(figures(20)))?.pass).toBe(true);
    expect(judged('legit.sent', 1, beside(figures(20)))?.pass).toBe(false);
  });

  it('stands beside what was measured in document and notes', () => {
    const controls = beside(figures(2, null));
    const document = judgeRows(aPlan(), rows, { controls });
    expect(document.controls).toEqual(controls);
    expect(document.notes).toContain('the honest alone took 3 ms in the median and 3 ms at p99 (100 requests)');
    expect(document.notes.join()).toContain('against a server that answers at once: p99 2 ms (100 requests, own delay');
    expect(judgeRows(aPlan(), rows, { controls: beside(figures(2), null) }).notes.join()).toContain(
      'no control of the honest',
    );
    expect(judgeRows(aPlan(), rows).controls).toBeNull();
  });
});

describe('the plan of a control', () => {
  const plan = aPlan();

  it('is the part of the run with abuse, after a second of warm-up, with or without those who abuse', () => {
    const whole = controlPlan(plan, true);
    expect(whole.phases).toEqual([{ name: 'control', startUs: SECOND_US, endUs: 5 * SECOND_US }]);
    expect(whole.actors.map(({ name, active }) => ({ name, active }))).toEqual([
      { name: 'customers', active: [{ startUs: 0, endUs: 5 * SECOND_US }] },
      { name: 'attackers', active: [{ startUs: SECOND_US, endUs: 5 * SECOND_US }] },
    ]);
    expect(controlPlan(plan, false).actors.map(({ name }) => name)).toEqual(['customers']);
  });

  it('lasts eight seconds at most, and is the first phase when there is no abuse', () => {
    const [customers] = plan.actors;
    if (customers === undefined) throw new Error('no customers');
    const calm = {
      ...plan,
      phases: [{ name: 'all', startUs: SECOND_US, endUs: 60 * SECOND_US }],
      actors: [{ ...customers, active: [{ startUs: 0, endUs: 60 * SECOND_US }] }],
    };
    expect(controlPlan(calm, true).phases[0]?.endUs).toBe(9 * SECOND_US);
    expect(controlPlan(calm, true).actors[0]?.active).toEqual([{ startUs: 0, endUs: 9 * SECOND_US }]);
  });
});
