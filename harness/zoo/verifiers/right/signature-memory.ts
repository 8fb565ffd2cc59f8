/** HMAC-SHA512 in base64; what a key has used is remembered by its signature, half of the memory for one key at most. */
import { createHmac } from 'node:crypto';
import type { Verifier, VerifyRequest } from '../../../invariants/verifier/index.js';
import { textOfLines } from '../../../invariants/verifier/index.js';

const WINDOW_US = 2_000_000;
const CAPACITY = 20;
const SHARE = 10;

/** Only requests that come from a wire: every text is one. */
function isFormed({
  keyId,
  nonce,
  method,
  path,
  query,
  body,
  signature,
  timestampUs,
  windowUs,
}: VerifyRequest): boolean {
  const heads = [keyId, nonce, method, path, query];
  if (!heads.every((text) => typeof text === 'string' && /^[\x21-\x7e]*$/.test(text))) return false;
  if (typeof body !== 'string' || typeof signature !== 'string') return false;
  return [timestampUs, windowUs].every((us) => Number.isSafeInteger(us) && us >= 0 && us % 1000 === 0);
}

export function signatureMemory(): Verifier {
  const keys = new Map<
    string,
    { readonly secret: string; readonly account: string; readonly scopes: readonly string[] }
  >();
  let used: { readonly keyId: string; readonly signature: string; readonly endUs: number }[] = [];
  let latestUs = 0;
  let macs = 0;
  return {
    addKey: (keyId, secret, account, scopes) => void keys.set(keyId, { secret, account, scopes }),
    removeKey: (keyId) => void keys.delete(keyId),
    work: () => macs,
    size: () => used.length,
    verify(nowUs, request) {
      if (!isFormed(request)) return 'refused';
      latestUs = Math.max(latestUs, nowUs);
      const { keyId, signature, timestampUs, windowUs } = request;
      const key = keys.get(keyId);
      macs += 1;
      // One spelling alone can be equal to the text that is made here, so texts are compared.
      const right = createHmac('sha512', key?.secret ?? '')
        .update(textOfLines(request), 'utf8')
        .digest('base64');
      if (key === undefined || right !== signature) return 'refused';
      const endUs = timestampUs + (windowUs === 0 ? WINDOW_US : Math.min(windowUs, WINDOW_US));
      if (timestampUs > latestUs || latestUs >= endUs) return { accepted: false, reason: 'not fresh' };
      if (request.account !== key.account || !key.scopes.includes(request.scope)) return 'refused';
      used = used.filter((one) => one.endUs > latestUs);
      if (used.some((one) => one.signature === signature)) return { accepted: false, reason: 'replayed' };
      if (used.length >= CAPACITY || used.filter((one) => one.keyId === keyId).length >= SHARE) return 'refused';
      used.push({ keyId, signature, endUs });
      return { accepted: true };
    },
  };
}
