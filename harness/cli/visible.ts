/** Texts of others on a terminal: no escapes, no changes of direction, nothing that moves the cursor. */

/** One line of visible characters. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** The same line by line. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
