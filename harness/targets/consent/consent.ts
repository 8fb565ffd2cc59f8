/** Asks the owner of a target: finds his consent, holds it against what is wanted, and looks whether it is still there. */
import { randomBytes } from 'node:crypto';
import { type Fault, FloodproofError } from '../../errors.js';
import { notLoopback, ofRun, originOf, type PinnedTarget, type TargetWords } from '../pinned.js';
import { type ConsentDemand, uncovered } from './consent-demand.js';
import { type Consent, type ConsentFault, readConsent } from './consent-document.js';
import {
  CONSENT_PATH,
  CONSENT_RECORD,
  type ConsentTls,
  type FoundConsent,
  findConsent,
  NoConsent,
} from './consent-fetch.js';
import type { OperatorKey } from './consent-key.js';
import { consentDigest, MARK_HEADER, makeMark } from './consent-mark.js';

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
  readonly from: FoundConsent['from'];
  readonly pinned: PinnedTarget;
}

export interface ConsentQuestion {
  /** All that is going to be played, so that every reason against it is told at once. */
  readonly demands: readonly ConsentDemand[];
  /** Read when it is needed; null = there is none. @throws {FloodproofError} FP_CONSENT_KEY */
  readonly operator: () => OperatorKey | null;
  /** Who asks: `floodproof/0.1.0`. */
  readonly tool: string;
  /** How the command speaks of its target; left out = as "run" does. */
  readonly words?: TargetWords;
  /** Read when it is needed; left out = whom the system trusts, and no certificate of one's own. */
  readonly tls?: () => ConsentTls;
}

/**
 * @param text - the target as it was given.
 * @throws {FloodproofError} FP_TARGET_FORBIDDEN without a key and FP_CONSENT_KEY for one that cannot be read, before anybody
 * is asked; FP_CONSENT_REFUSED with every reason.
 */
export async function askConsent(
  text: string,
  pinned: PinnedTarget,
  question: ConsentQuestion,
): Promise<GrantedConsent> {
  const { demands, tool } = question;
  const operator = question.operator();
  if (operator === null) throw notLoopback(text, question.words ?? ofRun, pinned);
  const found = await find(pinned, question.tls?.() ?? null);
  const nowMs = Date.now();
  const { name, port } = placeIn(pinned);
  const asking = { host: name, port, operator: operator.id, nowMs, demands };
  const { consent, faults } = judge(found.text, asking);
  if (consent === null || faults.length > 0) throw refused(pinned, found.from, faults);
  const digest = consentDigest(found.text);
  const run = randomBytes(16).toString('hex');
  const marked = { tool, run, atSeconds: Math.floor(nowMs / 1000), consent: digest };
  return {
    mark: { name: MARK_HEADER, value: makeMark(marked, { host: name, port }, operator) },
    digest,
    expiresAtMs: consent.expiresAtMs,
    checkEveryMs: consent.checkEverySeconds * 1000,
    from: found.from,
    pinned,
  };
}

/** @throws {FloodproofError} FP_CONSENT_LOST when the very same consent is not there any more, or has expired. */
export async function recheckConsent(granted: GrantedConsent, tls: ConsentTls | null): Promise<void> {
  let found: FoundConsent;
  try {
    found = await findConsent(granted.pinned, tls);
  } catch (error) {
    if (!(error instanceof NoConsent)) throw error;
    throw lost(granted, error.message);
  }
  if (consentDigest(found.text) !== granted.digest) throw lost(granted, 'it says something else now');
  if (Date.now() >= granted.expiresAtMs) throw lost(granted, 'it has expired');
}

export function lost({ pinned, from }: GrantedConsent, reason: string): FloodproofError {
  const message = `the consent of the owner of ${placeOf(pinned)} was lost during the run: ${reason}`;
  return new FloodproofError('FP_CONSENT_LOST', `${message} (${sourceOf(pinned, from)})`);
}

export interface InspectedConsent {
  /** The file or the record that holds it. */
  readonly source: string;
  readonly text: string;
  /** null = it is none. */
  readonly consent: Consent | null;
  /** Why it is none, or why it does not cover what is asked for; empty = it does. */
  readonly faults: readonly Fault[];
}

/** Looks and asks for nothing. @throws {FloodproofError} FP_CONSENT_REFUSED when nothing is there. */
export async function inspectConsent(
  pinned: PinnedTarget,
  asked: {
    readonly operator: OperatorKey | null;
    readonly demands: readonly ConsentDemand[];
    readonly tls: ConsentTls | null;
  },
): Promise<InspectedConsent> {
  const { text, from } = await find(pinned, asked.tls);
  const { name: host, port } = placeIn(pinned);
  const { operator, demands } = asked;
  const asking = { host, port, operator: operator?.id ?? null, nowMs: Date.now(), demands };
  const { consent, faults } = judge(text, asking);
  return { source: sourceOf(pinned, from), text, consent, faults: refused(pinned, from, faults).faults };
}

function judge(
  text: string,
  asking: Parameters<typeof uncovered>[1],
): { readonly consent: Consent | null; readonly faults: readonly ConsentFault[] } {
  const { consent, faults } = readConsent(text);
  return consent === null ? { consent, faults } : { consent, faults: uncovered(consent, asking) };
}

async function find(pinned: PinnedTarget, tls: ConsentTls | null): Promise<FoundConsent> {
  try {
    return await findConsent(pinned, tls);
  } catch (error) {
    if (!(error instanceof NoConsent)) throw error;
    const hint = `the owner makes it with "floodproof consent new" and serves it as ${CONSENT_PATH}`;
    throw refused(pinned, 'file', [{ code: 'FP_CONSENT_ABSENT', message: error.message, hint }]);
  }
}

function refused(pinned: PinnedTarget, from: FoundConsent['from'], faults: readonly ConsentFault[]): FloodproofError {
  const file = sourceOf(pinned, from);
  const listed: Fault[] = faults.map((one) => ({ ...one, file, line: 0, column: 0 }));
  const message = `the owner of ${placeOf(pinned)} has not agreed to this`;
  return new FloodproofError('FP_CONSENT_REFUSED', message, { faults: listed });
}

/** As the consent names it: the host of the URL, without its port. */
function placeIn({ name, port }: PinnedTarget): { readonly name: string; readonly port: number } {
  return { name: name.includes(':') ? `[${name}]` : name, port };
}

function placeOf(pinned: PinnedTarget): string {
  return `${pinned.scheme}://${pinned.host}`;
}

function sourceOf(pinned: PinnedTarget, from: FoundConsent['from']): string {
  return from === 'dns' ? `${CONSENT_RECORD}.${pinned.name}` : `${originOf(pinned)}${CONSENT_PATH}`;
}
