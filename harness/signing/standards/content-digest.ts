/** Content-Digest (RFC 9530, section 2): hashes of the body in a field, so that a signature over the field covers the body. */
import { hash } from 'node:crypto';
import { parseDictionary } from 'structured-headers';

export const CONTENT_DIGEST = 'content-digest';

/** Those of the registry that are no longer broken, by the name that Node has for them. */
const algorithms = new Map([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
]);

export function contentDigest(body: string): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`;
}

/**
 * Whether the field has a hash that is known here and every such hash is the body's; of others nobody can tell.
 * False for a field that is malformed.
 */
export function isDigestOf(field: string, body: string): boolean {
  let known = 0;
  try {
    for (const [name, [value]] of parseDictionary(field)) {
      const algorithm = algorithms.get(name);
      if (algorithm === undefined) continue;
      known += 1;
      if (!(value instanceof ArrayBuffer)) return false;
      if (Buffer.from(value).toString('base64') !== hash(algorithm, body, 'base64')) return false;
    }
  } catch {
    return false;
  }
  return known > 0;
}
