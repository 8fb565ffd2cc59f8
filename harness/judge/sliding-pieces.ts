/** How far a moment can be into its window, 0 to windowUs - 1 whole microseconds, cut into pieces. */
const PIECES_MAX = 16;

export interface Piece {
  /** Both ends belong to it. */
  readonly fromUs: number;
  readonly toUs: number;
}

export function elapsedPieces(windowUs: number): readonly Piece[] {
  const pieces = Math.min(PIECES_MAX, windowUs);
  const startUs = (k: number): number => Math.floor((windowUs / pieces) * k);
  return Array.from({ length: pieces }, (_, k) => ({
    fromUs: startUs(k),
    toUs: k === pieces - 1 ? windowUs - 1 : startUs(k + 1) - 1,
  }));
}
