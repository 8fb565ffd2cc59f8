/** Which metrics of whom are compared: those that expectations name, and all others of each actor and label. */
import type { MetricName } from '../scenario/metrics.js';
import { metricNames } from '../scenario/metrics.js';
import type { Expectation, Plan } from '../scenario/plan.js';

export interface ComparedName {
  readonly subject: string;
  readonly metric: MetricName;
  readonly phase: string | null;
  /** Texts of the expectations that name it. */
  readonly expectations: readonly string[];
  /** Their operators. */
  readonly wanted: readonly Expectation['operator'][];
}

/** Those that expectations name come first, in their order; both plans must hold whom and when they speak of. */
export function comparedNames(baseline: Plan, run: Plan): readonly ComparedName[] {
  const found = new Map<string, ComparedName>();
  for (const { subject, metric, phase, text, operator } of run.expectations) {
    if (!isIn(baseline, subject, phase)) continue;
    const key = keyOf(subject, metric, phase);
    const known = found.get(key);
    const expectations = [...(known?.expectations ?? []), text];
    const wanted = [...(known?.wanted ?? []), operator];
    found.set(key, { subject, metric: metric as MetricName, phase, expectations, wanted });
  }
  for (const subject of subjectsOf(run)) {
    if (!isIn(baseline, subject, null)) continue;
    for (const metric of metricNames) {
      const key = keyOf(subject, metric, null);
      if (!found.has(key)) found.set(key, { subject, metric, phase: null, expectations: [], wanted: [] });
    }
  }
  return [...found.values()];
}

/** A label with one actor alone is that actor, and is not told twice. */
function subjectsOf({ actors }: Plan): readonly string[] {
  const labels = (['legit', 'abuse'] as const).filter(
    (label) => actors.filter((one) => one.label === label).length > 1,
  );
  return [...labels, ...actors.map(({ name }) => name)];
}

function isIn(plan: Plan, subject: string, phase: string | null): boolean {
  const hasSubject = subject === 'all' || plan.actors.some(({ name, label }) => name === subject || label === subject);
  return hasSubject && (phase === null || plan.phases.some(({ name }) => name === phase));
}

function keyOf(subject: string, metric: string, phase: string | null): string {
  return JSON.stringify([subject, metric, phase]);
}

/**
 * The plan with all that some metrics are only counted for where an expectation asks: what each identity asked for and got,
 * when abuse was contained, when service recovered.
 */
export function asksForAll(plan: Plan, names: readonly ComparedName[]): Plan {
  const expectations = names.map(
    ({ subject, metric, phase }): Expectation => ({
      text: `${subject}.${metric} >= 0`,
      subject,
      metric,
      phase,
      operator: '>=',
      wanted: { kind: 'number', value: 0 },
      wholeInterval: false,
    }),
  );
  return { ...plan, expectations };
}
