/** Which leaks of a verdict belong to which of its expectations that did not hold. */
import type { VerdictDocument } from '../report/page-data.js';

/**
 * Indexes of leaks by expectation. A leak stands once, under the first failed or undecided expectation about leaks whose
 * subject sent any of its requests; one that none of them names stands under none.
 */
export function leaksBehind({ expectations, leaks, actors }: VerdictDocument): number[][] {
  const taken = new Set<number>();
  return expectations.map(({ metric, pass }) => {
    if (pass === true || !/\.leak(?:Ratio)?(?: in |$)/.test(metric)) return [];
    const subject = metric.slice(0, metric.lastIndexOf('.leak'));
    const own = leaks.flatMap(({ requests }, index) => {
      if (taken.has(index)) return [];
      const sent = requests.some(
        ({ actor }) => subject === 'all' || subject === actor || subject === actors[actor]?.label,
      );
      return sent ? [index] : [];
    });
    for (const index of own) taken.add(index);
    return own;
  });
}
