/** What of a band's name is written above it, where the band may be narrower than its name. */

export interface BandRoom {
  /** Between the band's edges. */
  readonly room: number;
  /** Before the band, where the name may begin too. */
  readonly beside: number;
  readonly widthOf: (text: string) => number;
}

export interface BandLabel {
  readonly text: string;
  /** How far before its usual place it begins. */
  readonly back: number;
}

/** Fewer letters tell nothing. */
const LETTERS_MIN = 2;

/**
 * The whole name where it fits, else its beginning with an ellipsis, else nothing: what is cut always shows that it is.
 * All lengths are in one unit.
 */
export function bandLabel(name: string, { room, beside, widthOf }: BandRoom): BandLabel {
  const over = widthOf(name) - room;
  if (over <= beside) return { text: name, back: Math.max(0, over) };
  const letters = Array.from(name);
  for (let count = letters.length - 1; count >= LETTERS_MIN; count--) {
    const text = `${letters.slice(0, count).join('').trimEnd()}\u2026`;
    if (widthOf(text) <= room) return { text, back: 0 };
  }
  return { text: '', back: 0 };
}
