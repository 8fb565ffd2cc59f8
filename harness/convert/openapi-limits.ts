/**
 * Limits that an API's description tells: extensions (`x-rateLimit`, `x-ratelimit-limit`, throttles of API Gateway),
 * headers of its answers (`RateLimit-Policy`, `X-RateLimit-Limit`), and words ("10 requests per second").
 *
 * Where the kind of limit is not told, what is written is a bucket of two windows' worth: it bounds windows with any
 * anchor (an interval of w meets at most w / window + 2 of them), sliding ones and buckets of one window's worth alike, so that a
 * leak is never claimed wrongly.
 */

import type { DocumentNode } from './document.js';
import { visibleText } from './faults.js';
import type { OpenApiDocument } from './openapi-document.js';
import type { Operation } from './openapi-operations.js';

export interface ToldLimit {
  readonly count: number;
  readonly windowSeconds: number;
  readonly kind: 'unknown' | 'fixed-window' | 'sliding-log' | 'sliding-counter' | 'token-bucket';
  /** Of a bucket, its size; null = the count. */
  readonly burst: number | null;
  readonly by: 'key' | 'ip' | 'global' | null;
  readonly origin: string;
}

const COUNT_MAX = 1_000_000_000;
const WINDOW_SECONDS_MAX = 31_536_000;
const unitSeconds: readonly (readonly [RegExp, number])[] = [
  [/^s(?:ec(?:ond)?s?)?$/, 1],
  [/^m(?:in(?:ute)?s?)?$/, 60],
  [/^h(?:(?:ou)?rs?)?$/, 3_600],
  [/^d(?:ays?)?$/, 86_400],
];

/** `10/s`, `100 requests per minute`, `5 orders each 10 seconds`. */
const inWords =
  /(\d[\d,_]{0,11})\s*(?:requests?|calls?|orders?|reqs?|attempts?|logins?|times)?\s*(?:\/|per|each|every|an?\b|in)\s*(\d{1,6})?\s*(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)\b/i;

/** What is told of an operation, the nearest first: its own extensions, its answers, its words, then those of the whole. */
export function toldLimit(document: OpenApiDocument, operation: Operation): ToldLimit | null {
  const { node, about } = operation;
  return fromExtensions(node) ?? fromAnswers(document, node) ?? fromWords(about, node, isAboutLimits(about)) ?? null;
}

/** What is told of the API as a whole. */
export function toldOfAll({ root }: OpenApiDocument): ToldLimit | null {
  const about = root.at('info', 'description').text ?? '';
  return (
    fromExtensions(root) ?? fromExtensions(root.at('info')) ?? fromWords(about, root.at('info'), isAboutLimits(about))
  );
}

function isAboutLimits(text: string): boolean {
  return /limit|throttl|at most|no more than|quota/i.test(text);
}

function fromExtensions(node: DocumentNode): ToldLimit | null {
  const siblings = node.members;
  for (const [name, extension] of siblings) {
    if (/^x-amazon-apigateway-/i.test(name)) {
      const throttle = [extension.at('throttle'), extension].find((one) => countOf(one.at('rateLimit').value) !== null);
      const rate = countOf(throttle?.at('rateLimit').value);
      if (throttle === undefined || rate === null) continue;
      const burst = countOf(throttle.at('burstLimit').value);
      const origin = `line ${throttle.place.line}: rateLimit ${rate}, burstLimit ${burst ?? rate} of ${visibleText(name)}`;
      return { count: rate, windowSeconds: 1, kind: 'token-bucket', burst, by: null, origin };
    }
    if (!/^x-rate-?limits?(?:-limit)?$/i.test(name)) continue;
    const told = fromExtension(name, extension, siblings);
    if (told !== null) return told;
  }
  return null;
}

function fromExtension(
  name: string,
  extension: DocumentNode,
  siblings: readonly (readonly [string, DocumentNode])[],
): ToldLimit | null {
  const origin = (said: string) => `line ${extension.place.line}: ${visibleText(name)} ${said}`;
  if (extension.text !== null && !/^\d+$/.test(extension.text)) {
    return fromWords(extension.text, extension, true);
  }
  const first = extension.items[0] ?? extension;
  const pick = (keys: readonly string[]) => keys.map((key) => first.at(key).value).find((value) => value !== undefined);
  const count = countOf(first.value) ?? countOf(pick(['limit', 'requests', 'max', 'rate', 'count', 'quota']));
  const beside = siblings.find(([key]) => /^x-rate-?limit-(?:window|period|interval)$/i.test(key))?.[1].value;
  const windowSeconds = secondsOf(pick(['window', 'period', 'interval', 'per', 'unit', 'timeframe']) ?? beside);
  if (count === null || windowSeconds === null) return null;
  const burst = countOf(pick(['burst', 'burstLimit', 'capacity']));
  const kind = burst === null ? kindOf(pick(['algorithm', 'strategy', 'type', 'kind'])) : 'token-bucket';
  const by = byOf(pick(['by', 'scope', 'key', 'per_what']));
  return { count, windowSeconds, kind, burst, by, origin: origin(`says ${count} in ${windowSeconds} s`) };
}

function kindOf(value: unknown): ToldLimit['kind'] {
  const text = String(value ?? '').toLowerCase();
  if (/fixed/.test(text)) return 'fixed-window';
  if (/sliding.*(?:log|exact)/.test(text)) return 'sliding-log';
  if (/sliding/.test(text)) return 'sliding-counter';
  return /bucket/.test(text) ? 'token-bucket' : 'unknown';
}

function byOf(value: unknown): ToldLimit['by'] {
  const text = String(value ?? '').toLowerCase();
  if (/key|user|account|client|token|consumer/.test(text)) return 'key';
  if (/ip|addr/.test(text)) return 'ip';
  return /global|all|service/.test(text) ? 'global' : null;
}

/** `RateLimit-Policy: "default";q=10;w=1` or `10;w=1`; `X-RateLimit-Limit` has no window of its own. */
function fromAnswers(document: OpenApiDocument, node: DocumentNode): ToldLimit | null {
  for (const [status, written] of node.at('responses').members) {
    const answer = document.resolve(written);
    for (const [name, header] of answer.at('headers').members) {
      if (!/^ratelimit-policy$/i.test(name)) continue;
      const said = exampleText(document, document.resolve(header));
      const [, q, w] = /(?:q=|^)(\d{1,9}).*?;\s*w=(\d{1,8})/.exec(said) ?? [];
      const [count, windowSeconds] = [countOf(Number(q)), secondsOf(Number(w))];
      if (count === null || windowSeconds === null) continue;
      const origin = `line ${header.place.line}: RateLimit-Policy of ${visibleText(status)} says ${count} in ${windowSeconds} s`;
      return { count, windowSeconds, kind: 'unknown', burst: null, by: null, origin };
    }
    if (status !== '429') continue;
    const told = fromWords(answer.at('description').text ?? '', answer.at('description'), true);
    if (told !== null) return told;
  }
  return null;
}

function exampleText(document: OpenApiDocument, header: DocumentNode): string {
  const schema = document.resolve(header.at('schema'));
  const values = [header.at('example'), schema.at('example'), schema.at('default'), schema.at('const')];
  return String(values.find(({ value }) => value !== undefined)?.value ?? '');
}

function fromWords(text: string, node: DocumentNode, isMeant: boolean): ToldLimit | null {
  const match = isMeant ? inWords.exec(text) : null;
  if (match === null) return null;
  const [said, digits = '', times = '1', unit = ''] = match;
  const count = countOf(Number(digits.replaceAll(/[,_]/g, '')));
  const seconds = secondsOf(unit);
  if (count === null || seconds === null || Number(times) < 1) return null;
  const origin = `line ${node.place.line}: "${visibleText(said.trim())}"`;
  return { count, windowSeconds: Number(times) * seconds, kind: 'unknown', burst: null, by: null, origin };
}

function countOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number <= COUNT_MAX ? number : null;
}

/** A number is seconds; a text a unit, or a number and a unit. */
function secondsOf(value: unknown): number | null {
  if (typeof value === 'number')
    return Number.isInteger(value) && value > 0 && value <= WINDOW_SECONDS_MAX ? value : null;
  if (typeof value !== 'string') return null;
  const [, digits = '1', unit = ''] = /^(\d{1,8})?\s*([a-z]*)$/i.exec(value.trim().replace(/^P?T/i, '')) ?? [];
  if (unit === '') return /^\d+$/.test(value) ? secondsOf(Number(value)) : null;
  const row = unitSeconds.find(([form]) => form.test(unit.toLowerCase()));
  return row === undefined ? null : secondsOf(Number(digits) * row[1]);
}
