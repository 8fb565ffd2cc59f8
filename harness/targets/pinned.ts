/**
 * What a target's URL stands for: its parts, and the one address that a run is pinned to. A name is looked up once, all
 * of its addresses are looked at, and whatever it stands for later changes nothing.
 */
import dns from 'node:dns';
import ipaddr from 'ipaddr.js';
import { FloodproofError } from '../errors.js';

export interface PinnedTarget {
  readonly scheme: 'http' | 'https';
  /** The URL's host name without the brackets of IPv6: lower-case, numbers of addresses in their usual form. */
  readonly name: string;
  /** Whether `name` is an address itself. */
  readonly isAddress: boolean;
  /** What connections are made to, and nothing else: IPv4, or IPv6 without brackets. */
  readonly address: string;
  /** 1 to 65535. */
  readonly port: number;
  /** The Host header that the user's URL asks for. */
  readonly host: string;
  /** Path before every request's own, without a slash at its end. */
  readonly basePath: string;
  readonly isLoopback: boolean;
}

const LOOKUP_DEADLINE_MS = 10_000;

/** Addresses that no server answers under, or that are nobody's whom one could ask: a consent does not help. */
const nobodys: ReadonlySet<string> = new Set(['unspecified', 'broadcast', 'multicast', 'linkLocal', 'reserved']);

export function isLoopback(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === 'loopback';
}

/**
 * Looks a target's name up and decides on one of its addresses, IPv4 first.
 *
 * @throws FP_USAGE for what is no URL of a target, FP_TARGET_UNREACHABLE for a name without addresses, FP_TARGET_FORBIDDEN
 * for addresses that no consent helps with.
 */
export async function pinTarget(text: string): Promise<PinnedTarget> {
  const url = parse(text);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const isAddress = ipaddr.isValid(name);
  const found = isAddress ? [name] : await addressesOf(name, text);
  // IPv4 written as IPv6 (::ffff:127.0.0.1) is folded back.
  const addresses = found.map((one) => ipaddr.process(one));
  const near = addresses.filter((one) => isLoopback(one.toString()));
  const far = addresses.filter((one) => !isLoopback(one.toString()));
  const [foreign] = far;
  if (near.length > 0 && foreign !== undefined) {
    throw forbidden(
      `--target ${text}: ${name} is ${foreign}, which is not a loopback address, and ${near[0]}, which is`,
    );
  }
  const outside = far.find((one) => nobodys.has(one.range()));
  if (outside !== undefined) {
    throw forbidden(`--target ${text}: ${outside} is not a loopback address, nor one that a server can be asked at`);
  }
  const address = addresses.find((one) => one.kind() === 'ipv4') ?? addresses[0];
  if (address === undefined) throw unresolved(name, text);
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  return {
    scheme,
    name,
    isAddress,
    address: address.toString(),
    port: url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port),
    host: url.host,
    basePath: url.pathname.replace(/\/+$/, ''),
    isLoopback: foreign === undefined,
  };
}

/** Scheme, pinned address and port, as a URL without a path. */
export function originOf({ scheme, address, port }: Pick<PinnedTarget, 'scheme' | 'address' | 'port'>): string {
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function parse(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new FloodproofError('FP_USAGE', `--target ${text} is neither "gateway" nor "core" nor a URL`, {
      hint: 'write --target gateway, --target core, or --target http://127.0.0.1:PORT',
      cause,
    });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new FloodproofError('FP_USAGE', `--target ${text}: the scheme ${url.protocol} is not supported`, {
      hint: 'a target is an http:// or https:// URL',
    });
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new FloodproofError('FP_USAGE', '--target must not carry credentials, a query or a fragment');
  }
  if (url.port === '0') throw new FloodproofError('FP_USAGE', `--target ${text}: no server has the port 0`);
  return url;
}

async function addressesOf(name: string, text: string): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `no answer within ${LOOKUP_DEADLINE_MS} ms`;
    timer = setTimeout(() => reject(new Error(message)), LOOKUP_DEADLINE_MS);
  });
  try {
    const entries = await Promise.race([dns.promises.lookup(name, { all: true }), late]);
    return entries.map(({ address }) => address);
  } catch (cause) {
    throw unresolved(name, text, cause);
  } finally {
    clearTimeout(timer);
  }
}

function unresolved(name: string, text: string, cause?: unknown): FloodproofError {
  return new FloodproofError('FP_TARGET_UNREACHABLE', `--target ${text}: the host name ${name} can't be resolved`, {
    cause,
  });
}

/** A target that is somebody else's, and nobody here can ask him. */
export function notLoopback(text: string, { name, isAddress, address }: PinnedTarget): FloodproofError {
  const what = isAddress ? name : `${name} is ${address}, which`;
  return forbidden(
    `--target ${text}: ${what} is not a loopback address; load on somebody else's machine needs its owner's consent`,
  );
}

function forbidden(message: string): FloodproofError {
  return new FloodproofError('FP_TARGET_FORBIDDEN', message);
}
