/** A scheme without a replay check: method, path, query and body under one short window; its keys have no scopes. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { UnsignedRequest, Verifier, VerifierContract } from '../../../invariants/verifier/index.js';

const WINDOW_US = 30_000_000;
/** The clock of this server is read in whole milliseconds. */
const GRAIN_US = 1_000;

/** Each part is preceded by its length, so that no character can move into another part. */
function text({ timestampUs, nonce, method, path, query, body }: UnsignedRequest): string {
  return [String(timestampUs), nonce, method, path, query, body].map((part) => `${part.length}:${part}`).join('');
}

export const withoutMemoryContract: VerifierContract = {
  encoding: 'hex-lower',
  text,
  windowUsMax: WINDOW_US,
  futureUs: WINDOW_US,
  asksWindow: false,
  grainUs: GRAIN_US,
  timestampGrainUs: 1,
  replay: 'allow',
  scopes: false,
};

export function withoutMemory(): Verifier {
  const keys = new Map<string, { readonly secret: string; readonly account: string }>();
  return {
    addKey: (keyId, secret, account) => void keys.set(keyId, { secret, account }),
    removeKey: (keyId) => void keys.delete(keyId),
    verify(nowUs, request) {
      const { keyId, nonce, method, path, query, body, signature, timestampUs, account } = request;
      const texts = [keyId, nonce, method, path, query, body, signature, account];
      if (!texts.every((one) => typeof one === 'string')) return 'refused';
      const key = keys.get(keyId);
      if (key === undefined || !Number.isSafeInteger(timestampUs) || !/^[0-9a-f]{64}$/.test(signature))
        return 'refused';
      const mac = createHmac('sha256', key.secret).update(text(request), 'utf8').digest();
      if (!timingSafeEqual(mac, Buffer.from(signature, 'hex'))) return 'refused';
      const isFresh = nowUs - timestampUs <= WINDOW_US && timestampUs - nowUs < WINDOW_US;
      return isFresh && account === key.account ? 'accepted' : 'refused';
    },
  };
}
