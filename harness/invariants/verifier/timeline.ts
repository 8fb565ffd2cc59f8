/** What was asked of a verifier and what it answered, in plain words. */
import { durationWords } from '../duration-words.js';
import type { UnsignedRequest } from './contract.js';

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
  parts.push(Number.isFinite(agoUs) ? `timestamp ${durationWords(-agoUs)}` : `timestamp ${String(timestampUs)}`);
  if (windowUs !== 0) parts.push(`window ${Number.isFinite(windowUs) ? durationWords(windowUs) : String(windowUs)}`);
  return parts.join(', ');
}
