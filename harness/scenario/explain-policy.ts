/** A policy in words: what each limit may admit at most, and what attackers will ask of it. */
import { formatDuration } from './durations.js';
import { expectedTraffic, requestsPerArrival } from './expected-traffic.js';
import { type ActorPlan, type ClientIpRule, type Plan, type PolicyLimit, planEndUs, requestClasses } from './plan.js';
import { promisedCells, promiseFormula } from './promise.js';

function clientIpText(rule: ClientIpRule): string {
  if (rule.from === 'socket') return 'the peer of the connection';
  if (rule.from === 'trusted-hop') return `entry ${rule.hops} of X-Forwarded-For, counted from the right`;
  return 'the left-most entry of X-Forwarded-For, which any caller can forge';
}

function authLines({ policy }: Plan): readonly string[] {
  const { auth } = policy;
  if (auth === null) return ['  signed: nothing'];
  const signed = requestClasses.filter((_, index) => auth.signed[index] === true).join(', ');
  const replay =
    auth.replay === 'refuse'
      ? `accepted once, ${auth.replayCapacity} remembered, of one key ${auth.replayPerKey}`
      : 'accepted any number of times (no replay check)';
  const window = `from ${formatDuration(auth.windowUs)} old to less than ${formatDuration(auth.futureUs)} ahead`;
  return [
    `  signed: ${signed} (${auth.profile}, HMAC with ${auth.hash} in ${auth.encoding})`,
    `  signature: ${window}, ${replay}`,
  ];
}

function costText(limit: PolicyLimit): string {
  return requestClasses
    .flatMap((name, index) => {
      const cells = limit.costs[index] ?? 0;
      return cells === 0 ? [] : `${name} ${cells}`;
    })
    .join(', ');
}

/** Identities of an actor that a limit keeps apart; null when that is not the actor's own to say. */
function keysOf(limit: PolicyLimit, actor: ActorPlan): number | null {
  if (limit.by === 'global') return 1;
  if (limit.by === 'ip') return actor.population;
  if (actor.behaviour === 'replay') return null;
  if (actor.behaviour === 'credential-stuffing') return limit.by === 'account' ? Number(actor.params.combos) : null;
  return actor.population;
}

/** How hard the attackers press: what they ask of one key against what it may be given. */
function pressureLines(plan: Plan, limit: PolicyLimit): readonly string[] {
  return plan.actors.flatMap((actor) => {
    const keys = keysOf(limit, actor);
    const perArrival = requestsPerArrival(plan, actor).reduce((sum, mean, i) => sum + mean * (limit.costs[i] ?? 0), 0);
    if (actor.label !== 'abuse' || keys === null || perArrival === 0) return [];
    const { arrivals } = expectedTraffic(plan, actor, 0, planEndUs(plan));
    const lengthUs = (actor.active.at(-1)?.endUs ?? 0) - (actor.active[0]?.startUs ?? 0);
    const asked = Math.round((arrivals * perArrival) / keys);
    const may = promisedCells(plan.policy, limit, lengthUs);
    if (asked === 0) return [];
    return `    pressure of ${actor.name}: ${asked} cells asked of a key in ${formatDuration(lengthUs)}, at most ${may} may pass`;
  });
}

function limitLines(plan: Plan, limit: PolicyLimit): readonly string[] {
  const { policy } = plan;
  const spans = [...plan.phases.map(({ name, startUs, endUs }) => ({ name, lengthUs: endUs - startUs }))];
  spans.push({ name: 'whole run', lengthUs: planEndUs(plan) });
  const most = spans.map(({ name, lengthUs }) => `${name} ${promisedCells(policy, limit, lengthUs)}`).join(', ');
  const lines = [
    `  ${limit.name}: ${limit.family} by ${limit.by}, cells: ${costText(limit)}`,
    `    any interval of length w admits at most ${promiseFormula(limit)} cells of one key`,
    `    at most: ${most}`,
  ];
  if (limit.ban !== null) {
    lines.push(
      `    banned for ${formatDuration(limit.ban.forUs)} after ${limit.ban.afterThrottles} throttles in a row`,
    );
  }
  return [...lines, ...pressureLines(plan, limit)];
}

/** The part of `explain` about the policy: what it promises, and how hard the attackers press on it. */
export function policyLines(plan: Plan): readonly string[] {
  const { policy } = plan;
  const lines = [`What the policy ${policy.name} promises (${policy.file})`, ...authLines(plan)];
  lines.push(`  caller's address: ${clientIpText(policy.clientIp)}`);
  const widened: string[] = [];
  if (policy.nodes > 1) widened.push(`${policy.nodes} nodes that count on their own`);
  if (policy.slackCells > 0) widened.push(`${policy.slackCells} cells of slack`);
  widened.push(`a clock grain of ${formatDuration(policy.resolutionUs)}`);
  lines.push(`  numbers below allow for ${widened.join(', ')}`);
  return [...lines, ...policy.limits.flatMap((limit) => limitLines(plan, limit))];
}
