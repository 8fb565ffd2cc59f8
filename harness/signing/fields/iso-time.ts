/**
 * Instants as ISO 8601 writes them, `2020-12-08T09:08:57.715Z`, and back. Worked out from day numbers, since a date object
 * has no place in here.
 *
 * Days and years by the formula for the proleptic Gregorian calendar whose years start in March, so that the leap day is
 * the last of its year (E. G. Richards, "Calendars", Explanatory Supplement to the Astronomical Almanac, 3rd ed., ch. 15).
 */

const DAY_MS = 86_400_000;
/** 9999-12-31T23:59:59.999Z, the last instant with a year of four digits. */
const MS_MAX = 253_402_300_799_999;

const two = Array.from({ length: 100 }, (_, number) => String(100 + number).slice(1));
const three = Array.from({ length: 1_000 }, (_, number) => String(1_000 + number).slice(1));

// What was written last: stamps of a busy sender share their second.
let lastSeconds = -1;
let lastText = '';

/**
 * @param ms - whole milliseconds since 1970, up to the year 9999.
 * @throws {RangeError} for any other number.
 */
export function isoOfMs(ms: number): string {
  if (!Number.isSafeInteger(ms) || ms < 0 || ms > MS_MAX) {
    throw new RangeError(`an ISO 8601 time takes 0 to ${MS_MAX} whole milliseconds, got ${ms}`);
  }
  const seconds = Math.floor(ms / 1_000);
  if (seconds !== lastSeconds) {
    lastText = textOfSeconds(seconds);
    lastSeconds = seconds;
  }
  return `${lastText}${three[ms - seconds * 1_000] as string}Z`;
}

/** Milliseconds since 1970 of the one spelling with three decimals and `Z`; -1 for anything else, and before 1970. */
export function msOfIso(text: string): number {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z$/.exec(text);
  if (found === null) return -1;
  const [year, month, day, hour, minute, second, ms] = found.slice(1).map(Number) as Fields;
  if (year < 1970) return -1;
  const value = dayNumber(year, month, day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1_000 + ms;
  // A 30th of February or a 25th hour is another instant's spelling.
  return value <= MS_MAX && isoOfMs(value) === text ? value : -1;
}

type Fields = [number, number, number, number, number, number, number];

function textOfSeconds(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  const hour = two[Math.floor(rest / 3_600)] as string;
  const minute = two[Math.floor(rest / 60) % 60] as string;
  return `${dateOfDay(days)}T${hour}:${minute}:${two[rest % 60] as string}.`;
}

/** Days of an era of 400 years, and from 0000-03-01 to 1970-01-01. */
const ERA_DAYS = 146_097;
const EPOCH_DAYS = 719_468;

function dateOfDay(daysSince1970: number): string {
  const days = daysSince1970 + EPOCH_DAYS;
  const era = Math.floor(days / ERA_DAYS);
  const dayOfEra = days - era * ERA_DAYS;
  const leaps = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${two[month] as string}-${two[day] as string}`;
}

/** Days since 1970 of a date of the calendar; a month of 0 or above 12 gives some other day. */
function dayNumber(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const monthFromMarch = month <= 2 ? month + 9 : month - 3;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * ERA_DAYS + dayOfEra - EPOCH_DAYS;
}
