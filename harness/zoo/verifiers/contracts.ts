/** What the right verifiers claim; apart from them, so that a change in one does not change what it is held to. */
import type { VerifierContract } from '../../invariants/verifier/index.js';
import { textWithLengths } from './right/without-memory.js';

export const nonceMemoryContract: VerifierContract = {
  windowUsMax: 5_000_000,
  futureUs: 1_000_000,
  replayCapacity: 40,
};

export const signatureMemoryContract: VerifierContract = {
  hash: 'sha512',
  encoding: 'base64',
  windowUsMax: 2_000_000,
  futureUs: 0,
  staleFrom: 'at',
  futureFrom: 'after',
  replayCapacity: 20,
  replayPerKey: 10,
};

/** Its clock is read in whole milliseconds, and its timestamps are in microseconds. */
export const withoutMemoryContract: VerifierContract = {
  encoding: 'hex-lower',
  text: textWithLengths,
  windowUsMax: 30_000_000,
  futureUs: 30_000_000,
  asksWindow: false,
  grainUs: 1_000,
  timestampGrainUs: 1,
  replay: 'allow',
  scopes: false,
};
