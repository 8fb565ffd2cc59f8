/** The gate of the groups that verify and limit: one signed class, one token bucket for each key. */
import type { Gate, GateSpec } from '../../core/spec.js';
import type { Engine } from '../../native/engine.js';
import type { Secrets } from './verifier-rivals.js';

export const gatePaths = [
  { path: 'admitted', isAdmitted: true, isForged: false, capacity: 2 ** 30, refillPeriodUs: 1_000_000 },
  { path: 'throttled', isAdmitted: false, isForged: false, capacity: 1, refillPeriodUs: 3_600_000_000 },
  { path: 'forged', isAdmitted: false, isForged: true, capacity: 2 ** 30, refillPeriodUs: 1_000_000 },
] as const;
export type GatePath = (typeof gatePaths)[number];

export function fusedSpec({ capacity, refillPeriodUs }: GatePath, maxKeys: number, originUs: number): GateSpec {
  return {
    classes: ['order'],
    limits: [
      {
        name: 'orders',
        by: 'key',
        numbers: { family: 'token-bucket', capacity, refillCells: 1, refillPeriodUs },
        costs: [1],
        ban: null,
        maxKeys,
      },
    ],
    auth: {
      signed: [true],
      windowUsMax: 3_600_000_000,
      futureUs: 3_600_000_000,
      hash: 'sha256',
      encoding: 'hex',
      replayCapacity: null,
      replayPerKey: 1,
    },
    originUs,
  };
}

export function openGate(engine: Engine, spec: GateSpec, secrets: Secrets): Gate {
  const gate = engine.createGate(spec);
  for (const [keyId, secret] of secrets) gate.addKey(keyId, secret, '');
  return gate;
}
