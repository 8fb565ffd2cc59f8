/**
 * Which URL may be a target: the one door to every server that load is sent to. Nobody gets hurt by default: every address
 * that the host name stands for must be loopback, or the server's owner must have agreed to what is going to be sent.
 * The run uses the address that was checked, whatever the name resolves to later.
 */
import { askConsent, type ConsentQuestion, type GrantedConsent } from './consent/consent.js';
import { notLoopback, ofRun, originOf, pinTarget, type TargetWords } from './pinned.js';

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

/**
 * @param question - what is going to be sent, and who sends it: asked of the owner of a target that is not loopback. Left
 * out = loopback alone.
 * @throws {FloodproofError} FP_USAGE for something that is no http or https URL, FP_TARGET_UNREACHABLE for a name without
 * addresses, FP_TARGET_FORBIDDEN for what is not loopback when nobody can ask,
 * and what `askConsent` throws.
 */
export async function checkTarget(
  text: string,
  question?: ConsentQuestion,
  words: TargetWords = ofRun,
): Promise<CheckedTarget> {
  const pinned = await pinTarget(text, words);
  const { scheme, name, isAddress, address, host, basePath } = pinned;
  if (!pinned.isLoopback && question === undefined) throw notLoopback(text, words, pinned);
  return {
    origin: originOf(pinned),
    host,
    basePath,
    serverName: scheme === 'https' && !isAddress ? name.replace(/\.$/, '') : null,
    sources: pinned.isLoopback && !address.includes(':') ? 'many' : 'one',
    consent:
      pinned.isLoopback || question === undefined ? null : await askConsent(text, pinned, { ...question, words }),
  };
}
