/** A policy in words: what is signed, whose address counts, and each limit. */
import { formatDuration } from './durations.js';
import { limitLines } from './explain-limit.js';
import { type ClientIpRule, type Plan, requestClasses, weaknessTable } from './plan.js';

function clientIpText(rule: ClientIpRule): string {
  if (rule.from === 'socket') return 'the peer of the connection';
  if (rule.from === 'trusted-hop') return `entry ${rule.hops} of X-Forwarded-For, counted from the right`;
  if (rule.from === 'trusted-proxies') {
    return `the right-most of peer and X-Forwarded-For that is in none of ${rule.ranges.join(', ')}`;
  }
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

/** The part of `explain` about the policy: what it promises, and how hard the attackers press on it. */
export function policyLines(plan: Plan): readonly string[] {
  const { policy } = plan;
  const lines = [`What the policy ${policy.name} promises (${policy.file})`];
  if (policy.weaknesses.length > 0) {
    lines.push(
      '  BROKEN ON PURPOSE: whoever enforces this policy has these defects, and the verdict is still by its promises',
    );
    lines.push(...policy.weaknesses.map((name) => `    ${name}: ${weaknessTable[name]}`));
  }
  lines.push(...authLines(plan));
  lines.push(`  caller's address: ${clientIpText(policy.clientIp)}`);
  const widened: string[] = [];
  if (policy.nodes > 1) widened.push(`${policy.nodes} nodes that count on their own`);
  if (policy.slackCells > 0) widened.push(`${policy.slackCells} cells of slack`);
  widened.push(`a clock grain of ${formatDuration(policy.resolutionUs)}`);
  lines.push(`  numbers below allow for ${widened.join(', ')}`);
  return [...lines, ...policy.limits.flatMap((limit) => limitLines(plan, limit))];
}
