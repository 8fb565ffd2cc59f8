/** The document by which the owner of a server agrees to be loaded: its text to data, with all that is wrong with it. */
import { isOperatorId, type OperatorId } from './consent-key.js';
import { consentNames } from './consent-kinds.js';
import { parseStrictJson } from './consent-text.js';

export interface Consent {
  /** As a URL has it: lower-case, an IDN in its ASCII form, IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
  /** 1 to 8. */
  readonly operators: readonly OperatorId[];
  readonly expiresAtMs: number;
  readonly ratePerSecond: number;
  readonly durationSeconds: number;
  /** Kinds of attack, or single behaviours, each once; empty = honest traffic alone. */
  readonly kinds: readonly string[];
  /** How often a run looks whether the consent is still there. */
  readonly checkEverySeconds: number;
}

/** A fault, or a reason why a consent does not cover a run. */
export interface ConsentFault {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export const CONSENT_VERSION = 'consent/1';
/** Of the whole document. */
export const CONSENT_BYTES_MAX = 4096;
export const RATE_MAX = 1_000_000;
export const DURATION_SECONDS_MAX = 86_400;
const OPERATORS_MAX = 8;
/** Also what holds where the document says nothing. */
const CHECK_SECONDS_MAX = 60;
const MEMBERS = [
  'floodproof',
  'host',
  'port',
  'operators',
  'expires',
  'ratePerSecond',
  'durationSeconds',
  'kinds',
  'checkEverySeconds',
];

export type ReadConsent =
  | { readonly consent: Consent; readonly faults: readonly [] }
  | { readonly consent: null; readonly faults: readonly ConsentFault[] };

function fault(message: string, hint = 'make it with "floodproof consent new"'): ConsentFault {
  return { code: 'FP_CONSENT_FORM', message, hint };
}

/** A value for an error message: whatever was sent, it is short and stays text. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** Milliseconds since 1970 of `2027-01-31T00:00:00Z`, and of nothing else. */
function instantOf(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) || instantText(ms) !== value ? null : ms;
}

/** As the document has it. @param ms - whole seconds. */
export function instantText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** @param text - at most `CONSENT_BYTES_MAX` bytes. */
export function readConsent(text: string): ReadConsent {
  let parsed: unknown;
  try {
    parsed = parseStrictJson(text);
  } catch (error) {
    return { consent: null, faults: [fault(`it is no JSON: ${(error as Error).message}`)] };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { consent: null, faults: [fault(`it must be a JSON object, got ${shown(parsed)}`)] };
  }
  const document = parsed as Readonly<Record<string, unknown>>;
  const expiresAtMs = instantOf(document.expires);
  const faults = faultsOf(document, expiresAtMs);
  if (faults.length > 0 || expiresAtMs === null) return { consent: null, faults };
  const { host, port, operators, ratePerSecond, durationSeconds, kinds } = document as unknown as Consent;
  const checkEverySeconds = (document.checkEverySeconds as number | undefined) ?? CHECK_SECONDS_MAX;
  const consent = { host, port, operators, expiresAtMs, ratePerSecond, durationSeconds, kinds, checkEverySeconds };
  return { consent, faults: [] };
}

function faultsOf(document: Readonly<Record<string, unknown>>, expiresAtMs: number | null): ConsentFault[] {
  const faults: ConsentFault[] = [];
  const demand = (isRight: boolean, name: string, wanted: string): void => {
    if (!isRight) faults.push(fault(`${name} must be ${wanted}, got ${shown(document[name])}`));
  };
  for (const name of Object.keys(document)) {
    if (!MEMBERS.includes(name)) faults.push(fault(`${shown(name)} is no member of a consent`));
  }
  const { host, port, operators, kinds } = document;
  demand(document.floodproof === CONSENT_VERSION, 'floodproof', `"${CONSENT_VERSION}"`);
  demand(typeof host === 'string' && host !== '', 'host', 'the name or address in the URL of the target');
  demand(isWhole(port, 1, 65_535), 'port', 'a whole number from 1 to 65535');
  demand(isListOf(operators, isOperatorId, OPERATORS_MAX), 'operators', 'a list of 1 to 8 different ed25519 keys');
  demand(expiresAtMs !== null, 'expires', 'an instant in UTC, for example "2027-01-31T00:00:00Z"');
  demand(isWhole(document.ratePerSecond, 1, RATE_MAX), 'ratePerSecond', `a whole number from 1 to ${RATE_MAX}`);
  const longest = `a whole number from 1 to ${DURATION_SECONDS_MAX}`;
  demand(isWhole(document.durationSeconds, 1, DURATION_SECONDS_MAX), 'durationSeconds', longest);
  const isKind = (name: string): boolean => consentNames.includes(name);
  const areKinds = (Array.isArray(kinds) && kinds.length === 0) || isListOf(kinds, isKind, consentNames.length);
  demand(areKinds, 'kinds', `a list, each once, of ${consentNames.join(', ')}`);
  const { checkEverySeconds = CHECK_SECONDS_MAX } = document;
  demand(isWhole(checkEverySeconds, 1, CHECK_SECONDS_MAX), 'checkEverySeconds', 'a whole number from 1 to 60');
  return faults;
}

/** A list of 1 to `max` different texts. */
function isListOf(value: unknown, isOne: (text: string) => boolean, max: number): boolean {
  if (!Array.isArray(value) || value.length < 1 || value.length > max) return false;
  return value.every((one) => typeof one === 'string' && isOne(one)) && new Set(value).size === value.length;
}
