/**
 * YAML text -> plain value with places. Everything hostile ends here: what is too deep, too large, made of aliases, or
 * keyed to reach a prototype never becomes a value.
 */
import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Fault } from '../errors.js';
import { type Complaint, type FaultCode, faultTable, show } from './faults.js';
import { unseenPattern } from './texts.js';

export type Path = readonly (string | number)[];

interface Place {
  readonly line: number;
  readonly column: number;
}

const TEXT_LENGTH_MAX = 1_048_576;
const VALUES_MAX = 20_000;
const DEPTH_MAX = 32;
// Finding the anchor of an alias walks the document.
const ALIASES_MAX = 100;
const MESSAGE_LENGTH_MAX = 500;
// The parser keeps at most two entries of its stack for a level; lexemes are a few for each value and blank.
const STACK_MAX = 2 * DEPTH_MAX + 8;
const LEXEMES_MAX = 20 * VALUES_MAX;

const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const codeOfYaml: Readonly<Record<string, FaultCode>> = {
  TAB_AS_INDENT: 'FP_YAML_TAB',
  DUPLICATE_KEY: 'FP_YAML_DUPLICATE_KEY',
  TAG_RESOLVE_FAILED: 'FP_YAML_TAG',
};
// The value is still there, so reading goes on and tells the other faults too.
const harmless: ReadonlySet<FaultCode> = new Set(['FP_YAML_DUPLICATE_KEY', 'FP_YAML_TAG', 'FP_KEY_FORBIDDEN']);

function pathText(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text === '' ? 'the file' : text;
}

/** The entries of a mapping, none for anything else: for looking at a value whose shape is not known yet. */
export function entriesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The entries of a list, none for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** One file that could be read as YAML. */
export class YamlSource {
  readonly file: string;
  readonly value: unknown;
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(file: string, document: Document, lines: LineCounter) {
    this.file = file;
    // ValueGuard has counted what the aliases amount to; the library's own count refuses small files too.
    this.value = document.toJS({ maxAliasCount: -1 });
    this.#document = document;
    this.#lines = lines;
  }

  /**
   * A fault at a path, or at the nearest thing around it that exists.
   *
   * @param at.key - point at the key instead of its value.
   * @param at.offset - characters into a text, followed when the text stands in the file as it is.
   */
  fault(path: Path, complaint: Complaint, at: { readonly key?: boolean; readonly offset?: number } = {}): Fault {
    const { code, message } = complaint;
    const place = this.#lines.linePos(this.#offsetOf(path, at.key === true, at.offset ?? 0));
    return makeFault(
      this.file,
      { line: place.line, column: place.col },
      { ...complaint, code, message: `${pathText(path)} ${message}` },
    );
  }

  #offsetOf(path: Path, wantsKey: boolean, textOffset: number): number {
    let node = this.#document.contents as Node | null;
    let offset = node?.range?.[0] ?? 0;
    for (const [index, part] of path.entries()) {
      if (isAlias(node)) node = node.resolve(this.#document) ?? null;
      const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === part) : undefined;
      if (pair !== undefined && wantsKey && index === path.length - 1) return (pair.key as Node).range?.[0] ?? offset;
      const next = pair === undefined && isSeq(node) ? node.items[Number(part)] : pair?.value;
      if (next === undefined || next === null) return offset;
      node = next as Node;
      offset = node.range?.[0] ?? offset;
    }
    if (textOffset === 0 || !isScalar(node) || node.source !== node.value || node.source?.includes('\n')) return offset;
    return offset + textOffset + (node.type === 'PLAIN' ? 0 : 1);
  }
}

/** Messages quote the file: what they quote must not reach a terminal as it is, nor fill it. */
function visible(text: string): string {
  const escaped = text.replaceAll(unseenPattern, (mark) => {
    return `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
  return escaped.length > MESSAGE_LENGTH_MAX ? `${escaped.slice(0, MESSAGE_LENGTH_MAX)}...` : escaped;
}

function makeFault(file: string, place: Place, complaint: Complaint): Fault {
  const { code, message, hint = faultTable[code].hint } = complaint;
  const { line, column } = place;
  return { code, file, line, column, message: visible(message), hint: visible(hint) };
}

/** @returns the tokens of the text, or the offset at which it became too large. Never recursive, so depth is harmless. */
function tokensOf(text: string, lines: LineCounter): { tokens: readonly CST.Token[] } | { tooLargeAt: number } {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    lexemes += 1;
    if (lexemes > LEXEMES_MAX || parser.stack.length > STACK_MAX) return { tooLargeAt: parser.offset };
  }
  tokens.push(...parser.end());
  return { tokens };
}

/** Walks the values as a reader would meet them, aliases followed, and collects what no file may hold. */
class ValueGuard {
  readonly complaints: { readonly node: Node; readonly complaint: Complaint }[] = [];
  readonly #document: Document;
  readonly #targets = new Map<Alias, Node | undefined>();
  #values = 0;

  constructor(document: Document) {
    this.#document = document;
  }

  /** @returns false when there is too much: the walk has ended and the value must not be used. */
  walk(node: unknown, depth: number): boolean {
    if (!isMap(node) && !isSeq(node) && !isScalar(node) && !isAlias(node)) return true;
    this.#values += 1;
    if (this.#values > VALUES_MAX || depth > DEPTH_MAX) {
      const what = depth > DEPTH_MAX ? `more than ${DEPTH_MAX} levels` : `more than ${VALUES_MAX} values`;
      const code = this.#targets.size > 0 ? 'FP_YAML_ALIASES' : 'FP_YAML_TOO_LARGE';
      this.complaints.push({ node, complaint: { code, message: `the file has ${what}` } });
      return false;
    }
    if (isAlias(node)) return this.#walkAlias(node, depth);
    if (isMap(node)) this.#dropForbidden(node);
    if (isMap(node)) return node.items.every((pair) => this.walk(pair.value, depth + 1));
    return !isSeq(node) || node.items.every((item) => this.walk(item, depth + 1));
  }

  #walkAlias(alias: Alias, depth: number): boolean {
    if (!this.#targets.has(alias)) this.#targets.set(alias, alias.resolve(this.#document));
    if (this.#targets.size > ALIASES_MAX) {
      const message = `the file has more than ${ALIASES_MAX} aliases`;
      this.complaints.push({ node: alias, complaint: { code: 'FP_YAML_ALIASES', message } });
      return false;
    }
    const target = this.#targets.get(alias);
    if (target !== undefined) return this.walk(target, depth + 1);
    const message = `the alias ${show(alias.source)} has no anchor before it`;
    this.complaints.push({ node: alias, complaint: { code: 'FP_YAML_ALIASES', message } });
    return false;
  }

  #dropForbidden(map: YAMLMap): void {
    map.items = map.items.filter(({ key }) => {
      if (!isScalar(key) || !forbiddenKeys.has(String(key.value))) return true;
      const message = `the key ${show(key.value)} is forbidden`;
      this.complaints.push({ node: key, complaint: { code: 'FP_KEY_FORBIDDEN', message } });
      return false;
    });
  }
}

export interface YamlReading {
  /** null: the text can't be used at all. */
  readonly source: YamlSource | null;
  readonly faults: readonly Fault[];
}

/** Reads one document. Faults of the text come back with their places; the source is there when it is worth reading on. */
export function readYaml(file: string, text: string): YamlReading {
  const lines = new LineCounter();
  const faults: Fault[] = [];
  const report = (offset: number, complaint: Complaint): void => {
    const { line, col } = lines.linePos(offset);
    faults.push(makeFault(file, { line: Math.max(line, 1), column: Math.max(col, 1) }, complaint));
  };
  if (text.length > TEXT_LENGTH_MAX) {
    const message = `the file has ${text.length} characters, at most ${TEXT_LENGTH_MAX} are read`;
    report(0, { code: 'FP_YAML_TOO_LARGE', message });
    return { source: null, faults };
  }
  const read = tokensOf(text, lines);
  if ('tooLargeAt' in read) {
    report(read.tooLargeAt, { code: 'FP_YAML_TOO_LARGE', message: `the file is too deep or too long` });
    return { source: null, faults };
  }
  const composer = new Composer({ version: '1.2', lineCounter: lines, prettyErrors: false, stringKeys: true });
  const [document, second] = [...composer.compose(read.tokens, true, text.length)];
  for (const error of toldErrors(document)) {
    report(error.pos[0], { code: codeOf(error), message: `the text cannot be read: ${error.message}` });
  }
  if (second !== undefined) {
    report(second.range?.[0] ?? 0, { code: 'FP_YAML_DOCUMENTS', message: 'a second document begins here' });
  }
  if (document === undefined || document.contents === null) {
    if (faults.length === 0) report(0, { code: 'FP_YAML_EMPTY', message: 'the file is empty' });
    return { source: null, faults };
  }
  const guard = new ValueGuard(document);
  guard.walk(document.contents, 1);
  for (const { node, complaint } of guard.complaints) report(node.range?.[0] ?? 0, complaint);
  const isUsable = faults.every((fault) => (harmless as ReadonlySet<string>).has(fault.code));
  return { source: isUsable ? new YamlSource(file, document, lines) : null, faults };
}

/** A broken structure breaks what comes after it too: of those errors only the first is worth telling. */
function toldErrors(document: Document | undefined): readonly YAMLError[] {
  const all = [...(document?.errors ?? []), ...(document?.warnings ?? [])].sort((a, b) => a.pos[0] - b.pos[0]);
  const firstFatal = all.findIndex((error) => !harmless.has(codeOf(error)));
  return firstFatal < 0 ? all : all.slice(0, firstFatal + 1);
}

function codeOf(error: YAMLError): FaultCode {
  return codeOfYaml[error.code] ?? 'FP_YAML_SYNTAX';
}
