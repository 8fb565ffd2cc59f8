import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether two secrets are one. Hashes are compared, so that the time tells neither length nor place of a difference. */
export function sameSecret(sent: string, right: string): boolean {
  const hashed = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(hashed(sent), hashed(right));
}
