/**
 * Ways to change the request line of a signed request so that a careless reader sees the same. What a path does not have
 * (no query, no escape) is replaced by the next most similar change.
 */
import type { SignedWire } from '../signed-wire.js';

interface Line {
  readonly path: string;
  readonly parameters: readonly string[];
}

function readLine(wire: SignedWire): Line {
  const mark = wire.path.indexOf('?');
  if (mark < 0) return { path: wire.path, parameters: [] };
  const query = wire.path.slice(mark + 1);
  return { path: wire.path.slice(0, mark), parameters: query === '' ? [] : query.split('&') };
}

function withParameters(wire: SignedWire, path: string, parameters: readonly string[]): SignedWire {
  return { ...wire, path: parameters.length === 0 ? path : `${path}?${parameters.join('&')}` };
}

/** One more parameter, which the signature has never seen. */
export function addParameter(wire: SignedWire, seed: number): SignedWire {
  const { path, parameters } = readLine(wire);
  return withParameters(wire, path, [...parameters, `x=${seed.toString(36)}`]);
}

/** One parameter twice, as it is: whoever keeps them in a map sees no change. Without any, one is added. */
export function duplicateParameter(wire: SignedWire, seed: number): SignedWire {
  const { path, parameters } = readLine(wire);
  const twice = parameters[seed % Math.max(1, parameters.length)];
  return twice === undefined ? addParameter(wire, seed) : withParameters(wire, path, [...parameters, twice]);
}

/** The parameters in another order. With fewer than two different ones, one is added. */
export function parameterOrder(wire: SignedWire, seed: number): SignedWire {
  const { path, parameters } = readLine(wire);
  const turn = 1 + (seed % Math.max(1, parameters.length - 1));
  const turned = withParameters(wire, path, [...parameters.slice(turn), ...parameters.slice(0, turn)]);
  return turned.path === wire.path ? addParameter(wire, seed) : turned;
}

/** A blank of the query in its other spelling, `+` for `%20` or the other way. Without any, a parameter with one is added. */
export function otherBlank(wire: SignedWire, seed: number): SignedWire {
  const { path, parameters } = readLine(wire);
  const query = parameters.join('&');
  const changed = query.includes('%20') ? query.replace('%20', '+') : query.replace('+', '%20');
  if (changed !== query) return { ...wire, path: `${path}?${changed}` };
  return withParameters(wire, path, [...parameters, `x=${seed.toString(36)}+`]);
}

/** Escapes with their hex letters in the other case. Without such letters, a character is escaped that needs none. */
export function percentCase(wire: SignedWire, seed: number): SignedWire {
  const path = wire.path.replaceAll(/%[0-9A-Fa-f]{2}/g, swapCase);
  return path === wire.path ? escapeUnreserved(wire, seed) : { ...wire, path };
}

/**
 * A letter or digit as an escape, which by RFC 3986 (6.2.2.2) is the same: one of the query, else one of the path's last
 * segment. A path without any gets a parameter.
 */
export function escapeUnreserved(wire: SignedWire, seed: number): SignedWire {
  const from = Math.max(wire.path.indexOf('?'), wire.path.lastIndexOf('/'), 0);
  // Not the digits of an escape that is there.
  const places = [...wire.path.slice(from).matchAll(/%[0-9A-Fa-f]{2}|[0-9A-Za-z]/g)].filter(({ 0: text }) => {
    return text.length === 1;
  });
  const place = places[seed % Math.max(1, places.length)];
  if (place === undefined) return addParameter(wire, seed);
  const at = from + place.index;
  const escaped = `%${wire.path.charCodeAt(at).toString(16).toUpperCase()}`;
  return { ...wire, path: wire.path.slice(0, at) + escaped + wire.path.slice(at + 1) };
}

/** An empty query; behind a query, an empty parameter. */
export function trailingMark(wire: SignedWire): SignedWire {
  return { ...wire, path: wire.path + (wire.path.includes('?') ? '&' : '?') };
}

/**
 * Characters across the boundary of query and body: signed one right behind the other, `a=1` and `b=2` are `a=1b` and
 * `=2`. The body's first go to the query; a request without a body gives it the end of its query, and one without either gets
 * a parameter.
 */
export function shiftBoundary(wire: SignedWire, seed: number): SignedWire {
  const { path, body } = wire;
  const head = /^[\x21-\x7e]+/.exec(body ?? '')?.[0] ?? '';
  if (body !== null && head !== '') {
    const moved = 1 + (seed % Math.min(head.length, 16));
    const mark = path.includes('?') ? '' : '?';
    return { ...wire, path: path + mark + body.slice(0, moved), body: body.slice(moved) };
  }
  const query = readLine(wire).parameters.join('&');
  if (query === '' || (body !== null && body !== '')) return addParameter(wire, seed);
  const moved = 1 + (seed % query.length);
  return { ...wire, path: path.slice(0, -moved), body: path.slice(-moved) };
}

function swapCase(triplet: string): string {
  return triplet === triplet.toUpperCase() ? triplet.toLowerCase() : triplet.toUpperCase();
}
