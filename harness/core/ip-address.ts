/**
 * Which address a text stands for, in the forms of RFC 4291 section 2.2 and dotted decimal without leading zeros; no zone,
 * no brackets, no mask. The same texts as `std::net::Ipv4Addr` and `Ipv6Addr` of Rust take.
 */
import type { IpPrefix } from './spec.js';

/** Version, bits of the prefix, and 16 bytes of the address; an IPv4 address has the first four. */
export const PREFIX_BYTES = 18;
const ADDRESS_AT = 2;
const GROUPS = 8;
/** Six groups of four digits, and dotted decimal. */
const TEXT_LENGTH_MAX = 45;

/** 0 to 255, in decimal without leading zeros; -1 for anything else. */
function octetOf(text: string): number {
  if (!/^\d{1,3}$/.test(text) || (text.length > 1 && text.startsWith('0'))) return -1;
  const octet = Number(text);
  return octet <= 255 ? octet : -1;
}

/** Four numbers, or null. */
function octetsOf(text: string): readonly number[] | null {
  const octets = text.split('.').map(octetOf);
  return octets.length === 4 && !octets.includes(-1) ? octets : null;
}

/** Groups of 16 bits of a part of an IPv6 address, or null; dotted decimal is taken for the last two at the very end. */
function groupsOf(text: string, isEnd: boolean): readonly number[] | null {
  if (text === '') return [];
  const fields = text.split(':');
  const groups: number[] = [];
  for (const [index, field] of fields.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(field)) {
      groups.push(Number.parseInt(field, 16));
      continue;
    }
    const octets = isEnd && index === fields.length - 1 ? octetsOf(field) : null;
    if (octets === null) return null;
    const [a = 0, b = 0, c = 0, d = 0] = octets;
    groups.push(a * 256 + b, c * 256 + d);
  }
  return groups;
}

/** Eight groups, or null. `::` stands for one group of zeros or more. */
function ipv6Of(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [front = '', back] = halves;
  const first = groupsOf(front, back === undefined);
  if (back === undefined) return first?.length === GROUPS ? first : null;
  const last = groupsOf(back, true);
  if (first === null || last === null || first.length + last.length >= GROUPS) return null;
  return [...first, ...new Array<number>(GROUPS - first.length - last.length).fill(0), ...last];
}

/**
 * Writes what all addresses of the text's prefix have in common.
 *
 * @param into - of `PREFIX_BYTES`.
 * @returns false when the text is no address; `into` is of no use then.
 */
export function writePrefix(text: string, prefix: IpPrefix, into: Uint8Array): boolean {
  if (text.length > TEXT_LENGTH_MAX) return false;
  into.fill(0);
  let octets = octetsOf(text);
  if (octets === null) {
    const groups = ipv6Of(text);
    if (groups === null) return false;
    const bytes = groups.flatMap((group) => [group >> 8, group & 0xff]);
    const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
    octets = isMapped ? bytes.slice(12) : bytes;
  }
  const isV4 = octets.length === 4;
  const bits = isV4 ? prefix.v4 : prefix.v6;
  into[0] = isV4 ? 4 : 6;
  into[1] = bits;
  for (const [index, octet] of octets.entries()) {
    const kept = Math.min(8, Math.max(0, bits - 8 * index));
    into[ADDRESS_AT + index] = octet & (0xff << (8 - kept));
  }
  return true;
}
