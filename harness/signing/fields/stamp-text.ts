/** Stamps in digits, as most venues take them. */

const endings = Array.from({ length: 1_000 }, (_, ending) => String(1_000 + ending).slice(1));
// The seconds that were written last: most stamps of a busy sender share theirs, and writing them takes longest.
let lastSeconds = -1;
let lastSecondsText = '';

/**
 * Whole milliseconds since 1970 in digits, from the microseconds of a stamp.
 *
 * @throws {RangeError} for a time before 1970 or beyond 2^53 - 1 microseconds.
 */
export function stampMsText(nowUs: number): string {
  if (!(nowUs >= 0 && nowUs <= Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`nowUs must be 0 to 2^53 - 1 microseconds, got ${nowUs}`);
  }
  const ms = Math.floor(nowUs / 1_000);
  const seconds = Math.floor(ms / 1_000);
  if (seconds !== lastSeconds) {
    lastSeconds = seconds;
    lastSecondsText = seconds === 0 ? '' : String(seconds);
  }
  return seconds === 0 ? String(ms) : lastSecondsText + (endings[ms - seconds * 1_000] as string);
}
