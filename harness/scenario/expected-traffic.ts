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

/** What an honest actor sends for one arrival. Its retries come on top. */
function perHonestArrival(actor: ActorPlan): PerArrival | null {
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
    case 'retail-ui': {
      const { polls, orderShare, cancelShare } = paramsOf(actor, 'retail-ui');
      return { account: 1, ticker: polls, 'order.place': orderShare, 'order.cancel': orderShare * cancelShare };
    }
    case 'retail-bot': {
      const { orderShare, marketShare, amendShare, cancelShare } = paramsOf(actor, 'retail-bot');
      const resting = orderShare * (1 - marketShare);
      return {
        ticker: 1 - orderShare,
        'order.place': orderShare,
        'order.amend': resting * amendShare,
        'order.cancel': resting * cancelShare,
      };
    }
    case 'history-scan':
      return { account: paramsOf(actor, 'history-scan').pages };
    case 'reconnect': {
      const { requests, accountShare } = paramsOf(actor, 'reconnect');
      return { login: 1, ticker: requests * (1 - accountShare), account: requests * accountShare };
    }
    default:
      return null;
  }
}

/** Attackers that pass over arrivals while they rest, listen or wait for an answer. */
const passesOver: ReadonlySet<string> = new Set(['replay', 'identity-rotation', 'limit-search', 'phase-probing']);

/** Whether the actor may send less than is expected of it even when all is admitted. */
export function isUpperEstimate(actor: ActorPlan): boolean {
  return passesOver.has(actor.behaviour);
}

function perArrival(plan: Plan, actor: ActorPlan): PerArrival {
  const honest = perHonestArrival(actor);
  if (honest !== null) return honest;
  switch (actor.behaviour as BehaviourName) {
    case 'credential-stuffing':
      return { login: 1 + paramsOf(actor, 'credential-stuffing').repeatShare };
    case 'password-spraying':
    case 'account-lockout':
    case 'name-probing':
      return { login: 1 };
    case 'signature-forgery':
      // Spoiled texts are tried on orders and on a look at the account, about half and half; spoiled signatures on orders.
      return paramsOf(actor, 'signature-forgery').spoils === 'mac'
        ? { 'order.place': 1 }
        : { 'order.place': 0.5, account: 0.5 };
    case 'place-cancel':
      return { 'order.place': 1, 'order.cancel': 1 };
    case 'layering': {
      const { layers, moves } = paramsOf(actor, 'layering');
      return { 'order.place': layers + 1, 'order.amend': layers * moves, 'order.cancel': layers };
    }
    case 'cancel-storm':
      return { 'order.place': 1, 'order.cancel': paramsOf(actor, 'cancel-storm').cancels };
    case 'heavy-requests':
      return { account: 1 };
    case 'scrape':
      return { ticker: 1 };
    case 'unique-callers':
      return { [paramsOf(actor, 'unique-callers').path]: 1 };
    case 'forwarded-rotation':
      return { [paramsOf(actor, 'forwarded-rotation').path]: 1 };
    case 'recorded':
      // Its recording alone tells.
      return {};
    case 'replay':
      return perReplay(plan, paramsOf(actor, 'replay').source);
    default:
      // The others send an order each time.
      return { 'order.place': 1 };
  }
}

/** Elements of one request: what a policy charges is for each of them. */
export function elementsPerRequest(actor: ActorPlan): number {
  return actor.behaviour === 'batch-flood' ? paramsOf(actor, 'batch-flood').elements : 1;
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
