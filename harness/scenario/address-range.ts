/** Ranges of addresses in files: `10.0.0.0/8`, `2001:db8::/32`. */
import ipaddr from 'ipaddr.js';
import { accepted, complained, type Parsed, show } from './faults.js';

/** What a range covers: addresses of one version that share their first `bits`. */
interface Range {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly bits: number;
}

/** Only plain forms: no octal or short IPv4, no zone, and none that writes IPv4 as IPv6. */
function readRange(text: string): Range | null {
  const slash = text.lastIndexOf('/');
  const head = slash < 0 ? text : text.slice(0, slash);
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(head);
  if (!isV4 && (!head.includes(':') || head.includes('%') || !ipaddr.IPv6.isValid(head))) return null;
  const address = isV4 ? ipaddr.IPv4.parse(head) : ipaddr.IPv6.parse(head);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) return null;
  const bitsMax = isV4 ? 32 : 128;
  if (slash < 0) return { address, bits: bitsMax };
  const tail = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(tail) || Number(tail) > bitsMax) return null;
  return { address, bits: Number(tail) };
}

/** Does the address have nothing but zeros after its first `bits`? */
function isStart({ address, bits }: Range): boolean {
  return address.toByteArray().every((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - 8 * index));
    return (byte & (0xff >> kept)) === 0;
  });
}

/** A range in its one spelling; a lone address is a range of one. */
export function parseAddressRange(input: unknown): Parsed<string> {
  const range = typeof input === 'string' && input.length <= 64 ? readRange(input) : null;
  if (range === null) return complained('FP_ADDRESS_INVALID', `must be a range of addresses, got ${show(input)}`);
  if (range.bits === 0) {
    const hint = 'name the ranges that your own proxies are in';
    return complained('FP_ADDRESS_INVALID', `must not hold every address there is, got ${show(input)}`, hint);
  }
  if (!isStart(range)) {
    const hint = `write the first address of the range, or "${range.address.toString()}/${range.address.kind() === 'ipv4' ? 32 : 128}" for this one alone`;
    return complained('FP_ADDRESS_INVALID', `must not have bits behind its prefix, got ${show(input)}`, hint);
  }
  return accepted(`${range.address.toString()}/${range.bits}`);
}
