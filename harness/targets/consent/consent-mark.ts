/**
 * The header by which the owner of a server can tell a run that he agreed to: which tool, which run, when it began, which
 * consent it goes by, and an operator's signature over all that. Made anew for each run; every request of the run carries
 * the same, honest or not, so that nothing can be told by it but that it belongs to the run.
 */
import { createHash } from 'node:crypto';
import { readConsent } from './consent-document.js';
import { isOperatorId, isSignedBy, type OperatorKey } from './consent-key.js';

export const MARK_HEADER = 'floodproof-run';

/** The digest that a mark names: SHA-256 of the consent's bytes, lower-case hex. */
export function consentDigest(consent: string): string {
  return createHash('sha256').update(consent, 'utf8').digest('hex');
}

export interface MarkedRun {
  /** `floodproof/0.1.0`. */
  readonly tool: string;
  /** 32 hex digits, random. */
  readonly run: string;
  /** Whole seconds since 1970. */
  readonly atSeconds: number;
  /** See `consentDigest`. */
  readonly consent: string;
}

interface Place {
  /** As the consent has them. */
  readonly host: string;
  readonly port: number;
}

function signedText({ tool, run, atSeconds, consent }: MarkedRun, { host, port }: Place): string {
  return ['floodproof-run/1', host, port, tool, run, atSeconds, consent].join('\n');
}

/** @returns the value of the header. */
export function makeMark(marked: MarkedRun, place: Place, key: OperatorKey): string {
  const { tool, run, atSeconds, consent } = marked;
  const signature = key.sign(signedText(marked, place));
  return `tool=${tool};run=${run};at=${atSeconds};consent=${consent};key=${key.id};sig=${signature}`;
}

const form =
  /^tool=(floodproof\/[\w.+-]{1,40});run=([0-9a-f]{32});at=([1-9][0-9]{0,11});consent=([0-9a-f]{64});key=(ed25519:[\w-]{43});sig=([\w-]{86})$/;

/**
 * Reads the header on the side of the server. It proves who runs, where, since when and by which consent; not that a
 * request was sent by him: whoever sees the header can send it too, until the server takes no more of that run.
 *
 * @param place - what the server knows of itself.
 * @param consents - texts of the consents that the server gives; operators are those that they name.
 * @returns null when it is no such header, is signed by nobody whom the consent names, or names another consent.
 */
export function verifyRunMark(value: string, place: Place, consents: readonly string[]): MarkedRun | null {
  const match = form.exec(value);
  if (match === null) return null;
  const [, tool = '', run = '', at = '', consent = '', key = '', signature = ''] = match;
  const text = consents.find((one) => consentDigest(one) === consent);
  if (text === undefined || !isOperatorId(key)) return null;
  if (readConsent(text).consent?.operators.includes(key) !== true) return null;
  const marked = { tool, run, atSeconds: Number(at), consent };
  return isSignedBy(key, signedText(marked, place), signature) ? marked : null;
}
