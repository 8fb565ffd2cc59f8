/**
 * What a target's URL stands for: its parts, and the one address that a run is pinned to. A name is looked up once, all
 * of its addresses are looked at, and whatever it stands for later changes nothing.
 */
import dns from 'node:dns';
import ipaddr from 'ipaddr.js';
import { FloodproofError } from '../errors.js';
import { KEY_FILE_VARIABLE, KEY_VARIABLE } from './consent/consent-key.js';

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

/** How the command that takes a target speaks of it. */
export interface TargetWords {
  /** The option that holds it, as it is typed; '' = it stands alone. */
  readonly option: string;
  /** What may stand there instead of a URL. */
  readonly names: readonly string[];
  /** A command that never leaves this machine, whoever agrees; left out = it asks an owner. */
  readonly onlyNear?: string;
}

export const ofRun: TargetWords = { option: '--target', names: ['gateway', 'core'] };

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
export async function pinTarget(text: string, words: TargetWords = ofRun): Promise<PinnedTarget> {
  const url = parse(text, words);
  const name = nameOf(url);
  const isAddress = ipaddr.isValid(name);
  const target = told(text, words);
  const found = isAddress ? [name] : await addressesOf(name, target);
  // IPv4 written as IPv6 (::ffff:127.0.0.1) is folded back.
  const addresses = found.map((one) => ipaddr.process(one));
  const near = addresses.filter((one) => isLoopback(one.toString()));
  const far = addresses.filter((one) => !isLoopback(one.toString()));
  const [foreign] = far;
  if (near.length > 0 && foreign !== undefined) {
    throw forbidden(`${target}: ${name} is ${foreign}, which is not a loopback address, and ${near[0]}, which is`);
  }
  const outside = far.find((one) => nobodys.has(one.range()));
  if (outside !== undefined) {
    throw forbidden(`${target}: ${outside} is not a loopback address, nor one that a server can be asked at`);
  }
  const address = addresses.find((one) => one.kind() === 'ipv4') ?? addresses[0];
  if (address === undefined) throw unresolved(name, target);
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

function nameOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function told(text: string, { option }: TargetWords): string {
  return option === '' ? text : `${option} ${text}`;
}

/** Scheme, pinned address and port, as a URL without a path. */
export function originOf({ scheme, address, port }: Pick<PinnedTarget, 'scheme' | 'address' | 'port'>): string {
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function parse(text: string, words: TargetWords): URL {
  const target = told(text, words);
  // Also what would be read as a scheme: "localhost:3000".
  if (/^(?:[\w.-]+|\[[\da-fA-F:.]+\]):\d+(?:\/|$)/.test(text)) {
    throw usage(`${target} has no scheme`, `did you mean http://${text}`);
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw noUrl(text, words, cause);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw usage(`${target}: the scheme ${url.protocol} is not supported`, 'a target is an http:// or https:// URL');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    const what = words.option === '' ? 'the URL of a target' : words.option;
    throw new FloodproofError('FP_USAGE', `${what} must not carry credentials, a query or a fragment`);
  }
  if (url.port === '0') throw new FloodproofError('FP_USAGE', `${target}: no server has the port 0`);
  return url;
}

function noUrl(text: string, words: TargetWords, cause: unknown): FloodproofError {
  const { option, names } = words;
  const quoted = names.map((name) => `"${name}"`);
  const isNeither = quoted.length === 0 ? 'is no URL' : `is neither ${[...quoted, 'a URL'].join(' nor ')}`;
  const lead = option === '' ? '' : `${option} `;
  const ways = [...names, 'http://127.0.0.1:PORT'].map((way) => `${lead}${way}`);
  const last = ways.pop() ?? '';
  const hint = `write ${ways.length === 0 ? last : `${ways.join(', ')}, or ${last}`}`;
  return usage(`${told(text, words)} ${isNeither}`, hint, cause);
}

function usage(message: string, hint: string, cause?: unknown): FloodproofError {
  return new FloodproofError('FP_USAGE', message, { hint, cause });
}

async function addressesOf(name: string, target: string): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `no answer within ${LOOKUP_DEADLINE_MS} ms`;
    timer = setTimeout(() => reject(new Error(message)), LOOKUP_DEADLINE_MS);
  });
  try {
    const entries = await Promise.race([dns.promises.lookup(name, { all: true }), late]);
    return entries.map(({ address }) => address);
  } catch (cause) {
    throw unresolved(name, target, cause);
  } finally {
    clearTimeout(timer);
  }
}

function unresolved(name: string, target: string, cause?: unknown): FloodproofError {
  return new FloodproofError('FP_TARGET_UNREACHABLE', `${target}: the host name ${name} can't be resolved`, {
    cause,
  });
}

/** A target that is somebody else's, and nobody here can ask him. */
export function notLoopback(text: string, words: TargetWords, pinned: PinnedTarget): FloodproofError {
  const { onlyNear } = words;
  const where = `${pinned.isAddress ? pinned.name : `${pinned.name} is ${pinned.address}, which`} is not a loopback address`;
  const target = `${told(text, words)}:`;
  if (onlyNear !== undefined) {
    const hint = 'for a server on this machine write 127.0.0.1, [::1] or localhost';
    return forbidden(`${target} ${where}; ${onlyNear} is for loopback alone`, hint);
  }
  const hint =
    `with its consent, set ${KEY_VARIABLE} or ${KEY_FILE_VARIABLE} to the key that it names (docs/consent.md); ` +
    'for a server on this machine write 127.0.0.1, [::1] or localhost';
  return forbidden(
    `${target} ${where}; load on somebody else's machine needs its owner's consent, and no key is set here`,
    hint,
  );
}

function forbidden(message: string, hint?: string): FloodproofError {
  return new FloodproofError('FP_TARGET_FORBIDDEN', message, hint === undefined ? {} : { hint });
}
