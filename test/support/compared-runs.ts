/** Runs to hold side by side: played in virtual time, or made of customers who differ by a known law. */
import type { RunToCompare } from '../../harness/compare/compared-run.js';
import { judgedPlan } from '../../harness/engine/virtual/judged-plan.js';
import type { Plan } from '../../harness/scenario/plan.js';
import { Dice } from './dice.js';
import { type Observed, observed, sourceOf } from './observation-builder.js';
import { anExpectation, aPlan, SECOND_US } from './plan-builder.js';
import { playVirtually, type VirtualPlayOptions } from './virtual-play.js';

export function asRun(plan: Plan, seed: number, overrides: Partial<RunToCompare> = {}): RunToCompare {
  return {
    folder: `runs/${plan.name}-${seed}`,
    plan,
    seed,
    verdict: null,
    rows: null,
    facts: { target: 'core' },
    missing: [],
    ...overrides,
  };
}

export function playedRun(plan: Plan, seed: number, options: VirtualPlayOptions = {}): RunToCompare {
  const played = playVirtually(plan, { ...options, seed, engine: 'native' });
  return asRun(judgedPlan(plan, played.latestDecisionUs), seed, { rows: () => played.batches });
}

/** The same plan over a network that takes `factor` times as long. */
export function slowed(plan: Plan, factor: number): Plan {
  const { delayUs, jitterUs } = plan.virtual;
  const virtual = {
    ...plan.virtual,
    delayUs: Math.round(delayUs * factor),
    jitterUs: Math.round(jitterUs * factor),
  };
  return { ...plan, virtual };
}

/** Customers and bots calm and under a flood, over a network that takes 20 ms each way and some more by chance. */
export function pairPlan(): Plan {
  const base = aPlan();
  const [customers, attackers] = base.actors;
  if (customers === undefined || attackers === undefined) throw new Error('the plan has two actors');
  return aPlan({
    name: 'pair',
    virtual: { ...base.virtual, delayUs: 20_000, jitterUs: 5_000 },
    phases: [
      { name: 'calm', startUs: SECOND_US, endUs: 11 * SECOND_US },
      { name: 'attack', startUs: 11 * SECOND_US, endUs: 21 * SECOND_US },
    ],
    actors: [
      {
        ...customers,
        population: 60,
        arrivals: { process: 'poisson', ratePerSecond: 60 },
        active: [{ startUs: 0, endUs: 21 * SECOND_US }],
      },
      {
        ...customers,
        name: 'bots',
        population: 30,
        arrivals: { process: 'hawkes', ratePerSecond: 20, branching: 0.6, decayPerSecond: 2 },
        active: [{ startUs: 0, endUs: 21 * SECOND_US }],
      },
      {
        ...attackers,
        population: 1,
        arrivals: { process: 'constant', ratePerSecond: 100 },
        active: [{ startUs: 11 * SECOND_US, endUs: 21 * SECOND_US }],
      },
    ],
    expectations: [
      anExpectation('abuse.leak', '<=', 0),
      anExpectation('legit.wrongfulBlocks', '<=', 0),
      anExpectation('legit.latency.p50', '<=', 100_000),
      anExpectation('legit.latency.p99', '<=', 200_000),
      anExpectation('legit.latency.p50', '<=', 100_000, { phase: 'attack' }),
      anExpectation('legit.falseBlockRate', '<=', 0.01),
      anExpectation('legit.goodput', '>=', 1),
    ],
  });
}

export interface CustomerOptions {
  readonly seed: number;
  readonly customers: number;
  /** Of each customer on average; some ask far more often than others. */
  readonly requestsEach: number;
  /** Of the logarithm of a customer's own latency: how much customers differ. */
  readonly spread: number;
  /** All latencies times this. */
  readonly factor?: number;
  /** Of each request, to end in a timeout. */
  readonly errorShare?: number;
}

function customerPlan({ customers }: Pick<CustomerOptions, 'customers'>): Plan {
  const plan = aPlan();
  const [first] = plan.actors;
  if (first === undefined) throw new Error('the plan has an actor');
  return aPlan({
    name: 'customers',
    actors: [{ ...first, population: customers }],
    expectations: [anExpectation('customers.latency.p99', '<=', 1e9), anExpectation('customers.errorRate', '<=', 1)],
  });
}

/** Customers whose latencies have a log-normal scale each, and who ask by an exponential law. */
export function customersRun(options: CustomerOptions): RunToCompare {
  const plan = customerPlan(options);
  const dice = new Dice(options.seed);
  const uniform = (): number => (dice.below(2 ** 30) + 0.5) / 2 ** 30;
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const rows: Observed[] = [];
  for (let identity = 0; identity < options.customers; identity++) {
    const scaleUs = 20_000 * Math.exp(options.spread * normal()) * (options.factor ?? 1);
    const requests = Math.ceil(-Math.log(uniform()) * options.requestsEach);
    for (let request = 0; request < requests; request++) {
      const intendedUs = SECOND_US + dice.below(10 * SECOND_US);
      const answeredUs = intendedUs + 1 + Math.round(scaleUs * (0.5 - 0.5 * Math.log(uniform())));
      const isError = uniform() < (options.errorShare ?? 0);
      rows.push(
        observed({ identity, intendedUs, ...(isError ? { outcome: 5, concludedUs: answeredUs } : { answeredUs }) }),
      );
    }
  }
  return asRun(plan, options.seed, { rows: sourceOf(rows) });
}
