/** `floodproof consent`: the owner of a server says what may be sent to it, and an operator looks at what he said. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { makeFolder } from '../engine/record/make-folder.js';
import type { TlsFiles } from '../engine/record/run-folder.js';
import { FloodproofError } from '../errors.js';
import { parseDuration } from '../scenario/durations.js';
import { proposal } from '../scenario/nearest.js';
import { parseArrivalRate } from '../scenario/rates.js';
import { inspectConsent } from '../targets/consent/consent.js';
import { DAYS_AHEAD_MAX, demandOf } from '../targets/consent/consent-demand.js';
import {
  CONSENT_VERSION,
  type Consent,
  DURATION_SECONDS_MAX,
  instantText,
  RATE_MAX,
} from '../targets/consent/consent-document.js';
import { CONSENT_PATH, CONSENT_RECORD } from '../targets/consent/consent-fetch.js';
import {
  isOperatorId,
  KEY_FILE_VARIABLE,
  KEY_VARIABLE,
  makeOperatorKey,
  readOperatorKey,
} from '../targets/consent/consent-key.js';
import { consentNames } from '../targets/consent/consent-kinds.js';
import { pinTarget } from '../targets/pinned.js';
import { scenariosWithin } from './catalogue.js';
import type { Console } from './console.js';
import { loadScenarios } from './load.js';
import { quote } from './own-command.js';
import { assertTlsUsage, noTlsFiles, readPems } from './tls-files.js';
import { visibleLines } from './visible.js';

/** As they are written; null = left out. */
export interface ConsentFlags {
  readonly host: string | null;
  readonly port: string | null;
  readonly rate: string | null;
  readonly for: string | null;
  readonly kinds: string | null;
  readonly days: string | null;
  readonly checkEvery: string | null;
  readonly operator: string | null;
  readonly out: string | null;
}

const MS_PER_DAY = 86_400_000;
const DAYS_PRESET = '30';
const US_PER_SECOND = 1_000_000;

/** What follows the action on the command line. */
export interface ConsentOptions {
  /** Of `new`. */
  readonly flags: ConsentFlags;
  /** Of `check`. */
  readonly tls: TlsFiles | null;
}

/** @throws {FloodproofError} FP_USAGE, FP_DISK; of `check` FP_CONSENT_REFUSED with all that is missing. */
export async function consentCommand(
  action: string,
  rest: readonly string[],
  { flags, tls }: ConsentOptions,
  console: Console,
): Promise<void> {
  if (action === 'new') {
    if (rest.length > 0) throw usage(`consent new takes options alone, got ${rest.join(' ')}`);
    if (tls !== null) throw usage('--ca, --cert and --key are for "check"');
    console.result(newConsent(flags));
    return;
  }
  if (action !== 'check') throw usage(`consent must be followed by "new" or "check", got ${action}`);
  const [url, ...paths] = rest;
  if (url === undefined) throw usage('consent check needs the URL of the target');
  const given = Object.entries(flags).find(([, value]) => value !== null);
  if (given !== undefined) throw usage(`--${optionOf(given[0])} is for "new"`);
  assertTlsUsage(tls, url);
  await checkConsent(url, { paths, tls }, console);
}

function usage(message: string): FloodproofError {
  return new FloodproofError('FP_USAGE', message, { hint: 'see "floodproof consent --help"' });
}

/** @returns what is printed. */
function newConsent(flags: ConsentFlags): string {
  const wanted = wantedConsent(flags);
  const made = flags.operator === null ? makeOperatorKey() : null;
  const { floodproof, host, port, ...rest } = wanted;
  const operators = [made?.id ?? flags.operator];
  const text = `${JSON.stringify({ floodproof, host, port, operators, ...rest }, null, 2)}\n`;
  const folder = flags.out ?? '.';
  makeFolder(folder, folder, 'choose another folder with --out');
  const file = join(folder, 'floodproof-consent');
  const keyFile = `${file}.key`;
  if (made !== null) write(keyFile, `${made.secret}\n`, 0o600);
  try {
    write(file, text, 0o644);
  } catch (error) {
    if (made !== null) rmSync(keyFile, { force: true });
    throw error;
  }
  const lines = [
    `written: ${file}`,
    `  the owner serves it as ${CONSENT_PATH} on ${host}, port ${port}:`,
    '  status 200, these very bytes, no redirect. Who cannot serve a file puts its whole',
    `  text into one TXT record of ${CONSENT_RECORD}.${host}. To end it, take it away.`,
  ];
  if (made !== null) {
    lines.push(
      `written: ${keyFile}`,
      `  the secret of whoever runs the load: ${KEY_FILE_VARIABLE}=${quote(keyFile)},`,
      `  or its text in ${KEY_VARIABLE} (a secret of the CI). It is not for the owner's server.`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Every option that is missing or wrong is told at once. */
function wantedConsent(flags: ConsentFlags): Omit<Written, 'operators'> {
  const faults: string[] = [];
  const read = <T>(option: string, text: string | null, parse: (text: string) => T | string): T | null => {
    const value = text === null ? 'is missing' : parse(text);
    if (typeof value !== 'string') return value;
    faults.push(`--${option} ${value}`);
    return null;
  };
  const whole = (max: number) => (text: string) =>
    /^[1-9]\d{0,6}$/.test(text) && Number(text) <= max ? Number(text) : `must be a whole number from 1 to ${max}`;
  const host = read('host', flags.host, hostOf);
  const port = read('port', flags.port, whole(65_535));
  const ratePerSecond = read('rate', flags.rate, rateOf);
  const durationSeconds = read('for', flags.for, (text) => secondsOf(text, DURATION_SECONDS_MAX, '10min'));
  const kinds = read('kinds', flags.kinds, kindsOf);
  const days = read('days', flags.days ?? DAYS_PRESET, whole(DAYS_AHEAD_MAX));
  const checkEverySeconds = read('check-every', flags.checkEvery ?? '60s', (text) => secondsOf(text, 60, '60s'));
  if (flags.operator !== null && !isOperatorId(flags.operator)) {
    faults.push('--operator must be "ed25519:" and 43 characters of base64url');
  }
  if (
    faults.length > 0 ||
    host === null ||
    port === null ||
    ratePerSecond === null ||
    durationSeconds === null ||
    kinds === null ||
    days === null ||
    checkEverySeconds === null
  ) {
    throw usage(faults.join('\n  '));
  }
  const expiresMs = Math.floor((Date.now() + days * MS_PER_DAY) / 1000) * 1000;
  return {
    floodproof: CONSENT_VERSION,
    host: host.name,
    port,
    expires: instantText(expiresMs),
    ratePerSecond,
    durationSeconds,
    kinds,
    checkEverySeconds,
  };
}

function kindsOf(text: string): readonly string[] | string {
  if (text === 'none') return [];
  const kinds = text.split(',').map((one) => one.trim());
  const unknown = kinds.find((one) => !consentNames.includes(one));
  if (unknown !== undefined) return `has no kind "${unknown}": ${proposal(unknown, consentNames)}`;
  return new Set(kinds).size === kinds.length ? kinds : 'names a kind twice';
}

/** The document in the order in which it is written. */
interface Written extends Omit<Consent, 'expiresAtMs'> {
  readonly floodproof: string;
  readonly expires: string;
}

/** As a URL has it. An object, since a text is a complaint. */
function hostOf(text: string): { readonly name: string } | string {
  const complaint = 'must be a host name or an address alone, without scheme, port or path';
  try {
    const url = new URL(`http://${text}`);
    const isAlone =
      url.port === '' && url.pathname === '/' && url.username === '' && url.search === '' && url.hash === '';
    return isAlone && !/[/?#@\\\s]|:\d*$/.test(text.replace(/^\[.*\]$/, '')) ? { name: url.hostname } : complaint;
  } catch {
    return complaint;
  }
}

function rateOf(text: string): number | string {
  const parsed = parseArrivalRate(text);
  if (!parsed.ok) return `${parsed.complaint.message}, for example 200/s`;
  return Number.isInteger(parsed.value) && parsed.value <= RATE_MAX
    ? parsed.value
    : `must be a whole number of requests a second, at most ${RATE_MAX}/s, got ${text}`;
}

function secondsOf(text: string, max: number, example: string): number | string {
  const parsed = parseDuration(text, { minUs: US_PER_SECOND, maxUs: max * US_PER_SECOND });
  if (!parsed.ok) return `${parsed.complaint.message}, for example ${example}`;
  const seconds = parsed.value / US_PER_SECOND;
  return Number.isInteger(seconds) ? seconds : `must be whole seconds, got ${text}`;
}

function write(path: string, text: string, mode: number): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw usage(`${path} is there already: choose another folder with --out`);
    throw new FloodproofError('FP_DISK', `cannot write ${path}: ${message}`, { cause });
  }
}

/** As it is written: `checkEvery` is --check-every. */
function optionOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

async function checkConsent(
  url: string,
  { paths, tls }: { readonly paths: readonly string[]; readonly tls: TlsFiles | null },
  console: Console,
): Promise<void> {
  const pinned = await pinTarget(url, { option: '', names: [] });
  if (pinned.isLoopback) {
    console.result(`${url} is on loopback: nobody has to agree\n`);
    return;
  }
  const plans = paths.length === 0 ? [] : loadScenarios(scenariosWithin(paths), { capacityPerSecond: null }).plans;
  const operator = readOperatorKey(process.env);
  const { source, text, consent, faults } = await inspectConsent(pinned, {
    operator,
    demands: plans.map(demandOf),
    tls: pinned.scheme === 'https' ? readPems(tls ?? noTlsFiles) : null,
  });
  if (consent !== null) console.result(`found at ${source}\n${visibleLines(text.trimEnd())}\n`);
  const code = 'FP_CONSENT_KEYLESS';
  const hint = `set ${KEY_VARIABLE} or ${KEY_FILE_VARIABLE}`;
  const message = 'there is no key of an operator here, so no run could prove that it is the one agreed to';
  const keyless = operator === null ? [{ code, file: source, line: 0, column: 0, message, hint }] : [];
  const missing = [...faults, ...keyless];
  if (missing.length > 0) {
    throw new FloodproofError('FP_CONSENT_REFUSED', `a run against ${url} would be refused`, { faults: missing });
  }
  const what = plans.length === 0 ? 'runs within it' : plans.map(({ name }) => name).join(', ');
  console.result(`it covers ${what}, with the key that is held here\n`);
}
