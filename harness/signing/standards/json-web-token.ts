/**
 * JSON Web Tokens in their compact form (RFC 7515 section 7.1, RFC 7519), read strictly: base64url without padding and
 * without bits that mean nothing, JSON without white space in which no name comes twice. PHP's `\/` for `/` is taken.
 * What is read here is not verified.
 */

export interface TokenParts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Header and claims as they were sent, which is what the signature covers. */
  readonly signingInput: string;
  readonly signature: Buffer;
  /** As it was sent. */
  readonly signatureText: string;
}

/** Ten times what the longest of our tokens has. */
const TOKEN_CHARS_MAX = 8192;

/** What is signed. */
export function signingInputOf(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): string {
  return `${encoded(header)}.${encoded(claims)}`;
}

/** null when the text is no token of that form. */
export function readToken(text: string): TokenParts | null {
  if (text.length > TOKEN_CHARS_MAX) return null;
  const parts = text.split('.');
  const [headerText, claimsText, signatureText] = parts;
  if (parts.length !== 3 || headerText === undefined || claimsText === undefined || signatureText === undefined) {
    return null;
  }
  const header = strictObject(bytesOf(headerText));
  const claims = strictObject(bytesOf(claimsText));
  const signature = bytesOf(signatureText);
  if (header === null || claims === null || signature === null) return null;
  return { header, claims, signingInput: `${headerText}.${claimsText}`, signature, signatureText };
}

function encoded(value: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}

function bytesOf(base64url: string): Buffer | null {
  const bytes = Buffer.from(base64url, 'base64url');
  // Node skips what it does not know, and takes padding, other alphabets and idle bits: none of them comes back.
  return bytes.toString('base64url') === base64url ? bytes : null;
}

function strictObject(bytes: Buffer | null): Readonly<Record<string, unknown>> | null {
  if (bytes === null) return null;
  const text = bytes.toString('utf8');
  // Bytes that are no UTF-8 would all be the same replacement character.
  if (!Buffer.from(text, 'utf8').equals(bytes)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  // Names that come twice, white space and other spellings of a number don't survive this.
  if (JSON.stringify(value) !== text.replaceAll('\\/', '/')) return null;
  return value as Readonly<Record<string, unknown>>;
}
