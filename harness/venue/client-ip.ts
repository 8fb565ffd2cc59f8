import ipaddr from 'ipaddr.js';
import type { ClientIpRule } from '../scenario/plan.js';
import type { ReceivedHeaders } from '../signing/hmac-lines.js';

/** What of an incoming request tells where it comes from. */
export interface Arriving {
  readonly headers: ReceivedHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Says which address a request is charged to. '' only when the connection is already gone. */
export type ClientIp = (request: Arriving) => string;

const FORGED_LENGTH_MAX = 64;
/** What no chain of proxies writes. A longer header is not read at all, whatever stands in it. */
const FORWARDED_LENGTH_MAX = 8 * 1024;
const FORWARDED_ENTRIES_MAX = 64;

/**
 * Compiles a policy's rule into the function that names the caller's address.
 *
 * - `socket`: the peer of the connection; an IPv4-mapped IPv6 address counts as its IPv4 address.
 * - `trusted-hop`: the nth entry of X-Forwarded-For from the right, which is the one that the nth proxy has added.
 * - `trusted-proxies`: the peer when it is no proxy of ours; else the right-most entry that is none, since each proxy
 *   adds the address that it was called from, and what stands further left the caller may have written.
 * - `forwarded-leftmost`: whatever the caller wrote first, as is. Weak on purpose: it shows that the harness finds it.
 *
 * Where the header does not say it (it is not there, too short, too long, or what counts in it is no address) the
 * request is charged to the socket. Leaving the header out, or filling it with rubbish, gains no fresh counter.
 */
export function createClientIp(rule: ClientIpRule): ClientIp {
  switch (rule.from) {
    case 'socket':
      return socketIp;
    case 'trusted-hop':
      return (request) => {
        const list = forwardedFor(request);
        if (isOverlong(list)) return socketIp(request);
        return canonicalIp(withoutPort(entryFromRight(list, rule.hops))) ?? socketIp(request);
      };
    case 'trusted-proxies': {
      const isTrusted = trustIn(rule.ranges);
      return (request) => {
        const peer = socketIp(request);
        if (!isTrusted(peer)) return peer;
        const list = forwardedFor(request);
        return isOverlong(list) ? peer : (firstStranger(list, isTrusted) ?? peer);
      };
    }
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
  return typeof value === 'string' ? value : (value ?? []).join(',');
}

function isOverlong(list: string): boolean {
  if (list.length > FORWARDED_LENGTH_MAX) return true;
  let commas = 0;
  for (let at = list.indexOf(','); at >= 0; at = list.indexOf(',', at + 1)) commas++;
  return commas >= FORWARDED_ENTRIES_MAX;
}

/** @returns '' when there are fewer entries. */
function entryFromRight(list: string, hop: number): string {
  return list.split(',').at(-hop)?.trim() ?? '';
}

/**
 * From the right, over proxies of ours, to the first entry that is none.
 * @returns null when it is no address, or all are ours: then nobody from outside has called, and whoever is inside could
 *   write any of our addresses.
 */
function firstStranger(list: string, isTrusted: (ip: string) => boolean): string | null {
  for (const entry of list.split(',').reverse()) {
    const ip = canonicalIp(withoutPort(entry.trim()));
    if (ip === null || !isTrusted(ip)) return ip;
  }
  return null;
}

/** @param ranges - Each `address/bits`, as the plan has them. */
function trustIn(ranges: readonly string[]): (ip: string) => boolean {
  const parsed = ranges.map((range) => ipaddr.parseCIDR(range));
  return (ip) => {
    if (!ipaddr.isValid(ip)) return false;
    const address = ipaddr.parse(ip);
    return parsed.some(([start, bits]) => address.kind() === start.kind() && address.match(start, bits));
  };
}

/** Some proxies add the port that they were called from: `1.2.3.4:567`, `[2001:db8::1]:567`. */
function withoutPort(entry: string): string {
  const [, inBrackets, plain, port = '0'] = /^(?:\[([^\][]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  if (Number(port) > 65_535) return '';
  // In brackets stands IPv6 alone.
  if (inBrackets !== undefined) return inBrackets.includes(':') ? inBrackets : '';
  return plain ?? entry;
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
