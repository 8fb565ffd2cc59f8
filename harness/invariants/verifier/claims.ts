/** A verifier's contract with everything filled in that it left out; contradictions are refused, all at once. */
import { type Fault, FloodproofError } from '../../errors.js';
import { textToSign } from '../../signing/hmac-lines.js';
import { signedFields, type UnsignedRequest, type VerifierContract } from './contract.js';

export type Claims = Required<VerifierContract>;

const TEN_YEARS_US = 10 * 366 * 86_400 * 1_000_000;
const SECOND_US = 1_000_000;
const COUNT_MAX = 10_000_000;

/** The text of the profile hmac-lines; its timestamps and windows are whole milliseconds. */
export function textOfLines(request: UnsignedRequest): string {
  const { keyId, nonce, method, path, query, body } = request;
  return textToSign({
    timestampMs: request.timestampUs / 1000,
    nonce,
    keyId,
    windowMs: request.windowUs / 1000,
    method,
    path: query === '' ? path : `${path}?${query}`,
    body,
  });
}

/** @throws {FloodproofError} FP_CONTRACT_INVALID with every fault of the contract. */
export function completeClaims(contract: VerifierContract): Claims {
  const hash = contract.hash ?? 'sha256';
  const asksWindow = contract.asksWindow ?? true;
  const claims: Claims = {
    encoding: 'hex',
    spelling: 'one',
    text: textOfLines,
    algorithm: `hmac-${hash}`,
    staleFrom: 'after',
    futureFrom: 'at',
    grainUs: 1,
    timestampGrainUs: 1000,
    replay: 'refuse',
    replayCapacity: null,
    replayPerKey: null,
    accounts: true,
    scopes: true,
    clockBack: 'no-windfall',
    ...contract,
    hash,
    asksWindow,
    signed: contract.signed ?? signedFields.filter((field) => asksWindow || field !== 'windowUs'),
  };
  const faults = [...choiceFaults(claims), ...numberFaults(claims), ...contradictions(claims)];
  if (faults.length === 0) return claims;
  throw new FloodproofError('FP_CONTRACT_INVALID', `the verifier's contract has ${faults.length} faults`, { faults });
}

function faultOf(code: string, message: string, hint: string): Fault {
  return { code, file: '', line: 0, column: 0, message, hint };
}

const choices = {
  hash: ['sha256', 'sha384', 'sha512'],
  encoding: ['hex', 'hex-lower', 'base64'],
  spelling: ['one', 'any'],
  staleFrom: ['after', 'at'],
  futureFrom: ['after', 'at'],
  replay: ['refuse', 'allow'],
  clockBack: ['no-windfall', 'undefined'],
  asksWindow: [true, false],
  accounts: [true, false],
  scopes: [true, false],
} as const;

function choiceFaults(claims: Claims): Fault[] {
  const faults: Fault[] = [];
  for (const [field, allowed] of Object.entries(choices)) {
    const value = claims[field as keyof typeof choices];
    if ((allowed as readonly unknown[]).includes(value)) continue;
    const message = `${field} must be one of ${allowed.join(', ')}, got ${String(value)}`;
    faults.push(faultOf('FP_CHOICE_UNKNOWN', message, 'choose one of these'));
  }
  if (typeof claims.text !== 'function') {
    faults.push(faultOf('FP_CHOICE_UNKNOWN', 'text must be a function of the request', 'leave it out for hmac-lines'));
  }
  for (const field of claims.signed) {
    if (signedFields.includes(field)) continue;
    const message = `signed names ${String(field)}, which is no field of a request`;
    faults.push(faultOf('FP_CHOICE_UNKNOWN', message, `choose of ${signedFields.join(', ')}`));
  }
  return faults;
}

function numberFaults(claims: Claims): Fault[] {
  const ranges: readonly (readonly [field: string, value: number | null, min: number, max: number])[] = [
    ['windowUsMax', claims.windowUsMax, 1, TEN_YEARS_US],
    ['futureUs', claims.futureUs, 0, TEN_YEARS_US],
    ['grainUs', claims.grainUs, 1, SECOND_US],
    ['timestampGrainUs', claims.timestampGrainUs, 1, SECOND_US],
    ['replayCapacity', claims.replayCapacity, 1, COUNT_MAX],
    ['replayPerKey', claims.replayPerKey, 1, COUNT_MAX],
  ];
  return ranges
    .filter(([, value, min, max]) => value !== null && !(Number.isInteger(value) && value >= min && value <= max))
    .map(([field, value, min, max]) => {
      const wanted = `a whole number from ${min} to ${max}`;
      return faultOf('FP_NUMBER_RANGE', `${field} must be ${wanted}, got ${String(value)}`, `write ${wanted}`);
    });
}

function contradictions(claims: Claims): Fault[] {
  const faults: Fault[] = [];
  const add = (message: string, hint: string): void => void faults.push(faultOf('FP_CONTRADICTION', message, hint));
  const { windowUsMax, timestampGrainUs, grainUs, replay, replayCapacity, replayPerKey } = claims;
  if (windowUsMax < 2 * Math.max(timestampGrainUs, grainUs)) {
    add(
      `windowUsMax of ${windowUsMax} is below two grains of ${Math.max(timestampGrainUs, grainUs)}: no timestamp is surely fresh`,
      'widen the window, or write finer grains',
    );
  }
  if (claims.text === textOfLines && timestampGrainUs % 1000 !== 0) {
    add('the profile hmac-lines writes whole milliseconds', 'make timestampGrainUs a multiple of 1000, or give a text');
  }
  if (replay === 'allow' && (replayCapacity !== null || replayPerKey !== null)) {
    add('replays are allowed, and yet signatures are remembered', 'leave replayCapacity and replayPerKey out');
  }
  if (replayCapacity !== null && replayPerKey !== null && replayPerKey > replayCapacity) {
    add(`replayPerKey of ${replayPerKey} is above replayCapacity of ${replayCapacity}`, 'lower replayPerKey');
  }
  if (!claims.signed.includes('timestampUs')) {
    add('the timestamp is not signed, so that nothing is ever stale', 'sign timestampUs');
  }
  if (claims.asksWindow !== claims.signed.includes('windowUs')) {
    add('a request asks for a window exactly when the window is signed', 'make asksWindow and signed agree');
  }
  return faults;
}
