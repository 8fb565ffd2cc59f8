/** Division of whole numbers without rounding: `%` is exact in doubles, and so are the sums around it. */

/** Both whole, 0 to 2^53 - 1, the divisor above 0. */
export function floorDivide(units: number, divisor: number): number {
  return (units - (units % divisor)) / divisor;
}

export function ceilDivide(units: number, divisor: number): number {
  const rest = units % divisor;
  return rest === 0 ? units / divisor : (units - rest) / divisor + 1;
}

export function greatestDivisor(a: number, b: number): number {
  let [divisor, rest] = [a, b % a];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return divisor;
}
