/**
 * How much real time a run still takes, from how fast it has gone so far: over HTTP a second takes a second, in virtual
 * time it takes whatever it takes.
 */

/** Before this much real time has passed nothing is said: the first guesses jump. */
const KNOWN_AFTER_MS = 500;
/** Real time over which the pace is taken: older moments do not count, since a run is not equally heavy all along. */
const WINDOW_MS = 10_000;
/** Moments that are kept, at most; beyond it every other one is dropped. */
const MOMENTS_MAX = 256;
/** A pace this near to the clock's is the clock's, so that the seconds count down one by one. */
const CLOCK_TOLERANCE = 0.1;

interface Moment {
  readonly elapsedMs: number;
  readonly atMs: number;
}

export class RemainingTime {
  #moments: Moment[] = [];

  /** @param elapsedMs - How far the run is. @param atMs - Real time; neither goes back, or what was before counts no more. */
  note(elapsedMs: number, atMs: number): void {
    const last = this.#moments.at(-1);
    if (last !== undefined && (elapsedMs < last.elapsedMs || atMs < last.atMs)) this.#moments = [];
    this.#moments.push({ elapsedMs, atMs });
    const kept = this.#moments.findIndex((moment) => atMs - moment.atMs <= WINDOW_MS);
    this.#moments = this.#moments.slice(kept);
    if (this.#moments.length > MOMENTS_MAX) this.#moments = this.#moments.filter((_, index) => index % 2 === 0);
  }

  /** Real milliseconds until `totalMs` of the run is reached; null = it can't be told (yet). */
  leftMs(totalMs: number): number | null {
    const [first, last] = [this.#moments[0], this.#moments.at(-1)];
    if (first === undefined || last === undefined) return null;
    const realMs = last.atMs - first.atMs;
    const playedMs = last.elapsedMs - first.elapsedMs;
    if (realMs < KNOWN_AFTER_MS || playedMs <= 0) return null;
    const pace = playedMs / realMs;
    const left = Math.max(0, totalMs - last.elapsedMs);
    return Math.abs(pace - 1) <= CLOCK_TOLERANCE ? left : left / pace;
  }
}
