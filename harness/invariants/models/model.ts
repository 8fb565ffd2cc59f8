/**
 * The counters of all families in their shortest exact form. They share no code with `harness/core`: what the kit holds
 * others against must not have their mistakes.
 */
import type { LimitNumbers } from '../../core/spec.js';
import { BucketModel } from './bucket-model.js';
import { BudgetModel } from './budget-model.js';
import { CounterModel } from './counter-model.js';
import { FlightModel } from './flight-model.js';
import { LogModel } from './log-model.js';
import { WindowModel } from './window-model.js';

/** The counter of one key. Times are whole microseconds and never fall from call to call. */
export interface Model {
  /** First instant from `nowUs` on at which `cells` fit when nobody else asks; Infinity: never. */
  readyAtUs(nowUs: number, cells: number): number;
  /** Takes the cells, there or not. @returns after how many microseconds they are served. */
  charge(nowUs: number, cells: number): number;
  /** Counts a request that did not pass, where that counts. */
  deny(nowUs: number, cells: number): void;
  /** Where the family takes credit. */
  credit(nowUs: number, cells: number): void;
  /** Where cells are held in flight. */
  release(cells: number): void;
  /** Whole cells that pass at once. */
  remaining(nowUs: number): number;
}

/** @param chargesDenied - requests that do not pass are charged like the others, whatever the family says. */
export function modelOf(numbers: LimitNumbers, chargesDenied: boolean): Model {
  switch (numbers.family) {
    case 'token-bucket':
      return new BucketModel({ ...numbers, queueCells: 0 }, chargesDenied);
    case 'leaky-queue':
      return new BucketModel(numbers, chargesDenied);
    case 'fixed-window':
      return new WindowModel(numbers, chargesDenied || numbers.countsDenied);
    case 'sliding-log':
      return new LogModel(numbers, chargesDenied);
    case 'sliding-counter':
      return new CounterModel(numbers, chargesDenied);
    case 'earned-budget':
      return new BudgetModel(numbers);
    case 'concurrency':
      return new FlightModel(numbers);
  }
}
