/** How much an actor is expected to send when everything is admitted; the seed fixes the exact requests. */
import { type BehaviourName, paramsOf } from './behaviours.js';
import { expectedArrivals } from './expected-arrivals.js';
import { type ActorPlan, type Plan, type RequestClass, requestClasses } from './plan.js';

/** Mean requests of each class, by class index. */
export type ClassMeans = readonly number[];

type PerArrival = Partial<Record<RequestClass, number>>;

/** An order is replaced with probability r each time, at most n times: r + r^2 + ... + r^n replacements on average. */
function meanReplacements(share: number, most: number): number {
  return share === 1 ? most : (share * (1 - share ** most)) / (1 - share);
}

function perArrival(plan: Plan, actor: ActorPlan): PerArrival {
  switch (actor.behaviour as BehaviourName) {
    case 'retail-trader': {
      const { orderShare, accountShare, cancelShare } = paramsOf(actor, 'retail-trader');
      return {
        ticker: 1 - orderShare - accountShare,
        account: accountShare,
        'order.place': orderShare,
        'order.cancel': orderShare * cancelShare,
      };
    }
    case 'market-maker': {
      const { replaceShare, replacesMax, amendShare } = paramsOf(actor, 'market-maker');
      const replacements = meanReplacements(replaceShare, replacesMax);
      const swaps = replacements * (1 - amendShare);
      return { 'order.place': 1 + swaps, 'order.amend': replacements * amendShare, 'order.cancel': 1 + swaps };
    }
    case 'login':
      return { login: 1 + paramsOf(actor, 'login').mistakeRate };
    case 'credential-stuffing':
      return { login: 1 };
    case 'order-flood':
      return { 'order.place': 1 };
    case 'forwarded-rotation':
      return { [paramsOf(actor, 'forwarded-rotation').path]: 1 };
    case 'replay':
      return perReplay(plan, paramsOf(actor, 'replay').source);
    default:
      return {};
  }
}

/** One request, of a class with the frequency that the captured actor signs it. */
function perReplay(plan: Plan, sourceName: string): PerArrival {
  const source = plan.actors.find(({ name }) => name === sourceName);
  if (source === undefined || source.behaviour === 'replay') return {};
  const mix = perArrival(plan, source);
  const signed = requestClasses.filter((_, index) => plan.policy.auth?.signed[index] === true);
  const sum = signed.reduce((total, name) => total + (mix[name] ?? 0), 0);
  return Object.fromEntries(signed.map((name) => [name, sum === 0 ? 0 : (mix[name] ?? 0) / sum]));
}

/** Mean requests that follow from one arrival, by class index. */
export function requestsPerArrival(plan: Plan, actor: ActorPlan): ClassMeans {
  const means = perArrival(plan, actor);
  return requestClasses.map((name) => means[name] ?? 0);
}

export interface ExpectedTraffic {
  /** 0 where only a recording tells: see `isKnown`. */
  readonly arrivals: number;
  /** What follows an arrival late is counted in the span of the arrival. */
  readonly requests: number;
  /** Whether the plan itself tells how many there are. */
  readonly isKnown: boolean;
}

/** What an actor is expected to begin in [fromUs, toUs). */
export function expectedTraffic(plan: Plan, actor: ActorPlan, fromUs: number, toUs: number): ExpectedTraffic {
  const arrivals = expectedArrivals(actor, fromUs, toUs);
  const perOne = requestsPerArrival(plan, actor).reduce((sum, mean) => sum + mean, 0);
  return { arrivals: arrivals ?? 0, requests: (arrivals ?? 0) * perOne, isKnown: arrivals !== null };
}
