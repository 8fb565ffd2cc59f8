/**
 * The canonical request of AWS Signature Version 4: method, path encoded once more, parameters sorted, signed headers, hash
 * of the body.
 *
 * AWS takes `//`, `/./` and `/../` out of the path first (S3 excepted), so that two paths share a signature. Here they stay:
 * what is served is what was signed.
 */
import { hash } from 'node:crypto';

export interface CanonicalFields {
  readonly method: string;
  /** With query, as it stands in the request line. */
  readonly path: string;
  /** Lower-case names in order, and values as they were sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const hashOfNothing = hash('sha256', '', 'hex');

/** null when the query is no percent-encoded UTF-8. */
export function canonicalRequest({ method, path, headers, body }: CanonicalFields): string | null {
  const start = path.indexOf('?');
  const query = start < 0 ? '' : canonicalQuery(path.slice(start + 1));
  if (query === null) return null;
  let lines = '';
  for (const [name, value] of headers) lines += `${name}:${value.trim().replace(/\s+/g, ' ')}\n`;
  const names = headers.map(([name]) => name).join(';');
  const bodyHash = body === '' ? hashOfNothing : hash('sha256', body, 'hex');
  const bare = start < 0 ? path : path.slice(0, start);
  return `${method}\n${encodedPath(bare)}\n${query}\n${lines}\n${names}\n${bodyHash}`;
}

function encodedPath(path: string): string {
  if (/^[A-Za-z0-9\-._~/]*$/.test(path)) return path;
  return path.split('/').map(encoded).join('/');
}

/** Every character but the unreserved ones of RFC 3986 as an escape. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function canonicalQuery(query: string): string | null {
  if (query === '') return '';
  const pairs: (readonly [name: string, value: string])[] = [];
  for (const piece of query.split('&')) {
    const equals = piece.indexOf('=');
    const name = reencoded(equals < 0 ? piece : piece.slice(0, equals));
    const value = equals < 0 ? '' : reencoded(piece.slice(equals + 1));
    if (name === null || value === null) return null;
    pairs.push([name, value]);
  }
  pairs.sort(([aName, aValue], [bName, bValue]) => order(aName, bName) || order(aValue, bValue));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A plus is a blank, as forms have it. */
function reencoded(text: string): string | null {
  if (/^[A-Za-z0-9\-._~]*$/.test(text)) return text;
  try {
    return encoded(decodeURIComponent(text.replaceAll('+', ' ')));
  } catch {
    return null;
  }
}
