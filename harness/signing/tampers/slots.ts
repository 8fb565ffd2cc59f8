/** Finds and replaces what a profile keeps in a slot of a signed request. Texts are as they stand, nothing is decoded. */
import { jsonMembers } from '../fields/json-members.js';
import * as parts from '../fields/request-parts.js';
import type { Slot } from '../profile.js';
import type { SignedWire } from '../signed-wire.js';

/** null when the request has nothing there. Of a token's and a payload's members it is the JSON of their value. */
export function readSlot(wire: SignedWire, slot: Slot): string | null {
  switch (slot.place) {
    case 'header':
      return wire.headers[slot.name] ?? null;
    case 'query':
      return parts.parameterValues(parts.queryOf(wire.path), slot.name)[0] ?? null;
    case 'form':
      return parts.parameterValues(wire.body ?? '', slot.name)[0] ?? null;
    case 'parameter':
      return placeOf(wire, slot.name)?.text ?? null;
    case 'header-part': {
      const found = partOf(slot.name).exec(wire.headers[slot.header] ?? '');
      return found === null ? null : bare(found[2] as string);
    }
    case 'payload':
      return memberOf(payloadOf(wire, slot.header), slot.name);
    case 'token': {
      const [, claims, signature] = tokenOf(wire, slot.header);
      return slot.name === 'signature' ? signature : memberOf(decoded(claims), slot.name);
    }
  }
}

/** The request with another text in the slot. What was not there is added where the profile would have it. */
export function writeSlot(wire: SignedWire, slot: Slot, text: string): SignedWire {
  switch (slot.place) {
    case 'header':
      return withHeader(wire, slot.name, text);
    case 'query':
      return { ...wire, path: withQuery(wire.path, slot.name, text) };
    case 'form':
      return { ...wire, body: withParameter(wire.body ?? '', slot.name, text) };
    case 'parameter': {
      const place = placeOf(wire, slot.name);
      if (place === null) return { ...wire, path: withQuery(wire.path, slot.name, text) };
      return place.put(text);
    }
    case 'header-part': {
      const header = wire.headers[slot.header] ?? '';
      const put = (_all: string, before: string, value: string): string =>
        `${before}${slot.name}=${clothed(value, text)}`;
      const changed = header.replace(partOf(slot.name), put);
      if (partOf(slot.name).test(header)) return withHeader(wire, slot.header, changed);
      return withHeader(wire, slot.header, header.replace(';nonce=', `;${slot.name}=${text};nonce=`));
    }
    case 'payload': {
      const json = withMember(payloadOf(wire, slot.header), slot.name, text);
      return withHeader(wire, slot.header, Buffer.from(json, 'utf8').toString('base64'));
    }
    case 'token': {
      const [head, claims, signature] = tokenOf(wire, slot.header);
      if (slot.name === 'signature') return withHeader(wire, slot.header, `${head}.${claims}.${text}`);
      const json = withMember(decoded(claims), slot.name, text);
      return withHeader(wire, slot.header, `${head}.${Buffer.from(json, 'utf8').toString('base64url')}.${signature}`);
    }
  }
}

/** The JSON that a header carries in base64. */
export function payloadOf(wire: SignedWire, header: string): string {
  return Buffer.from(wire.headers[header] ?? '', 'base64').toString('utf8');
}

/** Scheme and header, claims and signature of a token. */
function tokenOf(wire: SignedWire, header: string): readonly [head: string, claims: string, signature: string] {
  const [head = '', claims = '', signature = ''] = (wire.headers[header] ?? '').split('.');
  return [head, claims, signature];
}

function withHeader(wire: SignedWire, name: string, text: string): SignedWire {
  return { ...wire, headers: { ...wire.headers, [name]: text } };
}

function decoded(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('utf8');
}

/** A part of a header by its name: what stands before it, and its value with quotes or colons. */
function partOf(name: string): RegExp {
  return new RegExp(`(^|[\\s,;])${name}=(:[^:]*:|"[^"]*"|[^,;\\s]*)`);
}

function bare(value: string): string {
  return /^[":]/.test(value) ? value.slice(1, -1) : value;
}

function clothed(value: string, text: string): string {
  const [first = ''] = /^[":]/.exec(value) ?? [];
  return first + text + first;
}

function memberOf(json: string, name: string): string | null {
  return jsonMembers(json)?.find((member) => member.name === name)?.value ?? null;
}

function withMember(json: string, name: string, text: string): string {
  const member = jsonMembers(json)?.find((one) => one.name === name);
  if (member === undefined) return json;
  return json.slice(0, member.end - member.value.length) + text + json.slice(member.end);
}

interface Place {
  readonly text: string;
  readonly put: (text: string) => SignedWire;
}

/** A member of the JSON body, else a parameter of the form, else of the query. */
function placeOf(wire: SignedWire, name: string): Place | null {
  const body = wire.body ?? '';
  const member = memberOf(body, name);
  if (member !== null) {
    const quote = member.startsWith('"') ? '"' : '';
    const put = (text: string): SignedWire => ({ ...wire, body: withMember(body, name, quote + text + quote) });
    return { text: bare(member), put };
  }
  const [inForm] = parts.parameterValues(body, name);
  if (inForm !== undefined) {
    return { text: inForm, put: (text) => ({ ...wire, body: withParameter(body, name, text) }) };
  }
  const [inQuery] = parts.parameterValues(parts.queryOf(wire.path), name);
  if (inQuery === undefined) return null;
  return { text: inQuery, put: (text) => ({ ...wire, path: withQuery(wire.path, name, text) }) };
}

function withQuery(path: string, name: string, text: string): string {
  return `${parts.barePath(path)}?${withParameter(parts.queryOf(path), name, text)}`;
}

/** One that is not there goes to the front, so that a signature that must be last stays last. */
function withParameter(pairs: string, name: string, text: string): string {
  const list = pairs === '' ? [] : pairs.split('&');
  const index = list.findIndex((pair) => pair === name || pair.startsWith(`${name}=`));
  const pair = `${name}=${text}`;
  return (index < 0 ? [pair, ...list] : list.with(index, pair)).join('&');
}
