/** Signed requests for the benchmark, each message 200 bytes, as a small order of an exchange has. */
import { createHmac } from 'node:crypto';
import type { Secrets, SignedItem } from './verifier-rivals.js';
import { keyAt } from './workload.js';

const MESSAGE_BYTES = 200;

export function secretsOf(keys: number): Secrets {
  return new Map(Array.from({ length: keys }, (_, index) => [keyAt(index), `secret of ${keyAt(index)}`]));
}

/** Item i belongs to key i modulo the number of keys. Signed by Node's own HMAC, which is no contestant's. */
export function signAll(count: number, secrets: Secrets, timestampUs: number): SignedItem[] {
  const keys = [...secrets];
  return Array.from({ length: count }, (_, index) => {
    const [keyId, secret] = keys[index % keys.length] as [string, string];
    const head = `symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=50000.00&newClientOrderId=${index}&timestamp=`;
    const message = `${head}${'0'.repeat(MESSAGE_BYTES - head.length)}`;
    return { keyId, timestampUs, message, signature: createHmac('sha256', secret).update(message).digest('hex') };
  });
}

/** The right form, and a wrong last digit. */
export function forge(item: SignedItem): SignedItem {
  const digit = item.signature.endsWith('0') ? '1' : '0';
  return { ...item, signature: item.signature.slice(0, -1) + digit };
}
