/** Which of the known words somebody meant. */

/** Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] ?? best) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? a.length;
}

/**
 * The known words that are near, best first, at most three: within a third of the length, or with the word in them.
 * A hostile key of a megabyte is near to nothing, and is not compared.
 */
export function nearest(word: string, known: readonly string[]): readonly string[] {
  if (word.length > 64) return [];
  const plain = word.toLowerCase();
  const scored = known.map((candidate) => {
    const other = candidate.toLowerCase();
    const inside = plain.length >= 3 && (other.includes(plain) || (other.length >= 3 && plain.includes(other)));
    return { candidate, distance: inside ? 1 : editDistance(plain, other) };
  });
  return scored
    .filter(
      ({ candidate, distance }) => distance <= Math.max(1, Math.floor(Math.max(candidate.length, word.length) / 3)),
    )
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** `did you mean "capacity"?`, or the list of what there is. */
export function proposal(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near.length > 0) return `did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`;
  return known.length === 0 ? 'there is none' : `known here: ${known.join(', ')}`;
}
