/** Cells in flight. When they come back is for their holders to say, so a wait alone brings nothing. */
import type { ConcurrencyNumbers } from '../../core/spec.js';

export class FlightModel {
  readonly #capacity: number;
  #inFlight = 0;

  constructor(numbers: ConcurrencyNumbers) {
    this.#capacity = numbers.capacity;
  }

  readyAtUs(nowUs: number, cells: number): number {
    return this.#inFlight + cells <= this.#capacity ? nowUs : Number.POSITIVE_INFINITY;
  }

  charge(_nowUs: number, cells: number): number {
    this.#inFlight += cells;
    return 0;
  }

  deny(): void {}

  credit(): void {}

  release(cells: number): void {
    this.#inFlight = Math.max(0, this.#inFlight - cells);
  }

  remaining(): number {
    return Math.max(0, this.#capacity - this.#inFlight);
  }
}
