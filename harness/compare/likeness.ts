/** Whether two runs are of one scenario, and what is unlike between them all the same. */
import type { Plan } from '../scenario/plan.js';
import type { RunToCompare } from './compared-run.js';

/** What must be the same, so that a metric means the same on both sides. */
const sameOf: Readonly<Record<string, (plan: Plan) => unknown>> = {
  scenario: ({ name }) => name,
  'limits of the policy': ({ policy }) => policy.limits,
  'authentication rule of the policy': ({ policy }) => policy.auth,
  phases: ({ warmupUs, phases }) => [warmupUs, phases],
  actors: ({ actors }) => actors,
};

/** What may differ and is told. */
const toldOf: Readonly<Record<string, (run: RunToCompare) => unknown>> = {
  seed: ({ seed }) => seed,
  expectations: ({ plan }) => plan.expectations.map(({ text }) => text),
  'policy file': ({ plan }) => plan.policy.file,
  'virtual network and clocks': ({ plan }) => plan.virtual,
  'request settings': ({ plan }) => plan.request,
  engine: ({ verdict }) => verdict?.engine,
};

/** What must be the same and is not, by name. */
export function unlikeness(baseline: Plan, run: Plan): readonly string[] {
  return Object.entries(sameOf).flatMap(([name, of]) => (text(of(baseline)) === text(of(run)) ? [] : [name]));
}

/** Of plans, and of what they were played against: virtual time and a server are measured by different clocks. */
export function unlikeRuns(baseline: RunToCompare, run: RunToCompare): readonly string[] {
  const targets = baseline.facts.target === run.facts.target ? [] : ['target'];
  return [...unlikeness(baseline.plan, run.plan), ...targets];
}

/** A sentence each. */
export function differencesOf(baseline: readonly RunToCompare[], run: readonly RunToCompare[]): readonly string[] {
  const [first, second] = [baseline[0], run[0]];
  if (first === undefined || second === undefined) return [];
  const unlike = unlikeness(first.plan, second.plan).map((name) => `${name}: not the same`);
  const plain = Object.entries(toldOf).flatMap(([name, of]) => differenceOf(name, baseline.map(of), run.map(of)));
  const keys = (of: (one: RunToCompare) => Readonly<Record<string, string>> | undefined): readonly string[] => [
    ...new Set([...baseline, ...run].flatMap((one) => Object.keys(of(one) ?? {}))),
  ];
  const facts = keys(({ facts }) => facts).flatMap((key) => {
    const of = (one: RunToCompare): unknown => one.facts[key] ?? 'none';
    return differenceOf(key, baseline.map(of), run.map(of));
  });
  const versions = keys(({ verdict }) => verdict?.versions).flatMap((key) => {
    const of = (one: RunToCompare): unknown => one.verdict?.versions[key] ?? 'not known';
    return differenceOf(key, baseline.map(of), run.map(of));
  });
  return [...unlike, ...plain, ...facts, ...versions];
}

const LIST_MAX = 5;
const TEXT_MAX = 80;

function differenceOf(name: string, baseline: readonly unknown[], run: readonly unknown[]): string[] {
  const [first, second] = [baseline, run].map((values) => [...new Set(values.map(text))].sort());
  if (text(first) === text(second)) return [];
  const told = (values: readonly string[] = []): string => {
    const shown = values.slice(0, LIST_MAX).join(', ');
    return values.length > LIST_MAX ? `${shown} and ${values.length - LIST_MAX} more` : shown;
  };
  const [left, right] = [told(first), told(second)];
  return [left.length > TEXT_MAX || right.length > TEXT_MAX ? `${name}: not the same` : `${name}: ${left} -> ${right}`];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not known');
}
