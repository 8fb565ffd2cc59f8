/** What the page is given of a run, from whatever is known of it. */
import type { VerdictDocument } from '../judge/verdict.js';
import { explain } from '../scenario/explain.js';
import { policyLines } from '../scenario/explain-policy.js';
import { type Plan, type Policy, planEndUs } from '../scenario/plan.js';
import type { SeriesDocument } from '../timeline/series.js';
import type { PageData, PageRun } from './page-data.js';

export interface PageRunFacts {
  readonly folder: string | null;
  readonly state: PageRun['state'];
  /** null = not known: then scenario and length are taken from the rest. */
  readonly plan: Plan | null;
  /** What was enforced in place of the plan's policy; null or left out = the plan's, or it is not known. */
  readonly enforcedPolicy?: Policy | null;
  readonly verdict: VerdictDocument | null;
  readonly series: SeriesDocument | null;
  readonly missing: readonly string[];
  /** Why it has no verdict; null = it has one, or is not over. */
  readonly error: string | null;
}

export function pageRun(facts: PageRunFacts): PageRun {
  const { plan, verdict, series } = facts;
  const { text, missing } = planText(plan);
  return {
    scenario: verdict?.scenario ?? plan?.name ?? series?.scenario ?? 'unknown',
    claim: verdict?.claim ?? plan?.claim ?? '',
    folder: facts.folder,
    state: facts.state,
    verdict,
    series,
    ...lengthOf(facts),
    plan: text,
    policyFile: plan?.policy.file ?? null,
    policyText: plan === null ? null : policyText(plan),
    ...enforcedBy(facts),
    missing: [...facts.missing, ...missing],
    error: facts.error,
  };
}

export function savedPage(runs: readonly PageRun[], baseline: PageData['baseline'] = null): PageData {
  return { schema: 'floodproof/page/1', mode: 'saved', runs, baseline };
}

/** A plan that was edited may lack what its explanation reads. */
function planText(plan: Plan | null): { readonly text: string | null; readonly missing: readonly string[] } {
  if (plan === null) return { text: null, missing: [] };
  try {
    return { text: explain(plan), missing: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { text: null, missing: [`plan.json can't be told in words, as if it had been edited: ${why}`] };
  }
}

/** null = it was edited, and lacks what its words are made of; the plan, of which it is a part, says why. */
function policyText(plan: Plan): string | null {
  try {
    return policyLines(plan).join('\n');
  } catch {
    return null;
  }
}

function enforcedBy({ plan, enforcedPolicy }: PageRunFacts): Pick<PageRun, 'enforcedPolicy'> {
  if (enforcedPolicy === null || enforcedPolicy === undefined) return {};
  const text = plan === null ? null : policyText({ ...plan, policy: enforcedPolicy });
  return { enforcedPolicy: { file: enforcedPolicy.file, text } };
}

function lengthOf({ plan, verdict, series }: PageRunFacts): Pick<PageRun, 'totalMs' | 'warmupMs'> {
  if (plan !== null) return { totalMs: planEndUs(plan) / 1000, warmupMs: plan.warmupUs / 1000 };
  if (series !== null) {
    const warmupMs = Math.max(0, -series.fromMs);
    const lastMs = series.phases.at(-1)?.toMs ?? series.fromMs + series.bins * series.binMs;
    return { totalMs: warmupMs + Math.max(0, lastMs), warmupMs };
  }
  return { totalMs: verdict?.durationMs ?? 0, warmupMs: 0 };
}
