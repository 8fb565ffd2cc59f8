import { describe, expect, it } from 'vitest';
import { expectedTraffic, requestsPerArrival } from '../../../harness/scenario/expected-traffic.js';
import type { Plan } from '../../../harness/scenario/plan.js';
import { loadScenario } from '../../../harness/scenario/scenario.js';
import { goodPolicy, goodScenario, textReader } from '../../support/scenario-files.js';

function planWith(behaviour: string, arrivals = '{ process: constant, rate: 200/s }'): Plan {
  const text = goodScenario
    .replace('behaviour: order-flood', `behaviour: ${behaviour}`)
    .replace('{ process: constant, rate: 200/s }', arrivals);
  return loadScenario(textReader({ 's.yaml': text, 'policy.yaml': goodPolicy }), 's.yaml');
}

/** Mean requests by class: login, ticker, account, order.place, order.amend, order.cancel, and those that no actor here sends. */
function meansOf(behaviour: string): readonly number[] {
  const plan = planWith(behaviour);
  const [, actor] = plan.actors;
  if (actor === undefined) throw new Error('the plan has no second actor');
  return requestsPerArrival(plan, actor).map((mean) => Number(mean.toPrecision(9)));
}

describe('requestsPerArrival', () => {
  it.each([
    { behaviour: 'order-flood', means: [0, 0, 0, 1, 0, 0], because: 'one arrival is one order' },
    { behaviour: 'credential-stuffing', means: [1, 0, 0, 0, 0, 0], because: 'one arrival is one attempt' },
    { behaviour: 'login', means: [1.1, 0, 0, 0, 0, 0], because: 'a mistake is typed again' },
    { behaviour: 'forwarded-rotation', means: [0, 1, 0, 0, 0, 0], because: 'the ticker is what it asks for' },
    {
      behaviour: 'forwarded-rotation\n    with: { path: login }',
      means: [1, 0, 0, 0, 0, 0],
      because: 'it was told so',
    },
    { behaviour: 'retail-trader', means: [0, 0.7, 0.1, 0.2, 0, 0.06], because: 'of the orders a third is cancelled' },
    {
      behaviour: 'market-maker\n    with: { replaceShare: 50%, replacesMax: 2, amendShare: 100% }',
      means: [0, 0, 0, 1, 0.75, 1],
      because: 'half of the orders are amended, half of those again, and all are cancelled in the end',
    },
    {
      behaviour: 'market-maker\n    with: { replaceShare: 100%, replacesMax: 3, amendShare: 0% }',
      means: [0, 0, 0, 4, 0, 4],
      because: 'each replacement is a cancel and a new order',
    },
    {
      behaviour: 'replay\n    with: { source: customers }',
      means: [0, 0, 0.277777778, 0.555555556, 0, 0.166666667],
      because: 'it repeats what the customers sign: 0.1 account, 0.2 orders, 0.06 cancels of 0.36',
    },
    {
      behaviour: 'credential-stuffing\n    with: { repeatShare: 10% }',
      means: [1.1, 0, 0, 0, 0, 0],
      because: 'a tenth is tried once more',
    },
    {
      behaviour: 'retail-ui\n    with: { polls: 5, orderShare: 10%, cancelShare: 30% }',
      means: [0, 5, 1, 0.1, 0, 0.03],
      because: 'a visit is one look at the account, some at the ticker, and now and then an order',
    },
    {
      behaviour: 'retail-bot\n    with: { orderShare: 40%, marketShare: 25%, amendShare: 50%, cancelShare: 80% }',
      means: [0, 0.6, 0, 0.4, 0.15, 0.24],
      because: 'what is filled at once is neither amended nor cancelled',
    },
    { behaviour: 'history-scan\n    with: { pages: 7 }', means: [0, 0, 7, 0, 0, 0], because: 'a scan is its pages' },
    {
      behaviour: 'reconnect\n    with: { requests: 20, accountShare: 5% }',
      means: [1, 19, 1, 0, 0, 0],
      because: 'it logs in and asks for what was on its screen',
    },
    {
      behaviour: 'password-spraying\n    with: { victims: customers }',
      means: [1, 0, 0, 0, 0, 0],
      because: 'one arrival is one try',
    },
    { behaviour: 'place-cancel', means: [0, 0, 0, 1, 0, 1], because: 'each order is cancelled' },
    {
      behaviour: 'layering\n    with: { layers: 4, moves: 3 }',
      means: [0, 0, 0, 5, 12, 4],
      because: 'each layer is moved thrice and cancelled, and one order trades on the other side',
    },
    {
      behaviour: 'cancel-storm\n    with: { cancels: 9 }',
      means: [0, 0, 0, 1, 0, 9],
      because: 'each order is cancelled nine times over',
    },
    { behaviour: 'heavy-requests', means: [0, 0, 1, 0, 0, 0], because: 'the account is the costliest page' },
    { behaviour: 'scrape', means: [0, 1, 0, 0, 0, 0], because: 'it reads market data' },
    {
      behaviour: 'unique-callers\n    with: { path: login }',
      means: [1, 0, 0, 0, 0, 0],
      because: 'everybody tries once',
    },
    { behaviour: 'signature-forgery', means: [0, 0, 0.5, 0.5, 0, 0], because: 'queries are spoiled as bodies are' },
    {
      behaviour: 'signature-forgery\n    with: { spoils: mac }',
      means: [0, 0, 0, 1, 0, 0],
      because: 'signatures are spoiled on orders',
    },
    { behaviour: 'batch-flood', means: [0, 0, 0, 1, 0, 0], because: 'a batch is one request' },
    { behaviour: 'overrun', means: [0, 0, 0, 1, 0, 0], because: 'one arrival is one order' },
  ])('of $behaviour: $because', ({ behaviour, means }) => {
    expect(meansOf(behaviour)).toEqual([...means, 0, 0, 0, 0]);
  });
});

describe('expectedTraffic', () => {
  it.each([
    { arrivals: '{ process: constant, rate: 200/s }', counts: [0, 200, 600], because: 'it begins with its phase' },
    { arrivals: '{ process: poisson, rate: 2/s }', counts: [0, 2, 6], because: 'a mean is a mean' },
    { arrivals: '{ process: ramp, from: 1/s, to: 7/s }', counts: [0, 2, 12], because: 'the area under the line' },
    {
      arrivals:
        '{ process: step, steps: [{ from: 0s, rate: 1/s }, { from: 500ms, rate: 0/s }, { from: 2s, rate: 7/s }] }',
      counts: [0, 0.5, 7.5],
      because: 'each step counts while it lasts, the last one to the end',
    },
    { arrivals: '{ process: on-off, rate: 8/s, on: 1s, off: 3s }', counts: [0, 2, 6], because: 'it is on a quarter' },
    {
      arrivals: '{ process: mmpp, calm: 1/s, burst: 9/s, calmFor: 3s, burstFor: 1s }',
      counts: [0, 3, 9],
      because: 'a quarter of the time is bursts',
    },
    {
      arrivals: '{ process: hawkes, rate: 2/s, branching: 0.9, decay: 1/s }',
      counts: [0, 2, 6],
      because: 'rate is mean',
    },
    {
      arrivals: '{ process: diurnal, rate: 2/s, peakToTrough: 3, period: 1s, peakAt: 0s }',
      counts: [0, 2, 6],
      because: 'whole periods have the mean',
    },
    {
      arrivals: '{ process: herd, size: 5, first: 500ms, every: 1s }',
      counts: [0, 5, 15],
      because: 'a herd comes at 0.5, 1.5 and 2.5 s',
    },
    { arrivals: '{ process: herd, size: 5, first: 1s }', counts: [0, 0, 5], because: 'one herd is one herd' },
  ])('of $arrivals: $because', ({ arrivals, counts }) => {
    const plan = planWith('order-flood', arrivals);
    const [, actor] = plan.actors;
    if (actor === undefined) throw new Error('the plan has no second actor');
    const spans = [
      [0, 4_000_000],
      [3_000_000, 5_000_000],
      [0, 7_000_000],
    ] as const;
    const rounded = spans.map(([from, to]) => Number(expectedTraffic(plan, actor, from, to).arrivals.toPrecision(9)));
    expect(rounded).toEqual(counts);
  });

  it('of a day: the half about the peak has more than the half about the trough', () => {
    const plan = planWith('order-flood', '{ process: diurnal, rate: 2/s, peakToTrough: 3, period: 2s, peakAt: 500ms }');
    const [, actor] = plan.actors;
    if (actor === undefined) throw new Error('the plan has no second actor');
    // The mean and, for a swing of a half, its share of 2 / pi over half a turn about the peak.
    const about = [4_000_000, 5_000_000].map((from) => expectedTraffic(plan, actor, from, from + 1_000_000).arrivals);
    expect(about.map((count) => Number(count.toPrecision(6)))).toEqual(
      [2 + 2 / Math.PI, 2 - 2 / Math.PI].map((count) => Number(count.toPrecision(6))),
    );
  });

  it('of a ramp over phases that lie apart: one ramp over both, as if nothing lay between', () => {
    const text = goodScenario
      .replace('during: attack', 'during: [calm, late]')
      .replace('actors:', '  - { name: late, for: 2s }\nactors:')
      .replace('{ process: constant, rate: 200/s }', '{ process: ramp, from: 0.1/s, to: 8.1/s }');
    const plan = loadScenario(textReader({ 's.yaml': text, 'policy.yaml': goodPolicy }), 's.yaml');
    const [, actor] = plan.actors;
    if (actor === undefined) throw new Error('the plan has no second actor');
    const counts = plan.phases.map(({ startUs, endUs }) => expectedTraffic(plan, actor, startUs, endUs).arrivals);
    expect(counts.map((count) => Number(count.toPrecision(9)))).toEqual([4.2, 0, 12.2]);
  });

  it('of a recording: only its file tells', () => {
    const plan = planWith('order-flood', '{ process: trace, file: t.csv }');
    const [customers, flooder] = plan.actors;
    if (customers === undefined || flooder === undefined) throw new Error('the plan has no two actors');
    expect(expectedTraffic(plan, flooder, 0, 7_000_000)).toEqual({ arrivals: 0, requests: 0, isKnown: false });
    expect(expectedTraffic(plan, customers, 0, 7_000_000).isKnown).toBe(true);
  });
});
