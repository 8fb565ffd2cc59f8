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

/** Mean requests by class: login, ticker, account, order.place, order.amend, order.cancel. */
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
  ])('of $behaviour: $because', ({ behaviour, means }) => {
    expect(meansOf(behaviour)).toEqual(means);
  });
});

describe('expectedTraffic', () => {
  it.each([
    { arrivals: '{ process: constant, rate: 200/s }', counts: [0, 200, 600], because: 'it begins with its phase' },
    { arrivals: '{ process: poisson, rate: 2/s }', counts: [0, 2, 6], because: 'a mean is a mean' },
    { arrivals: '{ process: ramp, from: 1/s, to: 7/s }', counts: [0, 2, 12], because: 'the area under the line' },
  ])('of $arrivals: $because', ({ arrivals, counts }) => {
    const plan = planWith('order-flood', arrivals);
    const [, actor] = plan.actors;
    if (actor === undefined) throw new Error('the plan has no second actor');
    const spans = [
      [0, 4_000_000],
      [3_000_000, 5_000_000],
      [0, 7_000_000],
    ] as const;
    expect(spans.map(([from, to]) => expectedTraffic(plan, actor, from, to).arrivals)).toEqual(counts);
  });
});
