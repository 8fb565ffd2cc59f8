import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';
import type { ClientIpRule } from '../scenario/plan.js';

/** What of an incoming request tells where it comes from. */
export interface Arriving {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Says which address a request is charged to. '' only when the connection is already gone. */
export type ClientIp = (request: Arriving) => string;

const FORGED_LENGTH_MAX = 64;

/**
 * Compiles a policy's rule into the function that names the caller's address.
 *
 * - `socket`: the peer of the connection; an IPv4-mapped IPv6 address counts as its IPv4 address.
 * - `trusted-hop`: the nth entry of X-Forwarded-For from the right, which is the one that the nth proxy has added. When
 *   there are fewer entries or that one is no address, the request has not come through the proxies, so it is charged
 *   to the socket: leaving the header out, or filling it with rubbish, gains no fresh counter.
 * - `forwarded-leftmost`: whatever the caller wrote first, as is. Weak on purpose: it shows that the harness finds it.
 */
export function createClientIp(rule: ClientIpRule): ClientIp {
  switch (rule.from) {
    case 'socket':
      return socketIp;
    case 'trusted-hop':
      return (request) => {
        const entry = entryFromRight(forwardedFor(request), rule.hops);
        return canonicalIp(entry) ?? socketIp(request);
      };
    case 'forwarded-leftmost':
      return (request) => leftmostEntry(forwardedFor(request)) || socketIp(request);
  }
}

/** The address of the connection's peer in its canonical text form. */
function socketIp(request: Arriving): string {
  const address = request.socket.remoteAddress ?? '';
  if (!address.includes(':')) return address;
  return canonicalIp(address.split('%', 1)[0] ?? '') ?? address;
}

/** All X-Forwarded-For lines of the request in the order in which they came, joined to one list. */
function forwardedFor(request: Arriving): string {
  const value = request.headers['x-forwarded-for'];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

/** Walks from the right end, so that a caller's long list on the left costs nothing. */
function entryFromRight(list: string, hop: number): string {
  let end = list.length;
  for (let left = hop; left > 1; left--) {
    end = end > 0 ? list.lastIndexOf(',', end - 1) : -1;
    if (end < 0) return '';
  }
  const start = end > 0 ? list.lastIndexOf(',', end - 1) + 1 : 0;
  return list.slice(start, end).trim();
}

function leftmostEntry(list: string): string {
  const comma = list.indexOf(',');
  const entry = comma < 0 ? list : list.slice(0, comma);
  // A gate takes visible ASCII only; whatever else the entry holds is left out, not refused.
  return entry.replace(/[^\x21-\x7e]/g, '').slice(0, FORGED_LENGTH_MAX);
}

/** One text for one address (`::ffff:1.2.3.4` is `1.2.3.4`, `2001:DB8::0:1` is `2001:db8::1`), null for anything else. */
function canonicalIp(text: string): string | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text;
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toString();
}
