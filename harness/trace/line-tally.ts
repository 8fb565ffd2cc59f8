/** How many lines have something in common, and which were the first of them: what a message says of a large file. */

const FIRST_KEPT = 5;

export class LineTally {
  count = 0;
  readonly first: number[] = [];

  add(line: number): void {
    this.count++;
    if (this.first.length < FIRST_KEPT) this.first.push(line);
  }

  /** "lines 3, 9, 12, 40, 41 and 17 more", with the word that the format has for its places. */
  places(word: 'line' | 'entry'): string {
    const plural = word === 'entry' ? 'entries' : 'lines';
    const more = this.count - this.first.length;
    return `${this.count === 1 ? word : plural} ${this.first.map(grouped).join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}`;
  }
}

/** 10,000 and not 10000. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
