/**
 * Ways to change the request line and the body of a request of any profile. Those of `hmac-lines` are taken over: here they see a
 * query without the signature that ends it, and a body that a header carries as if it were one.
 */

import { barePath, FORM_TYPE, queryOf } from '../fields/request-parts.js';
import type { SignedWire } from '../signed-wire.js';
import * as body from './body-tampers.js';
import * as path from './path-tampers.js';
import { payloadOf } from './slots.js';
import type { SpoilAny as Spoil, TamperSetting } from './tamper-setting.js';

type Change = (wire: SignedWire, seed: number) => SignedWire;

/** Changes the line before the parameter of the signature, which stays the last. */
function onLine(change: Change): Spoil {
  return (wire, { profile }, seed) => {
    if (profile.slots.signature?.place !== 'query') return change(wire, seed);
    const at = wire.path.lastIndexOf('&signature=');
    if (at < 0) return change(wire, seed);
    const changed = change({ ...wire, path: wire.path.slice(0, at) }, seed);
    return { ...changed, path: changed.path + wire.path.slice(at) };
  };
}

/** Changes what the business takes for the body. null where there is none. */
function onBody(change: Change): Spoil {
  return (wire, { profile }, seed) => {
    const slot = profile.slots.nonce;
    if (slot?.place !== 'payload') return wire.body === null ? null : change(wire, seed);
    const changed = change({ ...wire, body: payloadOf(wire, slot.header) }, seed).body ?? '';
    const payload = Buffer.from(changed, 'utf8').toString('base64');
    return { ...wire, headers: { ...wire.headers, [slot.header]: payload } };
  };
}

export const onBodies = {
  byte: onBody(body.otherByte),
  whitespace: onBody(body.whitespace),
  keyOrder: onBody(body.keyOrder),
  duplicateKey: onBody(body.duplicateKey),
  escape: onBody(body.jsonEscape),
  unicodeForm: onBody(body.unicodeForm),
} as const;

/** Of a request without a query there is nothing to spell otherwise. */
function onQuery(change: Change): Spoil {
  const spoil = onLine(change);
  return (wire, setting, seed) => (queryOf(wire.path) === '' ? null : spoil(wire, setting, seed));
}

export const onQueries = {
  duplicate: onQuery(path.duplicateParameter),
  order: onQuery(path.parameterOrder),
  added: onLine(path.addParameter),
  plus: onQuery(path.otherBlank),
  percentCase: onQuery(path.percentCase),
  unreserved: onQuery(path.escapeUnreserved),
  trailing: onQuery(path.trailingMark),
  ampersand: onQuery((wire) => {
    const query = queryOf(wire.path);
    const at = query.indexOf('&');
    const changed = at < 0 ? `${query}%26` : `${query.slice(0, at)}%26${query.slice(at + 1)}`;
    return { ...wire, path: `${barePath(wire.path)}?${changed}` };
  }),
} as const;

export const bareMark: Spoil = (wire) => (wire.path.includes('?') ? null : { ...wire, path: `${wire.path}?` });

export const bodyRemoved: Spoil = (wire) => (wire.body === null ? null : { ...wire, body: null });

export const bodyAdded: Spoil = (wire, _setting, seed) => {
  if (wire.body !== null && wire.body !== '') return null;
  return { ...wire, body: `{"x":${seed % 1_000}}` };
};

/** The body's first characters behind the query's last. */
export const shiftBoundary: Spoil = (wire, setting, seed) => {
  return wire.body === null || wire.body === '' ? null : onLine(path.shiftBoundary)(wire, setting, seed);
};

/** The query's last parameter as a form in the body; what stands before it stays, its `&` too. */
export const queryToBody: Spoil = (wire, setting, seed) => {
  if ((wire.body ?? '') !== '' || queryOf(wire.path) === '') return null;
  return onLine((line) => {
    const at = Math.max(line.path.indexOf('?'), line.path.lastIndexOf('&')) + 1;
    const headers = { ...line.headers, 'content-type': FORM_TYPE };
    return { ...line, path: line.path.slice(0, at), headers, body: line.path.slice(at) };
  })(wire, setting, seed);
};

export const methodChanged: Spoil = (wire) => ({ ...wire, method: wire.method === 'PUT' ? 'POST' : 'PUT' });

export const pathChanged: Spoil = (wire, _setting, seed) => {
  const bare = barePath(wire.path);
  return { ...wire, path: `${bare}${seed % 2 === 0 ? '/' : '//'}${seed.toString(36)}${wire.path.slice(bare.length)}` };
};

export const pathPrefix: Spoil = (wire) => ({ ...wire, path: `/derivatives${wire.path}` });

/** @param hostOf - what becomes of the host. */
export function otherHost(hostOf: (host: string) => string): Spoil {
  return (wire, { request }: TamperSetting) => {
    const host = hostOf(request.host);
    return host === request.host ? null : { ...wire, headers: { ...wire.headers, host } };
  };
}

export const extraHeader: Spoil = (wire, _setting, seed) => {
  return { ...wire, headers: { ...wire.headers, 'x-request-id': seed.toString(36) } };
};

export const headerCase: Spoil = (wire) => {
  const upper = Object.entries(wire.headers).map(([name, value]) => [name.toUpperCase(), value] as const);
  return { ...wire, headers: Object.fromEntries(upper) };
};
