/**
 * Source text without what is no code: comments, and the insides of strings and regular expressions, become spaces.
 * Every character keeps its place, so that a place in the mask is a place in the source.
 */

export interface Literal {
  /** Place of the opening quote. */
  readonly start: number;
  readonly value: string;
}

export interface MaskedSource {
  readonly code: string;
  /** Strings, and templates without a substitution. */
  readonly literals: readonly Literal[];
}

/** After one of these a slash begins a regular expression; after anything else it divides. */
const beforeRegex =
  /(?:[(,=:[!&|?{};+\-*%<>~^]|^|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield))$/;

export function maskTypeScript(source: string): MaskedSource {
  const literals: Literal[] = [];
  let code = '';
  let at = 0;
  /** Open braces inside each template substitution that is not yet closed. */
  const substitutions: number[] = [];

  const blank = (end: number): void => {
    code += source.slice(at, end).replace(/[^\n]/g, ' ');
    at = end;
  };
  const keep = (): void => {
    code += source[at];
    at += 1;
  };
  const string = (quote: string): void => {
    const start = at;
    keep();
    blank(endOf(source, at, (character) => character === quote || character === '\n'));
    literals.push({ start, value: source.slice(start + 1, at) });
    if (at < source.length) keep();
  };
  /** From behind the opening backtick or behind a closing brace to the end of the template or the next substitution. */
  const template = (start: number | null): void => {
    const from = at;
    blank(endOf(source, at, (character, place) => character === '`' || source.startsWith('${', place)));
    if (source.startsWith('${', at)) {
      keep();
      keep();
      substitutions.push(0);
      return;
    }
    if (start !== null) literals.push({ start, value: source.slice(from, at) });
    if (at < source.length) keep();
  };

  while (at < source.length) {
    const character = source[at] ?? '';
    const depth = substitutions.at(-1);
    if (source.startsWith('//', at)) blank(lineEnd(source, at));
    else if (source.startsWith('/*', at)) blank(blockEnd(source, at));
    else if (character === "'" || character === '"') string(character);
    else if (character === '`') {
      const start = at;
      keep();
      template(start);
    } else if (character === '/' && beforeRegex.test(code.slice(-200).trimEnd())) {
      keep();
      blank(regexEnd(source, at));
    } else if (character === '{' && depth !== undefined) {
      substitutions[substitutions.length - 1] = depth + 1;
      keep();
    } else if (character === '}' && depth !== undefined) {
      keep();
      if (depth > 0) substitutions[substitutions.length - 1] = depth - 1;
      else {
        substitutions.pop();
        template(null);
      }
    } else keep();
  }
  return { code, literals };
}

/** Rust: comments nest, strings may be raw, and a quote may begin a lifetime. */
export function maskRust(source: string): string {
  let code = '';
  let at = 0;
  const token =
    /\/\/[^\n]*|\/\*|\bb?r(?<hashes>#*)"[\s\S]*?"\k<hashes>|b?"(?:\\[\s\S]|[^"\\])*"|b?'(?:\\(?:u\{[^}]*\}|x..|.)|[^'\\\n])'/g;
  for (let match = token.exec(source); match !== null; match = token.exec(source)) {
    const end = match[0] === '/*' ? nestedEnd(source, match.index) : match.index + match[0].length;
    code += source.slice(at, match.index) + source.slice(match.index, end).replace(/[^\n]/g, ' ');
    at = end;
    token.lastIndex = end;
  }
  return code + source.slice(at);
}

export function lineOf(source: string, place: number): number {
  return source.slice(0, place).split('\n').length;
}

/** The first place at which `stop` holds; a backslash takes the next character with it. */
function endOf(source: string, from: number, stop: (character: string, place: number) => boolean): number {
  for (let place = from; place < source.length; place++) {
    const character = source[place] ?? '';
    if (character === '\\') place += 1;
    else if (stop(character, place)) return place;
  }
  return source.length;
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end === -1 ? source.length : end;
}

function blockEnd(source: string, from: number): number {
  const end = source.indexOf('*/', from + 2);
  return end === -1 ? source.length : end + 2;
}

/** Behind the closing slash; a slash inside a class does not close. */
function regexEnd(source: string, from: number): number {
  let inClass = false;
  const end = endOf(source, from, (character) => {
    if (character === '[') inClass = true;
    if (character === ']') inClass = false;
    return character === '\n' || (character === '/' && !inClass);
  });
  return Math.min(source.length, end + 1);
}

function nestedEnd(source: string, from: number): number {
  let depth = 0;
  for (let place = from; place < source.length; place++) {
    if (source.startsWith('/*', place)) {
      depth += 1;
      place += 1;
    } else if (source.startsWith('*/', place)) {
      depth -= 1;
      place += 1;
      if (depth === 0) return place + 1;
    }
  }
  return source.length;
}
