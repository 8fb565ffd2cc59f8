/** Decimal texts as whole numbers of their hundred-millionth part: sums and products of money without a float. */

/** Digits behind the point that are kept. */
const DIGITS = 8;
const ONE = 10n ** BigInt(DIGITS);

/** @param text - a plain decimal without sign, with at most eight digits behind the point. */
export function unitsOf(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole) * ONE + BigInt(fraction.padEnd(DIGITS, '0'));
}

/** What stands behind the eighth digit is cut off. */
export function productOf(a: bigint, b: bigint): bigint {
  return (a * b) / ONE;
}

/** With at least one digit behind the point and no more zeros than that: `12.5`, `3.0`, `-0.25`. */
export function textOf(units: bigint): string {
  const size = units < 0n ? -units : units;
  const fraction = String(size % ONE)
    .padStart(DIGITS, '0')
    .replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${size / ONE}.${fraction || '0'}`;
}

/** The text with so many digits behind the point; those that it has beyond are cut off. */
export function fixedText(text: string, digits: number): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return digits === 0 ? whole : `${whole}.${fraction.slice(0, digits).padEnd(digits, '0')}`;
}

/** How many digits behind the point mean something. */
export function digitsOf(text: string): number {
  return (text.split('.')[1] ?? '').replace(/0+$/, '').length;
}
