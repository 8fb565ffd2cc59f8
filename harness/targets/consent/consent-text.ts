/** JSON of others, read strictly: one value, no member twice. */

/**
 * JSON.parse takes the last of two members of one name, and other readers the first: a text that has any is refused, since
 * it would say different things to different people.
 *
 * @throws {SyntaxError} with what is wrong.
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const twice = duplicateMember(text);
  if (twice !== null) throw new SyntaxError(`the member ${JSON.stringify(twice)} is there twice`);
  return value;
}

/** @param text - JSON, so that its strings and brackets tell its form. */
function duplicateMember(text: string): string | null {
  const open: Set<string>[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token.endsWith(':')) {
      const name = JSON.parse(token.slice(0, -1)) as string;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return null;
}
