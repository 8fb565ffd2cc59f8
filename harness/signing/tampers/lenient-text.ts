/**
 * What a lenient verifier verifies: not the text that came, but what it has made of it. Frameworks hand out parsed
 * parameters and bodies, and who verifies what he writes anew from those takes many requests for the one that was signed.
 * It is a weakness (`lenient-text`) to try the harness with; a right verifier takes the bytes.
 *
 * Every request that the trading API is asked honestly is its own normal form, so that honest clients notice nothing.
 */

/** The request as it was received. */
export interface ReceivedText {
  /** With query. */
  readonly path: string;
  /** '' = none. */
  readonly body: string;
}

/** The order in which a server writes the members of its own structures, whatever order they came in. */
const memberOrder = [
  'username',
  'password',
  'symbol',
  'side',
  'type',
  'price',
  'quantity',
  'clientOrderId',
] as const satisfies readonly string[];

/**
 * Path: escapes in upper case and only where RFC 3986 needs them; parameters sorted by name, the last of one name alone,
 * empty ones dropped, a blank always `%20`; no `?` without a query. Body: JSON without white space, members in the API's order
 * and others sorted behind them, the last of one name alone, no escapes that JSON does not need; a body that is no JSON stays.
 */
export function normalisedText({ path, body }: ReceivedText): ReceivedText {
  return { path: normalPath(path), body: normalBody(body) };
}

function normalPath(path: string): string {
  const mark = path.indexOf('?');
  if (mark < 0) return normalEscapes(path);
  const byName = new Map<string, string>();
  for (const parameter of path.slice(mark + 1).split('&')) {
    if (parameter === '') continue;
    const text = normalEscapes(parameter.replaceAll('+', '%20'));
    byName.set(text.split('=', 1)[0] ?? '', text);
  }
  const parameters = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return normalEscapes(path.slice(0, mark)) + (parameters.length === 0 ? '' : `?${parameters.join('&')}`);
}

function normalEscapes(text: string): string {
  return text.replaceAll(/%[0-9A-Fa-f]{2}/g, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    return /[0-9A-Za-z._~-]/.test(character) ? character : triplet.toUpperCase();
  });
}

function normalBody(body: string): string {
  if (body === '') return '';
  try {
    return JSON.stringify(inOrder(JSON.parse(body)));
  } catch {
    return body;
  }
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, inOrder(member)]));
}

function rankOf(name: string): number {
  const rank = (memberOrder as readonly string[]).indexOf(name);
  return rank < 0 ? memberOrder.length : rank;
}
