/**
 * Binance's WebSocket API: parameters sorted by name, `name=value` joined by `&`, values as they are (raw UTF-8, not
 * percent-encoded), without `signature` itself. Written from binance/binance-spot-api-docs, web-socket-api.md ("SIGNED
 * request security").
 */

/** Values as clients write them; a number is signed in its shortest digits, so exact decimals are texts. */
export type SocketParams = Readonly<Record<string, string | number | boolean>>;

/** The text that is signed, by HMAC-SHA256 in hex, RSA-SHA256 or Ed25519 in base64. */
export function socketText(params: SocketParams): string {
  const names = Object.keys(params).filter((name) => name !== 'signature');
  return names
    .sort()
    .map((name) => `${name}=${String(params[name])}`)
    .join('&');
}
