/** A report as a person reads it. */
import type { CheckReport } from './contract.js';

export function reportText(report: CheckReport): string {
  const { limiter, runs, operations, failures, skipped, seed } = report;
  const asked = `${runs} histories, ${operations} requests, seed ${seed}`;
  if (failures.length === 0)
    return [`${limiter} keeps its promises (${asked})`, ...skipped.map(skippedLine)].join('\n');
  const count = failures.length === 1 ? '1 promise' : `${failures.length} promises`;
  const lines = [`${limiter} breaks ${count} (${asked})`];
  for (const { invariant, formula, message, timeline, replay } of failures) {
    lines.push('', `${invariant}: ${message}`, `  promised: ${formula}`);
    lines.push(...timeline.map((line) => `  ${line}`), `  play it again: ${replay}`);
  }
  if (skipped.length > 0) lines.push('', ...skipped.map(skippedLine));
  return lines.join('\n');
}

function skippedLine({ invariant, because }: CheckReport['skipped'][number]): string {
  return `${invariant} was not asked: ${because}`;
}
