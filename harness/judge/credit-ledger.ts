/**
 * What can have been given back to or earned by each counter until a moment, at most.
 *
 * Credits are not in the record: a resting order is filled when somebody else trades. But each comes from a request of
 * that counter that was admitted before, and of its class it is known how much it can give in all. So everything that
 * may have been admitted, counted with its whole credit at its send time, is at least what was given by any moment.
 *
 * Kept in steps of 100 ms, each counted from its beginning on: a moment too early gives more, never less. Memory: one
 * number a step in which a counter was used.
 */
import { subjectId } from './charge.js';

const STEP_US = 100_000;

interface Account {
  readonly cellsByStep: Map<number, number>;
  /** Sorted, once asked; null = something came since. */
  steps: readonly number[] | null;
  sums: readonly number[];
}

export class CreditLedger {
  private readonly accounts = new Map<number, Account>();

  give(limitIndex: number, counter: number, sentUs: number, cells: number): void {
    const id = subjectId(limitIndex, counter);
    let account = this.accounts.get(id);
    if (account === undefined) {
      account = { cellsByStep: new Map(), steps: null, sums: [] };
      this.accounts.set(id, account);
    }
    const step = Math.floor(sentUs / STEP_US);
    account.cellsByStep.set(step, (account.cellsByStep.get(step) ?? 0) + cells);
    account.steps = null;
  }

  /** Whole cells that can have been given by `untilUs`, everything before included. */
  until(limitIndex: number, counter: number, untilUs: number): number {
    const account = this.accounts.get(subjectId(limitIndex, counter));
    if (account === undefined) return 0;
    const steps = account.steps ?? sort(account);
    const last = Math.floor(untilUs / STEP_US);
    let low = 0;
    let high = steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((steps[middle] as number) <= last) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (account.sums[low - 1] as number);
  }
}

function sort(account: Account): readonly number[] {
  const steps = [...account.cellsByStep.keys()].sort((a, b) => a - b);
  let sum = 0;
  account.sums = steps.map((step) => {
    sum += account.cellsByStep.get(step) as number;
    return sum;
  });
  account.steps = steps;
  return steps;
}
