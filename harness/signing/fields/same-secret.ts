import { hash, timingSafeEqual } from 'node:crypto';

/** Whether two secrets are one. Hashes are compared, so that the time tells neither length nor place of a difference. */
export function sameSecret(sent: string, right: string): boolean {
  return timingSafeEqual(hash('sha256', sent, 'buffer'), hash('sha256', right, 'buffer'));
}
