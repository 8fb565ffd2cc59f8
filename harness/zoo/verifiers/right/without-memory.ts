/** A scheme without a replay check: method, path, query and body under one short window; its keys have no scopes. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { UnsignedRequest, Verifier } from '../../../invariants/verifier/index.js';

const WINDOW_US = 30_000_000;

/** Each part is preceded by its length, so that no character can move into another part. */
export function textWithLengths({ timestampUs, nonce, method, path, query, body }: UnsignedRequest): string {
  return [String(timestampUs), nonce, method, path, query, body].map((part) => `${part.length}:${part}`).join('');
}

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
      const mac = createHmac('sha256', key.secret).update(textWithLengths(request), 'utf8').digest();
      if (!timingSafeEqual(mac, Buffer.from(signature, 'hex'))) return 'refused';
      const isFresh = nowUs - timestampUs <= WINDOW_US && timestampUs - nowUs < WINDOW_US;
      return isFresh && account === key.account ? 'accepted' : 'refused';
    },
  };
}
