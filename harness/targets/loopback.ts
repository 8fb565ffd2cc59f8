/**
 * Which URL may be a target. Nobody gets hurt by default: every address that the host name stands for must be loopback,
 * and the run uses the address that was checked, whatever the name resolves to later.
 */
import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { FloodproofError } from '../errors.js';

export interface CheckedTarget {
  /** Scheme, checked address and port: what connections are made to. */
  readonly origin: string;
  /** The Host header that the user's URL asks for. */
  readonly host: string;
  /** Path before every request's own, without a slash at its end. */
  readonly basePath: string;
}

export function isLoopback(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === 'loopback';
}

/** @throws FP_USAGE for something that is not an http URL, FP_TARGET_FORBIDDEN when an address is not loopback. */
export async function checkTarget(text: string): Promise<CheckedTarget> {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new FloodproofError('FP_USAGE', `--target ${text} is neither "gateway" nor "core" nor a URL`, {
      hint: 'write --target gateway, --target core, or --target http://127.0.0.1:PORT',
      cause,
    });
  }
  if (url.protocol !== 'http:') {
    throw new FloodproofError('FP_USAGE', `--target ${text}: the scheme ${url.protocol} is not supported`, {
      hint: 'only http:// targets can be run today',
    });
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new FloodproofError('FP_USAGE', '--target must not carry credentials, a query or a fragment');
  }
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await resolve(name, text);
  const foreign = addresses.find((address) => !isLoopback(address));
  if (foreign !== undefined) {
    throw new FloodproofError(
      'FP_TARGET_FORBIDDEN',
      `--target ${text}: ${name === foreign ? name : `${name} is ${foreign}, which`} is not a loopback address; load on somebody else's machine needs its owner's consent`,
    );
  }
  // IPv4 written as IPv6 (::ffff:127.0.0.1) is folded back.
  const address = addresses.map((one) => ipaddr.process(one)).find((one) => one.kind() === 'ipv4');
  if (address === undefined) {
    throw new FloodproofError('FP_USAGE', `--target ${text}: only ${addresses.join(', ')} answers to ${name}`, {
      hint: 'use an IPv4 loopback address such as http://127.0.0.1:PORT: the source addresses of identities are IPv4',
    });
  }
  return {
    origin: `http://${address}:${url.port === '' ? '80' : url.port}`,
    host: url.host,
    basePath: url.pathname.replace(/\/+$/, ''),
  };
}

async function resolve(name: string, text: string): Promise<string[]> {
  if (ipaddr.isValid(name)) return [name];
  try {
    return (await lookup(name, { all: true })).map((entry) => entry.address);
  } catch (cause) {
    throw new FloodproofError('FP_TARGET_UNREACHABLE', `--target ${text}: the host name ${name} can't be resolved`, {
      cause,
    });
  }
}
