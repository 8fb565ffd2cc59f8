/**
 * The phases that windows of one constant length can not have, as intervals on the circle of whole microseconds
 * 0 .. windowUs - 1. When nothing is left, no phase explains what was admitted.
 *
 * Bounded: beyond `INTERVALS_MAX` separate intervals further ones are not kept, which only speaks for the target.
 */
const INTERVALS_MAX = 512;

export class PhaseCircle {
  private readonly windowUs: number;
  /** Disjoint, ascending, not touching; both ends inclusive. */
  private spans: { from: number; to: number }[] = [];
  /** Cells by which every one of the forbidden phases is exceeded, at least. */
  smallestExcessCells = Number.POSITIVE_INFINITY;
  /** How often something was forbidden. */
  clusters = 0;

  constructor(windowUs: number) {
    this.windowUs = windowUs;
  }

  /** Forbids that any window starts in [fromUs, toUs], or a whole number of windows before or after. */
  forbid(fromUs: number, toUs: number, excessCells: number): void {
    if (this.isFull || toUs < fromUs) return;
    this.clusters++;
    this.smallestExcessCells = Math.min(this.smallestExcessCells, excessCells);
    const { windowUs } = this;
    if (toUs - fromUs + 1 >= windowUs) {
      this.spans = [{ from: 0, to: windowUs - 1 }];
      return;
    }
    const from = modulo(fromUs, windowUs);
    const to = modulo(toUs, windowUs);
    if (from <= to) this.add(from, to);
    else {
      this.add(from, windowUs - 1);
      this.add(0, to);
    }
  }

  get isFull(): boolean {
    const first = this.spans[0];
    return first !== undefined && first.from === 0 && first.to === this.windowUs - 1;
  }

  get entries(): number {
    return this.spans.length;
  }

  private add(from: number, to: number): void {
    const merged = { from, to };
    const apart: { from: number; to: number }[] = [];
    for (const span of this.spans) {
      if (span.to + 1 < from || span.from > to + 1) apart.push(span);
      else {
        merged.from = Math.min(merged.from, span.from);
        merged.to = Math.max(merged.to, span.to);
      }
    }
    if (apart.length >= INTERVALS_MAX) return;
    apart.push(merged);
    this.spans = apart.sort((a, b) => a.from - b.from);
  }
}

function modulo(value: number, divisor: number): number {
  const rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}
