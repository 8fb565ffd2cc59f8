/** A signed request as it goes over the wire, and what its signature stands for. */
import { type Sign, signingHeaders, textToSign } from './hmac-lines.js';

export interface SignedWire {
  readonly method: string;
  /** With query, as it stands in the request line. */
  readonly path: string;
  /** Lower-case names; those of the profile among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** null = none. */
  readonly body: string | null;
}

/** The text that a verifier of the profile reads out of the request. The timestamp and the window must be whole numbers. */
export function signedText({ method, path, headers, body }: SignedWire): string {
  return textToSign({
    timestampMs: Number(headerOf(headers, signingHeaders.timestamp)),
    nonce: headerOf(headers, signingHeaders.nonce),
    keyId: headerOf(headers, signingHeaders.keyId),
    windowMs: Number(headerOf(headers, signingHeaders.window)),
    method,
    path,
    body: body ?? '',
  });
}

export function signatureOf({ headers }: SignedWire): string {
  return headerOf(headers, signingHeaders.signature);
}

/** The same request with other headers; those that are not named stay. */
export function withHeaders(wire: SignedWire, changes: Readonly<Record<string, string>>): SignedWire {
  return { ...wire, headers: { ...wire.headers, ...changes } };
}

export function withSignature(wire: SignedWire, signature: string): SignedWire {
  return withHeaders(wire, { [signingHeaders.signature]: signature });
}

/** Changed headers under a signature that is right for them. */
export function signedAnew(wire: SignedWire, changes: Readonly<Record<string, string>>, sign: Sign): SignedWire {
  const changed = withHeaders(wire, changes);
  return withSignature(changed, sign(headerOf(changed.headers, signingHeaders.keyId), signedText(changed)));
}

export function headerOf(headers: SignedWire['headers'], name: string): string {
  return headers[name] ?? '';
}
