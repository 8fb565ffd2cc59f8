/**
 * The signature base of HTTP Message Signatures (RFC 9421, section 2.5): a line for each covered component, and the
 * signature's parameters last.
 *
 * Components that are known: all derived ones of section 2.2, and fields as they are (2.1), by the key of a dictionary
 * (2.1.2) and as bytes (2.1.3). Not known: `sf`, which needs the type of every field, `tr` and `req`.
 */
import { type InnerList, type Item, parseDictionary, serializeInnerList, serializeItem } from 'structured-headers';
import type { Received } from '../profile.js';

/** What is signed. A response has a status and neither method nor target. */
export interface SignableMessage {
  readonly method: string;
  /** With query, as it stands in the request line. */
  readonly path: string;
  /** null = not known, as behind a proxy: then components that need it are not there, and the port of the host stays. */
  readonly scheme: 'http' | 'https' | null;
  /** As the Host header has it. */
  readonly host: string;
  /** null = a request. */
  readonly status: number | null;
  /** Lower-case names; a field that came more than once as a list. */
  readonly headers: Received['headers'];
}

/**
 * @param params - serialisation of `covered`, where the caller has it.
 * @throws {RangeError} for a component that the message has not, that comes twice or that is not known here.
 */
export function signatureBase(
  message: SignableMessage,
  covered: InnerList,
  params = serializeInnerList(covered),
): string {
  const seen = new Set<string>();
  let base = '';
  for (const component of covered[0]) {
    const name = serializeItem(component);
    if (seen.has(name)) throw new RangeError(`the component ${name} is covered twice`);
    seen.add(name);
    const value = componentValue(message, component);
    if (/[\r\n]/.test(value)) throw new RangeError(`the component ${name} holds a line break`);
    base += `${name}: ${value}\n`;
  }
  return `${base}"@signature-params": ${params}`;
}

function componentValue(message: SignableMessage, [name, params]: Item): string {
  if (typeof name !== 'string') throw new RangeError('the name of a component must be a string');
  if (name !== name.toLowerCase()) throw new RangeError(`the component ${name} must be in lower case`);
  if (name === '@query-param') return queryParam(message, params.get('name'), params.size);
  const value = name.startsWith('@') ? derived(message, name, params.size) : field(message, name, params);
  if (value === null) throw new RangeError(`the message has no component ${name}, or it is not known`);
  return value;
}

function derived(message: SignableMessage, name: string, paramCount: number): string | null {
  if (paramCount > 0) return null;
  const { method, path, status } = message;
  if (name === '@status') return status === null ? null : String(status);
  if (status !== null) return null;
  const start = path.indexOf('?');
  switch (name) {
    case '@method':
      return method;
    case '@authority':
      return authority(message);
    case '@scheme':
      return message.scheme;
    case '@target-uri':
      return message.scheme === null ? null : `${message.scheme}://${authority(message)}${path}`;
    case '@request-target':
      return path;
    case '@path':
      return start < 0 ? path : path.slice(0, start);
    case '@query':
      // "If the query string is absent, the value is the leading ? character alone": section 2.2.7.
      return start < 0 ? '?' : path.slice(start);
    default:
      return null;
  }
}

/** In lower case, and without the scheme's own port: section 2.2.3. */
function authority({ host, scheme }: SignableMessage): string {
  const lower = host.toLowerCase();
  const port = { http: ':80', https: ':443' }[scheme ?? 'http'];
  return scheme !== null && lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}

/** Decoded as a form and encoded again; one that comes more than once has no value: section 2.2.8. */
function queryParam({ path }: SignableMessage, name: unknown, paramCount: number): string {
  if (typeof name !== 'string' || paramCount !== 1) throw new RangeError('@query-param takes a name and nothing else');
  const start = path.indexOf('?');
  const found = (start < 0 ? '' : path.slice(start + 1))
    .split('&')
    .map((piece) => piece.split(/=(.*)/s) as [string, string?])
    .filter(([key]) => encodedAgain(key) === name);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new RangeError(`the query must have the parameter ${name} once`);
  return encodedAgain(first[1] ?? '');
}

function encodedAgain(text: string): string {
  // What `application/x-www-form-urlencoded percent-encode set` of the URL standard has beyond encodeURIComponent.
  const decoded = decodeURIComponent(text.replaceAll('+', ' '));
  return encodeURIComponent(decoded).replace(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function field({ headers }: SignableMessage, name: string, params: Item[1]): string | null {
  const value = headers[name];
  if (value === undefined) return null;
  const lines = (typeof value === 'string' ? [value] : value).map((line) => line.trim());
  const key = params.get('key');
  if (params.size === 0) return lines.join(', ');
  if (params.size > 1) return null;
  if (params.get('bs') === true)
    return lines.map((line) => `:${Buffer.from(line, 'latin1').toString('base64')}:`).join(', ');
  if (typeof key !== 'string') return null;
  const member = parseDictionary(lines.join(', ')).get(key);
  if (member === undefined) return null;
  return isInnerList(member) ? serializeInnerList(member) : serializeItem(member);
}

function isInnerList(member: Item | InnerList): member is InnerList {
  return Array.isArray(member[0]);
}
