/** A policy in words: what is signed, whose address counts, and each limit. */
import type { FreshnessClaim } from '../signing/profile.js';
import { profileOf } from '../signing/profiles.js';
import { formatDuration } from './durations.js';
import { limitLines } from './explain-limit.js';
import { type ClientIpRule, type Plan, type PolicyAuth, requestClasses, weaknessTable } from './plan.js';

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
  const profile = profileOf(auth.profile, auth);
  const isMistaken = auth.replay === 'refuse' && !profile.coverage.unique;
  const how = profile.kind === 'hmac' ? `HMAC with ${auth.hash} in ${auth.encoding}` : profile.title;
  return [
    `  signed: ${signed} (${auth.profile}, ${how})`,
    `  signature: ${freshnessText(auth, profile.freshness)}${profile.freshness === 'nonce' ? '' : `, ${replay}`}`,
    ...(isMistaken
      ? ['    two requests of a key that are alike in all that is signed count as one that came twice']
      : []),
  ];
}

function freshnessText({ windowUs, futureUs, replay }: PolicyAuth, rule: FreshnessClaim['rule']): string {
  switch (rule) {
    case 'window':
      return `from ${formatDuration(windowUs)} old to less than ${formatDuration(futureUs)} ahead`;
    case 'expiry':
      return `until it expires, ${replay === 'refuse' ? `at most ${formatDuration(windowUs)} ahead` : 'however far ahead'}${
        futureUs > 0 ? `, by a clock less than ${formatDuration(futureUs)} fast` : ''
      }`;
    case 'nonce':
      return 'with a number higher than every one of its key that was accepted';
    case 'none':
      return 'at any time';
  }
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
