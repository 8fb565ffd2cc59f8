/**
 * Which URL may be a target: the one door to every server that load is sent to. Nobody gets hurt by default: every address
 * that the host name stands for must be loopback, or the server's owner must have agreed to what is going to be sent.
 * The run uses the address that was checked, whatever the name resolves to later.
 */
import { FloodproofError } from '../errors.js';
import { originOf, pinTarget } from './pinned.js';

/** An owner's consent that was found to cover a run, as plain data. */
export interface GrantedConsent {
  /**
   * The one header that every request to such a target carries, the same for honest and abusive traffic: which tool, which
   * run, and the signature by which the owner can tell that it is one he agreed to.
   */
  readonly mark: { readonly name: string; readonly value: string };
  /** SHA-256 of the consent's bytes, lower-case hex: another document under the same address is another consent. */
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
  /** How often it is looked at again during a run, 1000 to 60,000. */
  readonly checkEveryMs: number;
  /** Where it was found. */
  readonly from: 'file' | 'dns';
}

export interface CheckedTarget {
  /** Scheme, checked address and port: what connections are made to. */
  readonly origin: string;
  /** The Host header that the user's URL asks for. */
  readonly host: string;
  /** Path before every request's own, without a slash at its end. */
  readonly basePath: string;
  /**
   * https: the name that the certificate must be for, and that the server is told when the connection opens (SNI). null =
   * plain http, or the URL names an address, which the certificate must be for then.
   */
  readonly serverName: string | null;
  /** Whether identities can have source addresses of their own there: on IPv4 loopback. `one`: all share the system's. */
  readonly sources: 'many' | 'one';
  /** null = loopback, where nobody is asked. */
  readonly consent: GrantedConsent | null;
}

/** @throws FP_USAGE for something that is no http or https URL, FP_TARGET_FORBIDDEN when an address is not loopback. */
export async function checkTarget(text: string): Promise<CheckedTarget> {
  const pinned = await pinTarget(text);
  const { scheme, name, isAddress, address, host, basePath } = pinned;
  if (!pinned.isLoopback) {
    throw new FloodproofError(
      'FP_TARGET_FORBIDDEN',
      `--target ${text}: ${isAddress ? name : `${name} is ${address}, which`} is not a loopback address; load on somebody else's machine needs its owner's consent`,
    );
  }
  return {
    origin: originOf(pinned),
    host,
    basePath,
    serverName: scheme === 'https' && !isAddress ? name.replace(/\.$/, '') : null,
    sources: address.includes(':') ? 'one' : 'many',
    consent: null,
  };
}
