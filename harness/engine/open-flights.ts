/**
 * The flights that are under way, in the order in which they were dispatched. A list through the flights themselves: a
 * concluded flight is let go at once, and not kept alive until the next look at the deadlines.
 */
import type { Flight } from '../targets/http/flight.js';

export class OpenFlights {
  private first: Flight | null = null;
  private last: Flight | null = null;

  /** The one that was dispatched first. */
  get earliest(): Flight | null {
    return this.first;
  }

  /** The one that was dispatched last. */
  get latest(): Flight | null {
    return this.last;
  }

  add(flight: Flight): void {
    flight.earlier = this.last;
    if (this.last === null) this.first = flight;
    else this.last.later = flight;
    this.last = flight;
  }

  /** Does nothing for a flight that was never added. */
  remove(flight: Flight): void {
    if (flight.earlier === null && this.first !== flight) return;
    if (flight.earlier === null) this.first = flight.later;
    else flight.earlier.later = flight.later;
    if (flight.later === null) this.last = flight.earlier;
    else flight.later.earlier = flight.earlier;
    flight.earlier = null;
    flight.later = null;
  }
}
