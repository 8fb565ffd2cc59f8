/** Times as files write them, as whole microseconds. */

const units = {
  seconds: { digits: 6, from: 0 },
  milliseconds: { digits: 3, from: 1e11 },
  microseconds: { digits: 0, from: 1e14 },
  nanoseconds: { digits: -3, from: 1e17 },
} as const;
export type StampUnit = keyof typeof units;
export type StampForm = 'ISO 8601' | StampUnit;

const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:T| +)(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)? *(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
const plain = /^([+-]?)(\d+)(?:\.(\d*))?$/;

/** What the name of a column says of its unit: `sent_ms`, `latencyUs`, `time (ns)`. */
const namedUnits: readonly (readonly [RegExp, StampUnit])[] = [
  [/(?:(?:^|[^a-z])ns|[a-z]Ns|[Nn]anos|[Nn]anoseconds)\W*$/, 'nanoseconds'],
  [/(?:(?:^|[^a-z])[uµ]s|[a-z]Us|[Mm]icros|[Mm]icroseconds)\W*$/, 'microseconds'],
  [/(?:(?:^|[^a-z])ms|[a-z]Ms|[Mm]illis|[Mm]illiseconds)\W*$/, 'milliseconds'],
  [/(?:(?:^|[^a-z])(?:s|sec|secs)|[Ss]econds)\W*$/, 'seconds'],
];

/**
 * Reads the times of one file. The first that can be read fixes the form of all: a file whose times change their form is
 * not to be trusted.
 *
 * Plain numbers are what the name of their column says (`sent_ms`), or else what their size makes of them: 10^11 and more are
 * milliseconds, 10^14 microseconds, 10^17 nanoseconds since 1970, and less than that seconds, of 1970 or of any other zero.
 * What is finer than a microsecond is cut off.
 */
export class StampReader {
  form: StampForm | null = null;
  readonly #named: StampUnit | null;

  constructor(column: string | null) {
    this.#named = namedUnits.find(([name]) => name.test(column ?? ''))?.[1] ?? null;
  }

  /** Whole microseconds since 1970 or the file's own zero; null = not a time, or not one of the file's form. */
  read(text: string): number | null {
    const trimmed = text.trim();
    if (this.form === null || this.form === 'ISO 8601') {
      const atUs = isoUs(trimmed);
      if (atUs !== null) this.form = 'ISO 8601';
      if (this.form === 'ISO 8601') return atUs;
    }
    const number = plain.exec(trimmed);
    if (number === null) return null;
    const [, sign, whole = '', fraction = ''] = number;
    const unit = this.form ?? this.#named ?? unitOfSize(Number(whole));
    const sizeUs = scaled(whole, fraction, units[unit].digits);
    if (sizeUs > Number.MAX_SAFE_INTEGER) return null;
    this.form = unit;
    return sign === '-' ? -sizeUs : sizeUs;
  }
}

function unitOfSize(size: number): StampUnit {
  const known = (Object.keys(units) as StampUnit[]).reverse();
  return known.find((unit) => size >= units[unit].from) ?? 'seconds';
}

/** The decimal point moved `digits` places to the right, and cut off there: exact, as no number is made before. */
function scaled(whole: string, fraction: string, digits: number): number {
  if (digits < 0) return Number(whole.slice(0, digits) || '0');
  return Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
}

function isoUs(text: string): number | null {
  const parts = iso.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone] = parts;
  return calendarUs({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    fractionUs: Number(fraction.slice(0, 6).padEnd(6, '0')),
    zoneMinutes: zoneMinutes(zone),
  });
}

/** Minutes east of Greenwich; none written = UTC, as only differences of times matter. */
function zoneMinutes(zone: string | undefined): number {
  const parts = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (parts === null) return 0;
  const minutes = Number(parts[2]) * 60 + Number(parts[3] ?? 0);
  return parts[1] === '-' ? -minutes : minutes;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const clf = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-]\d{4})$/;

/** The time of an access log, `17/May/2015:10:05:03 +0000`; null = not one. */
export function accessLogUs(text: string): number | null {
  const parts = clf.exec(text);
  if (parts === null) return null;
  const [, day, month = '', year, hour, minute, second, zone] = parts;
  return calendarUs({
    year: Number(year),
    month: months.indexOf(month) + 1,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    fractionUs: 0,
    zoneMinutes: zoneMinutes(zone),
  });
}

interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly fractionUs: number;
  readonly zoneMinutes: number;
}

/** null = no such moment. A leap second is the one after it. */
function calendarUs(time: CalendarTime): number | null {
  const { year, month, day, hour, minute, second } = time;
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 60 || Math.abs(time.zoneMinutes) > 18 * 60) return null;
  const minutes = (daysFromEpoch(year, month, day) * 24 + hour) * 60 + minute - time.zoneMinutes;
  return (minutes * 60 + second) * 1_000_000 + time.fractionUs;
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day comes last. */
function daysFromEpoch(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
