/** A part of a whole, brought to another scale without loss. */

/**
 * part x to / from, rounded up.
 *
 * Where the product could pass 2^53 it is worked out bit by bit, as one divides on paper: rest < from <= 2^52, so that
 * neither its double nor the sum with a part reaches 2^53. The quotient is at most `to`.
 *
 * @param part - whole, 0 to `from` - 1.
 * @param to - whole, 1 to 2^52.
 * @param from - whole, 1 to 2^52.
 */
export function ceilScaled(part: number, to: number, from: number): number {
  if (part === 0) return 0;
  let quotient = 0;
  let rest = 0;
  for (let bit = 2 ** Math.floor(Math.log2(to) + 1); bit >= 1; bit /= 2) {
    quotient *= 2;
    rest *= 2;
    if (rest >= from) {
      rest -= from;
      quotient += 1;
    }
    if (Math.floor(to / bit) % 2 === 0) continue;
    rest += part;
    if (rest >= from) {
      rest -= from;
      quotient += 1;
    }
  }
  return rest === 0 ? quotient : quotient + 1;
}
