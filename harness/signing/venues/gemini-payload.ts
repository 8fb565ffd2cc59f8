/**
 * Gemini's payload: the JSON object that carries path, nonce and what else would be a request's body. A body that is an
 * object with members of its own stands member by member behind the nonce; any other JSON (an array, an empty object, one
 * with a member named like one of the payload's) stands under the member `body`, which no endpoint of the venue has.
 */
import { type JsonMember, jsonMembers, withFirstMember, withoutMember } from '../fields/json-members.js';
import { nonceField } from '../fields/received-fields.js';
import type { Unsigned } from '../profile.js';

const ownNames = ['request', 'nonce', 'body'] as const;

/** @throws {RangeError} for a body that is no JSON. */
export function payloadText(request: Pick<Unsigned, 'path' | 'body' | 'contentType'>, nonce: string): string {
  const { path, body } = request;
  const head = `"request":${JSON.stringify(path)},"nonce":"${nonce}"`;
  if (body === '') return `{${head}}`;
  if (canStandInline(request)) return withFirstMember(body, head);
  if (!isJson(body)) throw new RangeError("Gemini's payload can't carry a body that is no JSON");
  return `{${head},"body":${body}}`;
}

export interface Payload {
  /** What it says that the path is, with query. */
  readonly request: string;
  readonly nonce: bigint;
  /** '' = none. */
  readonly body: string;
}

/** Null for a text that is no payload: its own members must be there once. */
export function readPayload(text: string): Payload | null {
  const members = jsonMembers(text);
  if (members === null || ownNames.some((name) => named(members, name).length > 1)) return null;
  const [request] = named(members, 'request');
  const [nonceMember] = named(members, 'nonce');
  const [body] = named(members, 'body');
  if (request === undefined || nonceMember === undefined || !request.value.startsWith('"')) return null;
  // The venue takes a number as well as a text.
  const nonce = nonceField(nonceMember.value.replace(/^"(.*)"$/, '$1'));
  if (nonce === null || (body !== undefined && members.length > 3)) return null;
  const carried = body === undefined ? restOf(text, members) : body.value;
  return { request: JSON.parse(request.value) as string, nonce, body: carried };
}

/** The object without the payload's own members, '' when nothing else is in it. */
function restOf(text: string, members: readonly JsonMember[]): string {
  if (members.length === 2) return '';
  let rest = text;
  let kept = members;
  for (const name of ['request', 'nonce']) {
    const index = kept.findIndex((member) => member.name === name);
    const shorter = withoutMember(rest, kept, index);
    // To find them in the text anew would take longer than all else that is read.
    const moved = rest.length - shorter.length;
    kept = kept.flatMap((member, at) => {
      if (at === index) return [];
      return [at < index ? member : { ...member, start: member.start - moved, end: member.end - moved }];
    });
    rest = shorter;
  }
  return rest;
}

function named(members: readonly JsonMember[], name: string): JsonMember[] {
  return members.filter((member) => member.name === name);
}

/**
 * One that is said to be JSON is believed when it begins and ends like an object, since to parse each would take as long
 * as to sign it; one that may have one of the names already is looked at closely.
 */
function canStandInline({ body, contentType }: Pick<Unsigned, 'body' | 'contentType'>): boolean {
  if (!body.startsWith('{') || !body.endsWith('}')) return false;
  const mayHaveOwn = body.includes('\\u') || ownNames.some((name) => body.includes(name));
  if (contentType === 'application/json' && !mayHaveOwn) return !/^\{[ \t\n\r]*\}$/.test(body);
  const members = jsonMembers(body);
  if (members === null || members.length === 0) return false;
  return ownNames.every((name) => named(members, name).length === 0);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
