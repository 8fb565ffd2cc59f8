/**
 * Ways to change the body of a signed request so that a careless reader sees the same: the signature covers each byte.
 * What a body does not have (no member, no letter) is replaced by the next most similar change, down to the path, so that
 * every request can be spoiled in some way of the kind that was asked for.
 */

import type { SignedWire } from '../signed-wire.js';
import { addParameter, trailingMark } from './path-tampers.js';

/** Another digit or letter somewhere; a request without a body gets one more parameter. */
export function otherByte(wire: SignedWire, seed: number): SignedWire {
  const { body } = wire;
  if (body === null) return addParameter(wire, seed);
  const places = [...body.matchAll(/[0-9A-Za-z]/g)];
  const place = places[seed % Math.max(1, places.length)];
  if (place === undefined) return { ...wire, body: `${body} ` };
  return { ...wire, body: spliced(body, place.index, nextOf(place[0])) };
}

/** White space that JSON does not mind. */
export function whitespace(wire: SignedWire, seed: number): SignedWire {
  const { body } = wire;
  if (body === null) return trailingMark(wire);
  const blank = [' ', '\n', '\t', '\r\n', '  '][seed % 5] ?? ' ';
  return { ...wire, body: /^[[{]/.test(body) ? `${body[0]}${blank}${body.slice(1)}` : `${body}${blank}` };
}

/** The members of the first object in another order. */
export function keyOrder(wire: SignedWire, seed: number): SignedWire {
  const found = firstObject(wire.body);
  const entries = found === null ? [] : Object.entries(found.object);
  if (found === null || entries.length < 2) return whitespace(wire, seed);
  const turn = 1 + (seed % (entries.length - 1));
  const turned = Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)]);
  const body = JSON.stringify(found.put(turned));
  // Numbers as names keep their order whatever one does.
  return body === wire.body ? whitespace(wire, seed) : { ...wire, body };
}

/** One member twice, first with a false value: most parsers believe the last, some the first. */
export function duplicateKey(wire: SignedWire, seed: number): SignedWire {
  const { body } = wire;
  const found = firstObject(body);
  const entries = found === null ? [] : Object.entries(found.object);
  const entry = entries[seed % Math.max(1, entries.length)];
  const start = body?.indexOf('{') ?? -1;
  if (body === null || entry === undefined || start < 0) return whitespace(wire, seed);
  const [key, value] = entry;
  const member = `${JSON.stringify(key)}:${JSON.stringify(typeof value === 'string' ? `${value}1` : 'other')},`;
  return { ...wire, body: body.slice(0, start + 1) + member + body.slice(start + 1) };
}

/** One letter of a text as `\u00xx`, which JSON takes for the same. */
export function jsonEscape(wire: SignedWire, seed: number): SignedWire {
  const { body } = wire;
  if (body === null) return trailingMark(wire);
  const places: number[] = [];
  for (const { 0: text, index } of body.matchAll(/"[^"\\]*"/g)) {
    for (let at = 1; at < text.length - 1; at += 1) if (/[0-9A-Za-z]/.test(text.charAt(at))) places.push(index + at);
  }
  const place = places[seed % Math.max(1, places.length)];
  if (place === undefined) return whitespace(wire, seed);
  const unit = body.charCodeAt(place).toString(16).padStart(4, '0');
  return { ...wire, body: spliced(body, place, `\\u${unit}`) };
}

/** Letters with marks taken apart (NFD), or put together (NFC): they look the same. A body without any is escaped. */
export function unicodeForm(wire: SignedWire, seed: number): SignedWire {
  const { body } = wire;
  if (body === null) return trailingMark(wire);
  const apart = body.normalize('NFD');
  if (apart !== body) return { ...wire, body: apart };
  const together = body.normalize('NFC');
  return together === body ? jsonEscape(wire, seed) : { ...wire, body: together };
}

interface Found {
  readonly object: Readonly<Record<string, unknown>>;
  /** The whole of the body with another object in its place. */
  put(other: Readonly<Record<string, unknown>>): unknown;
}

/** The object that a body is, or the first of the batch that it holds. */
function firstObject(body: string | null): Found | null {
  const root = parsed(body);
  if (isObject(root)) return { object: root, put: (other) => other };
  if (!Array.isArray(root)) return null;
  const [first, ...others] = root as unknown[];
  return isObject(first) ? { object: first, put: (other) => [other, ...others] } : null;
}

function parsed(body: string | null): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param index - of one UTF-16 code unit, which `text` replaces. */
function spliced(body: string, index: number, text: string): string {
  return body.slice(0, index) + text + body.slice(index + 1);
}

/** The next digit or letter of the same case, round and round. */
function nextOf(character: string): string {
  const rows = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const row = rows.find((one) => one.includes(character)) ?? '';
  return row.charAt((row.indexOf(character) + 1) % row.length);
}
