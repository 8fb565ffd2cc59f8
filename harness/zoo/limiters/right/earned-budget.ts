import type { EarnedBudgetNumbers } from '../../../core/spec.js';
import type { Limiter } from '../../../invariants/contract.js';

/** A budget for life and what is earned on top of it; without any left, one request passes each `trickleUs`. */
export function earnedBudget({ capacity, trickleUs }: EarnedBudgetNumbers): Limiter {
  const budgets = new Map<string, { spent: number; trickleAtUs: number }>();
  let latestUs = Number.NEGATIVE_INFINITY;
  const budgetOf = (key: string) => {
    const budget = budgets.get(key) ?? { spent: 0, trickleAtUs: Number.NEGATIVE_INFINITY };
    budgets.set(key, budget);
    return budget;
  };
  return {
    consume(key, cost, nowUs) {
      if (!Number.isSafeInteger(cost) || cost < 1) return { admitted: false };
      latestUs = Math.max(latestUs, nowUs);
      const budget = budgetOf(key);
      const remaining = capacity - budget.spent;
      if (cost <= remaining) {
        budget.spent += cost;
        return { admitted: true, remaining: remaining - cost };
      }
      if (trickleUs === null) return { admitted: false, retryAfterUs: Number.POSITIVE_INFINITY, remaining };
      if (latestUs < budget.trickleAtUs) {
        return { admitted: false, retryAfterUs: budget.trickleAtUs - nowUs, remaining };
      }
      budget.trickleAtUs = latestUs + trickleUs;
      return { admitted: true, remaining };
    },
    credit(key, cells) {
      budgetOf(key).spent -= cells;
    },
    size: () => budgets.size,
  };
}
