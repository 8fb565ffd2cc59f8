import type { Plan } from '../../scenario/plan.js';

/**
 * The plan as a run in virtual time is judged by it: how late a decision can fall after sending is known there. An answer
 * that was lost, or that nobody waited for any more, was decided no later than `latestDecisionUs` after it was sent; a
 * policy that promises less would have the judge rule out what has happened.
 */
export function judgedPlan(plan: Plan, latestDecisionUs: number): Plan {
  const { policy } = plan;
  if (latestDecisionUs <= policy.latestDecisionUs) return plan;
  return { ...plan, policy: { ...policy, latestDecisionUs } };
}
