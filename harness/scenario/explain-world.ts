/** What surrounds the target in virtual time, in words. */
import { formatDuration } from './durations.js';
import { rateText } from './explain-actor.js';
import { formatRatio } from './numbers.js';
import { type Plan, partTable, type VirtualWorld, weaknessTable } from './plan.js';

function spans(list: readonly { readonly atUs: number; readonly forUs: number }[]): string {
  return list.map(({ atUs, forUs }) => `at ${formatDuration(atUs)} for ${formatDuration(forUs)}`).join(', ');
}

function clockLines({ driftPpm, steps, freezes }: VirtualWorld): readonly string[] {
  const lines: string[] = [];
  if (driftPpm !== 0) lines.push(`  the server's clock runs off by ${driftPpm} ppm`);
  for (const { atUs, byUs } of steps) {
    const way = byUs < 0 ? 'back' : 'ahead';
    lines.push(`  the server's clock steps ${way} by ${formatDuration(Math.abs(byUs))} at ${formatDuration(atUs)}`);
  }
  if (freezes.length > 0) lines.push(`  the server's clock stands still ${spans(freezes)}`);
  return lines;
}

/** Times of events count from the start of the first phase. */
export function worldLines({ virtual }: Plan): readonly string[] {
  const jitter = virtual.jitterUs === 0 ? '' : ` and ${formatDuration(virtual.jitterUs)} more in the mean`;
  const lines = [
    'In virtual time (over HTTP, network and server are the real ones)',
    `  each way takes ${formatDuration(virtual.delayUs)}${jitter}`,
  ];
  if (virtual.loss > 0) lines.push(`  ${formatRatio(virtual.loss)} of requests and of answers are lost`);
  if (virtual.reorderShare > 0) {
    const held = formatDuration(virtual.reorderUs);
    lines.push(`  ${formatRatio(virtual.reorderShare)} of requests are held back by ${held} in the mean`);
  }
  const { serverPerSecond, serverQueueMax } = virtual;
  if (serverPerSecond !== null) {
    lines.push(`  the server serves ${rateText(serverPerSecond)}; ${serverQueueMax} requests wait at most`);
  }
  lines.push(...clockLines(virtual));
  if (virtual.outages.length > 0) lines.push(`  everything is answered 503 ${spans(virtual.outages)}`);
  if (virtual.restarts.length > 0) {
    lines.push(`  the server starts anew at ${virtual.restarts.map(formatDuration).join(', ')}`);
  }
  return lines;
}

/** What a run of this scenario needs, and what it is tried on. */
export function needLines({ needs, weak }: Plan): readonly string[] {
  const lines = needs.map((part) => `  needs ${part}: ${partTable[part]}`);
  if (weak === null) return lines;
  const { policy, fails } = weak;
  lines.push(`  weak twin: under ${policy.name} (${policy.file}) it must fail ${fails.join(', ')}`);
  return [...lines, ...policy.weaknesses.map((name) => `    defect ${name}: ${weaknessTable[name]}`)];
}
