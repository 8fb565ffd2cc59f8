/**
 * The text with its percent escapes decoded, null when they are no UTF-8. `+` stays: in a path it is itself, and venues
 * that sign decoded URLs do not take it for a blank.
 */
export function percentDecoded(text: string): string | null {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
