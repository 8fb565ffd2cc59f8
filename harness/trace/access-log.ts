/** Access logs as Apache and nginx write them: the common and the combined format, and what begins like them. */
import { accessLogUs } from './stamp.js';
import { textLines } from './text-lines.js';
import type { TraceBook } from './trace-book.js';

/** `[17/May/2015:10:05:03 +0000]` */
const STAMP_CHARACTERS = 26;
const request = /^ "(?:[^"\\]|\\.)*" (?:\d{3}|-) (?:\d+|-)(?= |$)/;
const combined = /^ "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"(?= |$)/;

/**
 * Reads the lines of a file into `book`; who is the address in front. A line that is cut behind its time still tells what is
 * wanted of it, and is counted as cut.
 *
 * @throws {TraceRefusal}
 */
export async function readAccessLog(file: string, tellsWho: boolean, book: TraceBook): Promise<void> {
  /** Whether lines have referer and agent, as the first whole one has it. */
  let isCombined: boolean | null = null;
  for await (const lines of textLines(file, 'latin1')) {
    for (const { text, line } of lines) {
      if (text === '') continue;
      const open = text.indexOf(' [');
      const address = text.slice(0, text.indexOf(' '));
      const close = open + 2 + STAMP_CHARACTERS;
      const atUs = open > 0 && text[close] === ']' ? accessLogUs(text.slice(open + 2, close)) : null;
      if (atUs === null || address === '') {
        book.leaveOut(line, 'stamp', text);
        continue;
      }
      const rest = text.slice(close + 1);
      const asked = request.exec(rest);
      const hasAgent = asked !== null && combined.test(rest.slice(asked[0].length));
      if (asked !== null && isCombined === null) isCombined = hasAgent;
      if (asked === null || (isCombined === true && !hasAgent)) book.cut.add(line);
      book.add(line, atUs, tellsWho ? address : null);
    }
  }
  book.stampForm = 'access log';
}
