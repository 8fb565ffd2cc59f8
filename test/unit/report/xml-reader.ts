/**
 * A strict reader of the part of XML 1.0 that reports are written in: no DOCTYPE, no comments, no CDATA. It throws at
 * the first thing that a conforming parser must not accept.
 */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  /** The text directly inside, entities resolved. */
  readonly text: string;
}

const nameForm = /[A-Za-z_:][\w:.-]*/y;
const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function readXml(source: string): XmlNode {
  const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(source);
  if (illegal !== null) throw new Error(`character not allowed in XML at ${illegal.index}`);
  const reader = new XmlReader(source);
  return reader.document();
}

class XmlReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  document(): XmlNode {
    this.#expect('<?xml version="1.0" encoding="UTF-8"?>');
    this.#space();
    const root = this.#element();
    this.#space();
    if (this.#at !== this.#source.length) throw this.#fault('text after the root element');
    return root;
  }

  #element(): XmlNode {
    this.#expect('<');
    const name = this.#name();
    const attributes = this.#attributes();
    if (this.#take('/>')) return { name, attributes, children: [], text: '' };
    this.#expect('>');
    const children: XmlNode[] = [];
    let text = '';
    while (!this.#source.startsWith('</', this.#at)) {
      if (this.#at >= this.#source.length) throw this.#fault(`<${name}> is never closed`);
      if (this.#source[this.#at] === '<') children.push(this.#element());
      else text += this.#text();
    }
    this.#expect(`</${name}`);
    this.#space();
    this.#expect('>');
    return { name, attributes, children, text };
  }

  #attributes(): Record<string, string> {
    const attributes: Record<string, string> = {};
    while (this.#space()) {
      if (/[/>]/.test(this.#source[this.#at] ?? '')) break;
      const key = this.#name();
      if (Object.hasOwn(attributes, key)) throw this.#fault(`attribute ${key} stands twice`);
      this.#expect('="');
      const end = this.#source.indexOf('"', this.#at);
      if (end === -1) throw this.#fault('attribute is never closed');
      const raw = this.#source.slice(this.#at, end);
      if (raw.includes('<')) throw this.#fault('< in an attribute');
      // A parser turns bare line ends and tabs of an attribute into spaces.
      attributes[key] = this.#resolve(raw.replace(/[\t\n\r]/g, ' '));
      this.#at = end + 1;
    }
    return attributes;
  }

  #text(): string {
    const next = this.#source.indexOf('<', this.#at);
    const end = next === -1 ? this.#source.length : next;
    const raw = this.#source.slice(this.#at, end);
    if (raw.includes(']]>')) throw this.#fault(']]> in text');
    this.#at = end;
    return this.#resolve(raw.replace(/\r\n?/g, '\n'));
  }

  #resolve(raw: string): string {
    if (/&(?![a-z]+;|#\d+;)/.test(raw)) throw this.#fault('& that begins no entity');
    return raw.replace(/&(?:([a-z]+)|#(\d+));/g, (_whole, word: string | undefined, code: string | undefined) => {
      if (code !== undefined) return String.fromCodePoint(Number(code));
      const character = named[word ?? ''];
      if (character === undefined) throw this.#fault(`unknown entity ${word}`);
      return character;
    });
  }

  #name(): string {
    nameForm.lastIndex = this.#at;
    const name = nameForm.exec(this.#source)?.[0];
    if (name === undefined) throw this.#fault('a name is missing');
    this.#at += name.length;
    return name;
  }

  #space(): boolean {
    const from = this.#at;
    while (/\s/.test(this.#source[this.#at] ?? '')) this.#at++;
    return this.#at > from;
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#fault(`expected ${text}`);
  }

  #fault(what: string): Error {
    return new Error(`${what}, at ${this.#at}: ${JSON.stringify(this.#source.slice(this.#at, this.#at + 40))}`);
  }
}
