/** What was asked of a verifier and what it answered, in plain words. */
import type { UnsignedRequest } from './contract.js';

const units = [
  { name: 'd', us: 86_400_000_000 },
  { name: 'h', us: 3_600_000_000 },
  { name: 'min', us: 60_000_000 },
  { name: 's', us: 1_000_000 },
  { name: 'ms', us: 1_000 },
] as const;

/** In the largest unit in which it is a whole number: `5 s`, `4999 ms`, `5000001 us`. */
export function spanText(us: number): string {
  for (const unit of units) {
    if (us !== 0 && us % unit.us === 0) return `${us / unit.us} ${unit.name}`;
  }
  return us === 0 ? '0 ms' : `${us} us`;
}

const SHOWN_MAX = 60;

/** Control characters as escapes, and not more than a line of it. */
export function shown(text: unknown): string {
  const quoted = JSON.stringify(text) ?? String(text);
  const plain = quoted.replace(/[\u007f-\u{10ffff}]/gu, (mark) => `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`);
  return plain.length <= SHOWN_MAX ? plain : `${plain.slice(0, SHOWN_MAX)}... (${plain.length} characters)`;
}

/** @param originUs - The instant that counts as 0. */
export function requestText(request: UnsignedRequest, originUs: number): string {
  const { method, path, query, body, keyId, nonce, windowUs, timestampUs } = request;
  const target = query === '' ? path : `${path}?${query}`;
  const parts = [`${String(method)} ${shown(target)}`];
  if (body !== '') parts.push(`body ${shown(body)}`);
  const agoUs = originUs - timestampUs;
  parts.push(`key ${shown(keyId)}`, `nonce ${shown(nonce)}`);
  parts.push(Number.isFinite(agoUs) ? `timestamp ${spanText(-agoUs)}` : `timestamp ${String(timestampUs)}`);
  if (windowUs !== 0) parts.push(`window ${Number.isFinite(windowUs) ? spanText(windowUs) : String(windowUs)}`);
  return parts.join(', ');
}
