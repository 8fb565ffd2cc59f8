/**
 * What several runs of one scenario say together. Each run keeps its own verdict; here is the mean of what they measured,
 * with an interval from how much they differ (Student's, runs taken as independent of each other). Within a run customers
 * are what varies, between runs everything else is: the machine, the order of packets, the other load.
 */
import type { RepeatedExpectation, VerdictDocument } from '../judge/verdict.js';
import { formatInterval, formatMeasured } from './quantity.js';
import { isJudged } from './verdict-word.js';

/** 97.5 % points of Student's law for 1 to 9 degrees of freedom. */
const STUDENT = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622];
const NORMAL = 1.959964;

/** In the order in which scenarios and expectations first come. */
export function repeatedExpectations(documents: readonly VerdictDocument[]): readonly RepeatedExpectation[] {
  return [...grouped(documents).values()].flatMap((runs) => {
    const judged = runs.filter(({ verdict }) => isJudged(verdict));
    const [first] = judged;
    if (first === undefined || judged.length < 2) return [];
    return first.expectations.flatMap(({ text, metric, unit }) => {
      const results = judged.flatMap(({ expectations }) => expectations.filter((one) => one.text === text).slice(0, 1));
      const told = results.flatMap(({ measured, pass }) => (typeof measured === 'number' ? [{ measured, pass }] : []));
      if (told.length < 2) return [];
      const values = told.map(({ measured }) => measured);
      const held = told.filter(({ pass }) => pass === true).length;
      return [{ scenario: first.scenario, text, metric, unit, runs: told.length, held, ...meanOf(values) }];
    });
  });
}

/** `order-flood-5x: legit.latency.p99 <= 50ms: 12 ms [10 ms, 14 ms] over 5 runs, held in 5`. */
export function repeatText({ scenario, text, runs, held, mean, interval, unit }: RepeatedExpectation): string {
  const measured = `${formatMeasured(mean, unit)} ${formatInterval(interval, unit)}`;
  return `${scenario}: ${text}: ${measured} over ${runs} runs, held in ${held}`;
}

function meanOf(values: readonly number[]): Pick<RepeatedExpectation, 'mean' | 'interval'> {
  const n = values.length;
  const mean = values.reduce((sum, one) => sum + one, 0) / n;
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1);
  const half = studentPoint(n - 1) * Math.sqrt(variance / n);
  return { mean, interval: [mean - half, mean + half] };
}

/** Above 9 degrees of freedom by the expansion of Cornish and Fisher (Abramowitz, Stegun 26.7.5), good to four digits. */
export function studentPoint(degrees: number): number {
  const exact = STUDENT[degrees - 1];
  if (exact !== undefined) return exact;
  const z = NORMAL;
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}

function grouped(documents: readonly VerdictDocument[]): Map<string, VerdictDocument[]> {
  const groups = new Map<string, VerdictDocument[]>();
  for (const document of documents) {
    const known = groups.get(document.scenario);
    if (known === undefined) groups.set(document.scenario, [document]);
    else known.push(document);
  }
  return groups;
}
