/**
 * The text of an nginx configuration -> directives with their places. Its grammar is that of `ngx_conf_read_token`: words
 * divided by blanks, quotes of two kinds, a backslash that takes the next character, `#` where a word would begin,
 * `${name}` inside a word, and `;` or a block at the end. What is not read is what the words mean.
 */
import type { ForeignFaults, Place } from './faults.js';

export interface Directive extends Place {
  readonly name: string;
  readonly args: readonly string[];
  /** null: it ends in a semicolon. */
  readonly block: readonly Directive[] | null;
}

interface OpenBlock {
  readonly opener: { readonly name: string; readonly args: readonly string[]; readonly place: Place } | null;
  readonly entries: Directive[];
}

interface Word {
  readonly text: string;
  readonly isQuoted: boolean;
  readonly place: Place;
}

const DEPTH_MAX = 64;

export function parseNginx(text: string, faults: ForeignFaults): readonly Directive[] {
  return new NginxReader(text, faults).read();
}

class NginxReader {
  readonly #text: string;
  readonly #faults: ForeignFaults;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string, faults: ForeignFaults) {
    this.#text = text;
    this.#faults = faults;
  }

  read(): readonly Directive[] {
    const open: OpenBlock[] = [{ opener: null, entries: [] }];
    let words: Word[] = [];
    const top = (): OpenBlock => open.at(-1) as OpenBlock;
    const close = (): void => {
      const { opener, entries } = open.pop() as OpenBlock;
      if (opener !== null) top().entries.push({ ...opener, ...opener.place, block: entries });
    };
    for (let mark = this.#next(); mark !== null; mark = this.#next()) {
      if (typeof mark !== 'string') {
        words.push(mark);
        continue;
      }
      const [first] = words;
      if (mark === ';') {
        if (first === undefined) this.#fault('a ";" without a directive before it');
        else top().entries.push({ ...wordsOf(words), ...first.place, block: null });
      } else if (mark === '{') {
        if (first === undefined) this.#fault('a "{" without a directive before it');
        if (open.length > DEPTH_MAX) {
          this.#fault(`more than ${DEPTH_MAX} blocks in each other`);
          return (open[0] as OpenBlock).entries;
        }
        const named = first === undefined ? { name: '', args: [] } : wordsOf(words);
        // Lua has braces and quotes of its own, which are no words of this grammar.
        if (named.name.endsWith('_by_lua_block')) {
          this.#skipForeignBlock();
          top().entries.push({ ...named, ...(first as Word).place, block: [] });
        } else open.push({ opener: { ...named, place: first?.place ?? this.#place() }, entries: [] });
      } else {
        if (first !== undefined) this.#unended(first);
        if (open.length === 1) this.#fault('a "}" without a block that it could end');
        else close();
      }
      words = [];
    }
    const [rest] = words;
    if (rest !== undefined) this.#unended(rest);
    for (const { opener } of open.slice(1)) {
      if (opener !== null) {
        this.#faults.add('FP_FOREIGN_SYNTAX', opener.place, `the block of "${opener.name}" is not ended by a "}"`);
      }
    }
    while (open.length > 1) close();
    return (open[0] as OpenBlock).entries;
  }

  #unended({ text, place }: Word): void {
    this.#faults.add('FP_FOREIGN_SYNTAX', place, `directive "${text}" is not ended by a ";"`);
  }

  #fault(message: string): void {
    this.#faults.add('FP_FOREIGN_SYNTAX', this.#place(), message);
  }

  #place(): Place {
    return { line: this.#line, column: Math.max(1, this.#at - this.#lineStart) };
  }

  #take(): string {
    const mark = this.#text[this.#at] ?? '';
    this.#at += 1;
    if (mark === '\n') {
      this.#line += 1;
      this.#lineStart = this.#at;
    }
    return mark;
  }

  /** A word, one of `;{}`, or null at the end. */
  #next(): Word | ';' | '{' | '}' | null {
    while (this.#at < this.#text.length) {
      const mark = this.#take();
      if (/\s/.test(mark)) continue;
      if (mark === '#') {
        while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') this.#take();
        continue;
      }
      if (mark === ';' || mark === '{' || mark === '}') return mark;
      const place = this.#place();
      if (mark === '"' || mark === "'") return { text: this.#quoted(mark, place), isQuoted: true, place };
      return { text: this.#bare(mark), isQuoted: false, place };
    }
    return null;
  }

  #quoted(quote: string, place: Place): string {
    let text = '';
    while (this.#at < this.#text.length) {
      const mark = this.#take();
      if (mark === quote) return text;
      text += mark === '\\' ? this.#escaped() : mark;
    }
    this.#faults.add('FP_FOREIGN_SYNTAX', place, `a text that begins with ${quote} does not end`);
    return text;
  }

  #bare(first: string): string {
    let text = first === '\\' ? this.#escaped() : first;
    let before = first;
    while (this.#at < this.#text.length) {
      const mark = this.#text[this.#at] as string;
      const opensName = mark === '{' && before === '$';
      if (/[\s;]/.test(mark) || (mark === '{' && !opensName)) return text;
      this.#take();
      text += mark === '\\' ? this.#escaped() : mark;
      before = mark;
    }
    return text;
  }

  /** Quotes, backslash and blanks lose their meaning; before any other character the backslash stays. */
  #escaped(): string {
    const mark = this.#take();
    if (mark === '"' || mark === "'" || mark === '\\') return mark;
    const control = { t: '\t', r: '\r', n: '\n' }[mark];
    return control ?? `\\${mark}`;
  }

  #skipForeignBlock(): void {
    for (let depth = 1; depth > 0 && this.#at < this.#text.length; ) {
      const mark = this.#take();
      if (mark === '{') depth += 1;
      if (mark === '}') depth -= 1;
    }
  }
}

function wordsOf(words: readonly Word[]): { name: string; args: readonly string[] } {
  return { name: words[0]?.text ?? '', args: words.slice(1).map(({ text }) => text) };
}

/** All directives, those of inner blocks after the one that holds them. */
export function* everyDirective(directives: readonly Directive[]): Generator<Directive> {
  for (const directive of directives) {
    yield directive;
    if (directive.block !== null) yield* everyDirective(directive.block);
  }
}

/** As it stands there, on one line. */
export function directiveText({ name, args }: Directive): string {
  return [name, ...args].join(' ');
}
