/** The gate of the groups that decide whole requests, the signed requests, and how their time runs. */
import type { Gate, GateSpec } from '../../core/spec.js';
import type { Engine } from '../../native/engine.js';
import type { Steps } from './rounds.js';
import { secretsOf, signAll } from './signed-items.js';
import type { Secrets, SignedItem } from './verifier-rivals.js';

export const wholePaths = [
  { path: 'admit', variant: '', isAdmitted: true, capacity: 2 ** 30, refillPeriodUs: 1_000_000 },
  // One cell, which comes back in a day.
  { path: 'deny', variant: 'throttled', isAdmitted: false, capacity: 1, refillPeriodUs: 86_400_000_000 },
  { path: 'deny', variant: 'forged', isAdmitted: false, capacity: 2 ** 30, refillPeriodUs: 1_000_000 },
] as const;
export type WholePath = (typeof wholePaths)[number];

/** For which a request is fresh, and its signature remembered. */
export const WINDOW_US = 5_000_000;
/** After these windows a signature is forgotten by everybody, whichever way it is remembered. */
const WINDOWS_FORGOTTEN = 2.5;

/**
 * Signed requests, and the time at which they come. A request that came again within the window would be a replay: so
 * time is an argument, and by the time that all have come and the first comes again, its signature is forgotten. The
 * timestamp is an argument too, and is not in the message, which could not be signed beforehand otherwise. Signatures
 * expire all the while, as those of steady traffic do.
 */
export interface WholeRequests {
  readonly secrets: Secrets;
  /** A power of two of them, at least one for each key. */
  readonly items: readonly SignedItem[];
  /** Of the races; before it, rivals are seen to agree. */
  readonly steps: Steps;
}

export function wholeRequests(keys: number, originUs: number): WholeRequests {
  const secrets = secretsOf(keys);
  const count = 2 ** Math.ceil(Math.log2(keys));
  const items = signAll(count, secrets, originUs);
  const stepUs = Math.ceil((WINDOWS_FORGOTTEN * WINDOW_US) / count);
  return { secrets, items, steps: { fromUs: originUs + 20 * WINDOW_US, stepUs } };
}

export function wholeSpec(
  { capacity, refillPeriodUs }: WholePath,
  { secrets, items }: WholeRequests,
  originUs: number,
): GateSpec {
  return {
    classes: ['order'],
    limits: [
      {
        name: 'orders',
        by: ['key'],
        ipPrefix: null,
        numbers: { family: 'token-bucket', capacity, refillCells: 1, refillPeriodUs },
        costs: [1],
        ageCosts: [[]],
        isShadow: false,
        ban: null,
        maxKeys: secrets.size,
      },
    ],
    auth: {
      signed: [true],
      windowUsMax: WINDOW_US,
      futureUs: 1_000_000,
      hash: 'sha256',
      encoding: 'hex',
      replayCapacity: items.length,
      replayPerKey: items.length,
    },
    originUs,
  };
}

export function openGate(engine: Engine, spec: GateSpec, secrets: Secrets): Gate {
  const gate = engine.createGate(spec);
  for (const [keyId, secret] of secrets) gate.addKey(keyId, secret, '');
  return gate;
}
