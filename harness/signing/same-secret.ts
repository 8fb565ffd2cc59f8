/** Whether two secret texts are one, in a time that does not tell where they differ. */
import { hash, timingSafeEqual } from 'node:crypto';

export function isSameSecret(left: string, right: string): boolean {
  return timingSafeEqual(digestOf(left), digestOf(right));
}

/** Texts of any length become 32 bytes, which can be compared. */
function digestOf(text: string): Buffer {
  return Buffer.from(hash('sha256', text, 'hex'), 'hex');
}
