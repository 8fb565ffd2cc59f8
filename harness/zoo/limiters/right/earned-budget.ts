import type { EarnedBudgetNumbers } from '../../../core/spec.js';
import type { Limiter } from '../../../invariants/contract.js';

const CELLS_MAX = 2 ** 31 - 1;

/** A budget for life and what is earned on top of it; without any left, one request passes each `trickleUs`. */
export function earnedBudget({ capacity, trickleUs }: EarnedBudgetNumbers): Limiter {
  const budgets = new Map<string, { spent: number; trickleAtUs: number }>();
  let latestUs = 0;
  const budgetOf = (key: string) => {
    const budget = budgets.get(key) ?? { spent: 0, trickleAtUs: 0 };
    budgets.set(key, budget);
    return budget;
  };
  return {
    consume(key, cost, nowUs) {
      if (!Number.isInteger(cost) || cost < 1 || cost > CELLS_MAX) return { admitted: false };
      latestUs = Math.max(latestUs, nowUs);
      const budget = budgetOf(key);
      const left = capacity - budget.spent;
      if (cost <= left) {
        budget.spent += cost;
        return { admitted: true, remaining: Math.min(CELLS_MAX, left - cost) };
      }
      const remaining = Math.min(CELLS_MAX, left);
      if (trickleUs === null) return { admitted: false, retryAfterUs: Number.POSITIVE_INFINITY, remaining };
      if (latestUs < budget.trickleAtUs) {
        return { admitted: false, retryAfterUs: budget.trickleAtUs - nowUs, remaining };
      }
      budget.trickleAtUs = latestUs + trickleUs;
      return { admitted: true, remaining };
    },
    credit(key, cells) {
      const budget = budgetOf(key);
      budget.spent = Math.max(-CELLS_MAX, budget.spent - cells);
    },
    size: () => budgets.size,
  };
}
