/** A limit in words: what it counts, the most that it may admit, what it does to those who do not listen. */
import { type BehaviourName, ownsAccount } from './behaviours.js';
import { formatDuration } from './durations.js';
import { elementsPerRequest, expectedTraffic, requestsPerArrival } from './expected-traffic.js';
import { byText } from './limit-by.js';
import { type ActorPlan, type Plan, type PolicyLimit, planEndUs, requestClasses } from './plan.js';
import { promisedCells, promiseFormula } from './promise.js';

/** `login 1, ticker 4`: the classes that have any cells. */
function cellsText(cells: readonly number[]): string {
  return requestClasses
    .flatMap((name, index) => {
      const count = cells[index] ?? 0;
      return count === 0 ? [] : `${name} ${count}`;
    })
    .join(', ');
}

/**
 * Keys of a limit that an actor's requests spread over evenly; null when they do not, or when only the run tells: which
 * addresses share their first bits, how often each class is sent, whose requests are replayed.
 */
function keysOf(plan: Plan, limit: PolicyLimit, actor: ActorPlan): number | null {
  const { by, ipPrefix } = limit;
  if (by.length === 0) return 1;
  if (by.includes('class') || (ipPrefix !== null && ipPrefix.v4 < 32)) return null;
  if (actor.who.choice === 'zipf' || actor.who.choice === 'trace') return null;
  const { population } = actor;
  const [only] = by.length === 1 ? by : [];
  if (only === 'ip') return Math.ceil(population / actor.identitiesPerAddress);
  if (ownsAccount(actor.behaviour as BehaviourName)) {
    return only === 'master' && actor.masters > 0 ? actor.masters : population;
  }
  if (only !== 'account' && only !== 'master') return null;
  if (actor.behaviour === 'credential-stuffing') return Number(actor.params.combos);
  const victims = plan.actors.find(({ name }) => name === actor.params.victims);
  return victims?.population ?? null;
}

/** How hard the attackers press: what they ask of one key against what it may be given. */
function pressureLines(plan: Plan, limit: PolicyLimit): readonly string[] {
  return plan.actors.flatMap((actor) => {
    const keys = keysOf(plan, limit, actor);
    const perArrival = requestsPerArrival(plan, actor).reduce((sum, mean, i) => sum + mean * (limit.costs[i] ?? 0), 0);
    if (actor.label !== 'abuse' || keys === null || perArrival === 0) return [];
    const { arrivals } = expectedTraffic(plan, actor, 0, planEndUs(plan));
    const elements = elementsPerRequest(actor);
    const lengthUs = (actor.active.at(-1)?.endUs ?? 0) - (actor.active[0]?.startUs ?? 0);
    const asked = Math.round((arrivals * perArrival * elements) / keys);
    const may = promisedCells(plan.policy, limit, lengthUs);
    if (asked === 0 || may === null) return [];
    const besides = 'creditsMax' in limit ? ' besides what fills give' : '';
    return `    pressure of ${actor.name}: ${asked} cells asked of a key in ${formatDuration(lengthUs)}, at most ${may} may pass${besides}`;
  });
}

function promiseLines(plan: Plan, limit: PolicyLimit): readonly string[] {
  if (limit.family === 'concurrency') {
    return [`    never more than ${limit.capacity} cells of one key are between admission and answer`];
  }
  const spans = [...plan.phases.map(({ name, startUs, endUs }) => ({ name, lengthUs: endUs - startUs }))];
  spans.push({ name: 'whole run', lengthUs: planEndUs(plan) });
  const most = spans.map(({ name, lengthUs }) => `${name} ${promisedCells(plan.policy, limit, lengthUs)}`).join(', ');
  return [
    `    cells of one key admitted in any interval of length w: at most ${promiseFormula(limit)}`,
    `    at most: ${most}`,
  ];
}

/** What is peculiar to the family. */
function familyLines(limit: PolicyLimit): readonly string[] {
  switch (limit.family) {
    case 'leaky-queue': {
      const { capacity, queueCells, refillCells, refillPeriodUs } = limit;
      const waitUs = Math.ceil((queueCells * refillPeriodUs) / refillCells);
      return [`    ${capacity} served at once, ${queueCells} more wait their turn, up to ${formatDuration(waitUs)}`];
    }
    case 'fixed-window':
      return limit.countsDenied ? ['    a request that is throttled counts too'] : [];
    case 'fill-counter':
      return [`    fills give back at most: ${cellsText(limit.creditsMax)}, never more than were used in the window`];
    case 'ratio-monitor':
      return [`    fills earn at most: ${cellsText(limit.creditsMax)}, until the window ends`];
    case 'earned-budget': {
      const { trickleUs, creditsMax } = limit;
      const trickle = trickleUs === null ? 'nothing passes' : `one request passes each ${formatDuration(trickleUs)}`;
      return [`    fills earn at most: ${cellsText(creditsMax)}, for good; when all is spent, ${trickle}`];
    }
    default:
      return [];
  }
}

function ageLines(limit: PolicyLimit): readonly string[] {
  return requestClasses.flatMap((name, index) => {
    const ages = limit.ageCosts[index] ?? [];
    if (ages.length === 0) return [];
    const steps = ages.map(({ underUs, cells }) => `${cells} under ${formatDuration(underUs)}`).join(', ');
    return `    ${name} of a young order costs more: ${steps}`;
  });
}

function penaltyLines({ ban, kills, isShadow }: PolicyLimit): readonly string[] {
  const lines: string[] = [];
  if (ban !== null) {
    const [firstUs = 0, ...laterUs] = ban.stepsUs;
    const later =
      laterUs.length === 0
        ? ''
        : `, then ${laterUs.map(formatDuration).join(', ')}; forgotten after ${formatDuration(ban.forgetUs)}`;
    lines.push(`    banned for ${formatDuration(firstUs)} after ${ban.afterThrottles} throttles in a row${later}`);
  }
  if (kills) lines.push('    who is throttled or banned by it loses the connection');
  if (isShadow) lines.push('    in the shadow: it refuses nobody, and an answer says when it would have');
  return lines;
}

/** Which addresses count as one, where not each stands for itself. */
function prefixText({ ipPrefix }: PolicyLimit): string {
  if (ipPrefix === null) return '';
  const shared: string[] = [];
  if (ipPrefix.v4 < 32) shared.push(`IPv4 /${ipPrefix.v4}`);
  if (ipPrefix.v6 < 128) shared.push(`IPv6 /${ipPrefix.v6}`);
  return shared.length === 0 ? '' : ` (${shared.join(', ')})`;
}

/** The lines of `explain` about one limit. */
export function limitLines(plan: Plan, limit: PolicyLimit): readonly string[] {
  return [
    `  ${limit.name}: ${limit.family} by ${byText(limit.by)}${prefixText(limit)}, cells: ${cellsText(limit.costs)}`,
    ...promiseLines(plan, limit),
    ...familyLines(limit),
    ...ageLines(limit),
    ...penaltyLines(limit),
    ...pressureLines(plan, limit),
  ];
}
