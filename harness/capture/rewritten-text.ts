/** JSON, forms and queries with some of their values changed, and all others left as they stand. */
import { jsonMembers, withoutMember } from '../signing/fields/json-members.js';
import { isFormType } from '../signing/fields/request-parts.js';

/** What becomes of a field: left as it is, taken out, or another text in its place. */
export type Change = { readonly to: string } | 'kept' | 'removed';
/**
 * @param name - decoded.
 * @param isNested - Of JSON, whether it stands within another member or a list, where nothing can be taken out.
 */
export type Decide = (name: string, isNested: boolean) => Change;

/** A query or a form. Fields keep their order and their spelling. */
export function rewrittenPairs(text: string, decide: Decide): string {
  if (text === '') return '';
  const kept: string[] = [];
  for (const pair of text.split('&')) {
    const end = pair.indexOf('=');
    const written = end < 0 ? pair : pair.slice(0, end);
    const change = decide(decoded(written), false);
    if (change === 'kept') kept.push(pair);
    else if (change !== 'removed') kept.push(`${written}=${encoded(change.to)}`);
  }
  return kept.join('&');
}

/** A path with its query. What stands behind `#` never goes over the wire, and is left out. */
export function rewrittenPath(path: string, decide: Decide): string {
  const bare = path.split('#', 1)[0] as string;
  const start = bare.indexOf('?');
  if (start < 0) return bare;
  const query = rewrittenPairs(bare.slice(start + 1), decide);
  return query === '' ? bare.slice(0, start) : `${bare.slice(0, start)}?${query}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Places that are filled in later stay readable. */
function encoded(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%7B%7B', '{{')
    .replaceAll('%7D%7D', '}}')
    .replaceAll(/%5B|%5D/g, decoded);
}

/**
 * A body by what it is. What looks like JSON is never read as a form, whatever type it names: a client that sends JSON as a
 * form is common, and its secrets would stand in a name. null: it is of neither form.
 */
export function rewrittenBody(text: string, type: string | null, decide: Decide): string | null {
  if (isFormType(type) && !/^\s*[{["<]/.test(text)) return rewrittenPairs(text, decide);
  return rewrittenJson(text, decide);
}

/** The names of all parameters of a path, and of all members of a body. */
export function namesIn(path: string, body: { readonly text: string; readonly type: string | null } | null): string[] {
  const names: string[] = [];
  const note: Decide = (name) => {
    names.push(name);
    return 'kept';
  };
  rewrittenPath(path, note);
  if (body !== null) rewrittenBody(body.text, body.type, note);
  return names;
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/**
 * JSON: members of the outermost object may be taken out; at any depth a member is changed as a whole, whatever its value is.
 * null: the text is no JSON.
 */
export function rewrittenJson(text: string, decide: Decide): string | null {
  if (!isJson(text)) return null;
  const left = withoutRemoved(text, decide);
  const tokens = [...left.matchAll(token)];
  const outer = new Set((jsonMembers(left) ?? []).map(({ start }) => start));
  const parts: string[] = [];
  let written = 0;
  for (let i = 0; i + 2 < tokens.length; i++) {
    const [name, colon, value] = [textAt(tokens, i), textAt(tokens, i + 1), tokens[i + 2]];
    if (colon !== ':' || !name.startsWith('"')) continue;
    const change = decide(JSON.parse(name) as string, !outer.has(tokens[i]?.index ?? -1));
    if (change === 'kept' || change === 'removed') continue;
    i = lastOfValue(tokens, i + 2);
    parts.push(left.slice(written, value?.index), JSON.stringify(change.to));
    written = (tokens[i]?.index ?? 0) + textAt(tokens, i).length;
  }
  return [...parts, left.slice(written)].join('');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function withoutRemoved(text: string, decide: Decide): string {
  let left = text;
  for (;;) {
    const members = jsonMembers(left) ?? [];
    const index = members.findIndex(({ name }) => decide(name, false) === 'removed');
    if (index < 0) return left;
    left = withoutMember(left, members, index);
  }
}

function textAt(tokens: readonly RegExpMatchArray[], index: number): string {
  return tokens[index]?.[0] ?? '';
}

/** The token that ends the value which begins at `first`. */
function lastOfValue(tokens: readonly RegExpMatchArray[], first: number): number {
  let depth = 0;
  for (let i = first; i < tokens.length; i++) {
    const text = textAt(tokens, i);
    if (text === '{' || text === '[') depth++;
    else if (text === '}' || text === ']') depth--;
    if (depth === 0) return i;
  }
  return tokens.length - 1;
}
