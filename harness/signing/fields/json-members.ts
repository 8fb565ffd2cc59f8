/**
 * The members of a JSON object as they stand in its text: for fields that are signed, what a parser makes of them is not
 * enough, since it lets a name come twice and loses the digits of large numbers.
 */

export interface JsonMember {
  /** Escapes resolved. */
  readonly name: string;
  /** As it stands, white space around it left out. */
  readonly value: string;
  /** Of the first quotation mark of its name, in UTF-16 code units. */
  readonly start: number;
  /** Just behind its value. */
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Members of the outermost object in order; null when the text is no JSON object. */
export function jsonMembers(text: string): JsonMember[] | null {
  if (!isJsonObject(text)) return null;
  const members: JsonMember[] = [];
  let at = skipBlanks(text, text.indexOf('{') + 1);
  // From here on the text is known to be right, so that every step finds what it looks for.
  while (text[at] === '"') {
    const nameEnd = endOfText(text, at);
    const valueStart = skipBlanks(text, skipBlanks(text, nameEnd) + 1);
    const end = endOfValue(text, valueStart);
    const written = text.slice(at + 1, nameEnd - 1);
    const name = written.includes('\\') ? (JSON.parse(`"${written}"`) as string) : written;
    members.push({ name, value: text.slice(valueStart, end), start: at, end });
    at = skipBlanks(text, end);
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
  return members;
}

/** The text without one of its members and the comma that parted it from the next, else from the one before. */
export function withoutMember(text: string, members: readonly JsonMember[], index: number): string {
  const { start, end } = members[index] as JsonMember;
  if (index < members.length - 1) return text.slice(0, start) + text.slice(text.indexOf(',', end) + 1);
  const before = members[index - 1];
  return text.slice(0, before === undefined ? start : before.end) + text.slice(end);
}

/** The object's text with one more member before all others. The text must be that of a JSON object. */
export function withFirstMember(text: string, member: string): string {
  const start = text.indexOf('{') + 1;
  const comma = text[skipBlanks(text, start)] === '}' ? '' : ',';
  return `${text.slice(0, start)}${member}${comma}${text.slice(start)}`;
}

function isJsonObject(text: string): boolean {
  if (text[skipBlanks(text, 0)] !== '{') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON's white space: blank, tab, line feed, carriage return. */
function skipBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return at;
    at += 1;
  }
}

/** Just behind the quotation mark that ends the text whose first stands at `start`. */
function endOfText(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    at += code === BACKSLASH ? 2 : 1;
  }
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfText(text, start);
  let at = start;
  if (first !== '{' && first !== '[') {
    while (!', \t\n\r}]'.includes(text.charAt(at))) at += 1;
    return at;
  }
  let depth = 0;
  do {
    const character = text[at];
    if (character === '"') {
      at = endOfText(text, at);
      continue;
    }
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    at += 1;
  } while (depth > 0);
  return at;
}
