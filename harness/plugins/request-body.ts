/**
 * Reads the body of a request before its app does, and puts it back, so that the app's own parser finds the stream as it
 * came: a signature is checked over the bytes that were sent, before anything is parsed.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/**
 * `text`: null for bytes that are not UTF-8, which nobody can have signed as text. `too-large`: above the bound; what was
 * read is back in the stream, and the rest still comes. `gone`: the connection ended before the body did.
 */
export type BodyReading =
  | { readonly kind: 'text'; readonly text: string | null }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'gone' };

const NOTHING: BodyReading = { kind: 'text', text: '' };
const TOO_LARGE: BodyReading = { kind: 'too-large' };
const GONE: BodyReading = { kind: 'gone' };

/**
 * @param bytesMax - Whole, at least 1.
 * @throws {Error} when somebody has read the body already.
 */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<BodyReading> {
  const { headers } = request;
  const length = headers['content-length'];
  if (headers['transfer-encoding'] === undefined && (length === undefined || Number(length) === 0)) return NOTHING;
  if (request.readableDidRead || request.readableEnded) {
    throw new Error('the body was read before the gate could see it: put the gate before whatever reads bodies');
  }
  if (request.destroyed) return GONE;
  if (length !== undefined && Number(length) > bytesMax) return TOO_LARGE;
  // Read to its end, a stream without bytes would say that it has ended while nobody listens yet.
  if (request.complete && request.readableLength === 0) return NOTHING;
  return await collect(request, bytesMax);
}

function collect(request: IncomingMessage, bytesMax: number): Promise<BodyReading> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const leave = (reading: BodyReading): void => {
      request.off('readable', take).off('close', lose).off('error', lose);
      resolve(reading);
    };
    const lose = (): void => leave(GONE);
    const take = (): void => {
      while (request.readableLength > 0 && bytes <= bytesMax) {
        const chunk: Buffer | null = request.read();
        if (chunk === null) break;
        chunks.push(chunk);
        bytes += chunk.length;
      }
      const isTooLarge = bytes > bytesMax;
      if (!isTooLarge && !request.complete) return;
      const body = Buffer.concat(chunks, bytes);
      // In the same tick: the stream tells of its end only when it is empty in the next one.
      if (bytes > 0) request.unshift(body);
      if (isTooLarge) leave(TOO_LARGE);
      else leave({ kind: 'text', text: isUtf8(body) ? body.toString('utf8') : null });
    };
    request.on('readable', take).on('close', lose).on('error', lose);
  });
}
