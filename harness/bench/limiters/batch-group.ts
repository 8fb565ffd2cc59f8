/** Many requests in one call: packed beforehand, packed on the spot, and one by one. */
import type { RequestRecord } from '../../core/record.js';
import { encodeRecord } from '../../core/record-packer.js';
import { Answer, type Gate, type GateSpec } from '../../core/spec.js';
import { fusedSpec, gatePaths, openGate } from './fused-gate.js';
import { type Contestant, timeByTurns } from './rounds.js';
import type { BenchRow } from './row.js';
import { type BenchSetting, enginesOf, type GroupResult, rowsOf } from './setting.js';
import { secretsOf, signAll } from './signed-items.js';
import type { Secrets } from './verifier-rivals.js';
import { drawOrder } from './workload.js';

const SIZES = [16, 256] as const;
const BATCHES = 512;

interface Batch {
  readonly requests: readonly (RequestRecord & { readonly message: string })[];
  readonly packed: Uint8Array;
  readonly decisions: Uint8Array;
  readonly answers: Float64Array;
}

const signedPath = gatePaths[0];

/** The same bucket, in a class that need not be signed. */
function limitSpec(keys: number, originUs: number): GateSpec {
  const spec = fusedSpec(signedPath, keys, originUs);
  return { ...spec, auth: null, limits: spec.limits.map((limit) => ({ ...limit, by: 'account' as const })) };
}

function makeBatches(size: number, isSigned: boolean, secrets: Secrets, nowUs: number): Batch[] {
  const items = signAll(secrets.size, secrets, nowUs);
  const order = drawOrder(secrets.size, 'uniform', size * BATCHES);
  return Array.from({ length: BATCHES }, (_, batch) => {
    const requests = Array.from({ length: size }, (_, index) => {
      const { keyId, timestampUs, message, signature } = items[
        order[batch * size + index] as number
      ] as (typeof items)[0];
      const common = { nowUs, classId: 0, ip: '', timestampUs, windowUs: 0 };
      return isSigned
        ? { ...common, account: '', keyId, message, signature }
        : { ...common, account: keyId, keyId: '', message: '', signature: '' };
    });
    return {
      requests,
      packed: Buffer.concat(requests.map(encodeRecord)),
      decisions: new Uint8Array(size),
      answers: new Float64Array(size * Answer.size),
    };
  });
}

function areAllAdmitted(decisions: Uint8Array): boolean {
  for (const decision of decisions) if (decision !== 0) return false;
  return true;
}

function contestantsOf(name: string, size: number, isSigned: boolean, gate: Gate): Contestant<Batch>[] {
  const oneByOne: Contestant<Batch>['decide'] = isSigned
    ? ({ requests }, nowUs) => {
        let refused = 0;
        for (const { keyId, timestampUs, message, signature } of requests) {
          refused += gate.decide(nowUs, 0, '', '', keyId, timestampUs, 0, message, signature);
        }
        return refused === 0;
      }
    : ({ requests }, nowUs) => {
        let refused = 0;
        for (const { account } of requests) refused += gate.limit(nowUs, 0, '', account, '');
        return refused === 0;
      };
  return [
    { name: `${name}, ${size} calls`, form: 'value', decide: oneByOne },
    {
      name: `${name}, a batch of ${size}`,
      form: 'value',
      decide: ({ packed, decisions, answers }) => {
        gate.decideBatch(packed, size, decisions, answers);
        return areAllAdmitted(decisions);
      },
    },
    {
      name: `${name}, a batch of ${size}, packed on the spot`,
      form: 'value',
      decide: ({ requests, decisions, answers }) => {
        gate.decideBatch(Buffer.concat(requests.map(encodeRecord)), size, decisions, answers);
        return areAllAdmitted(decisions);
      },
    },
  ];
}

export async function measureBatch(setting: BenchSetting): Promise<GroupResult> {
  const { originUs, isQuick, pace, say } = setting;
  const rows: BenchRow[] = [];
  for (const keys of isQuick ? [1000] : [1000, 100_000]) {
    const secrets = secretsOf(keys);
    for (const isSigned of [false, true]) {
      const path = isSigned ? 'verify + limit' : 'limit alone';
      const spec = isSigned ? fusedSpec(signedPath, keys, originUs) : limitSpec(keys, originUs);
      for (const size of SIZES) {
        say(`batch, ${path}, ${size} at once, ${keys} keys`);
        const contestants = enginesOf(setting).flatMap(({ name, engine }) =>
          contestantsOf(name, size, isSigned, openGate(engine, spec, isSigned ? secrets : new Map())),
        );
        const workload = {
          items: makeBatches(size, isSigned, secrets, originUs),
          order: Uint32Array.from({ length: BATCHES }, (_, index) => index),
          isAdmitted: true,
          decisionsPerItem: size,
        };
        const timings = await timeByTurns(contestants, workload, { ...pace, singles: 0 });
        // A call decides many here, so there are no single calls to speak of.
        rows.push(
          ...rowsOf({ group: 'batch', path, keys, skew: 'uniform' }, timings).map(
            ({ p50Ns: _p50, p99Ns: _p99, ...row }) => row,
          ),
        );
      }
    }
  }
  return { rows, absent: [] };
}
