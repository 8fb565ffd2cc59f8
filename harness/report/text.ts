/**
 * Text in columns: what a terminal shows, how wide it is, where it breaks.
 *
 * Names, keys and evidence come from files and from the target, so nothing of them may reach a terminal as a command.
 */

/** Control characters, and the marks that turn the direction of writing, become visible escapes; line ends become spaces. */
export function visible(text: string): string {
  return text
    .replace(/\r\n|[\r\n\t]/g, ' ')
    .replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, escapeOf);
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;
const silent = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns that the text takes; it holds no colour codes. */
export function displayWidth(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (silent.test(character)) continue;
    columns += wide.test(character) ? 2 : 1;
  }
  return columns;
}

export type Align = 'left' | 'right';

/** Fills with spaces up to `width`; a longer text stays as it is. */
export function pad(text: string, width: number, align: Align = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** Cuts to `width` columns; what was cut shows as `~`. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return `${headOf(text, Math.max(0, width - 1))}${width > 0 ? '~' : ''}`;
}

/** Breaks at spaces into lines of at most `width` columns, at least one line; a longer word is cut. `width` is 1 or more. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (displayWidth(line) > width) {
      // A character that is wider than the width is taken all the same, or the loop would not end.
      const head = headOf(line, width) || (line.match(/^./su)?.[0] ?? '');
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

/** Wrapped lines, the first behind `lead`, the others behind as many spaces. */
export function wrapBehind(lead: string, text: string, width: number): string[] {
  const indent = displayWidth(lead);
  return wrap(text, Math.max(1, width - indent)).map((line, index) =>
    `${index === 0 ? lead : ' '.repeat(indent)}${line}`.trimEnd(),
  );
}

function headOf(text: string, width: number): string {
  let head = '';
  let columns = 0;
  for (const character of text) {
    columns += displayWidth(character);
    if (columns > width) break;
    head += character;
  }
  return head;
}
