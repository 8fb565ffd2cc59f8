/** Many requests in one call: packed beforehand, packed on the spot, and one by one. */
import type { RequestRecord } from '../../core/record.js';
import { encodeRecord, RecordPacker } from '../../core/record-packer.js';
import { Answer, type Gate, type GateSpec } from '../../core/spec.js';
import { FloodproofError } from '../../errors.js';
import { ownCopy } from './own-copy.js';
import { type Contestant, type Steps, timeByTurns, type Workload } from './rounds.js';
import { type BenchRow, pathText } from './row.js';
import { type BenchSetting, enginesOf, type GroupResult, rowsOf } from './setting.js';
import { keysText } from './tables.js';
import { openGate, type WholePath, type WholeRequests, wholePaths, wholeRequests, wholeSpec } from './whole-request.js';
import { shuffled } from './workload.js';

const SIZES = [16, 1024] as const;
/** Offsets of the times in a packed record. */
const NOW_OFFSET = 0;
const TIMESTAMP_OFFSET = 8;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type BatchRequest = Writable<RequestRecord> & { message: string };

/** Requests in their three forms, and room for what is answered. */
export interface Batch {
  readonly requests: readonly BatchRequest[];
  readonly packed: Uint8Array;
  /** Where each record starts in `packed`. */
  readonly starts: readonly number[];
  readonly packer: RecordPacker;
  readonly decisions: Uint8Array;
  readonly answers: Float64Array;
}

/** The same bucket, in a class that need not be signed. */
function limitSpec(spec: GateSpec): GateSpec {
  return { ...spec, auth: null, limits: spec.limits.map((limit) => ({ ...limit, by: ['account'] })) };
}

export function batchesOf({ items }: Pick<WholeRequests, 'items'>, size: number, isSigned: boolean): Batch[] {
  const order = shuffled(items.length);
  return Array.from({ length: items.length / size }, (_, batch) => {
    const requests = Array.from({ length: size }, (_, index): BatchRequest => {
      const item = items[order[batch * size + index] as number] as (typeof items)[0];
      const { keyId, timestampUs, message, signature } = item;
      const common = { nowUs: timestampUs, classId: 0, ip: '', timestampUs, windowUs: 0 };
      return isSigned
        ? { ...common, account: '', keyId, message, signature }
        : { ...common, account: keyId, keyId: '', message: '', signature: '' };
    });
    const records = requests.map(encodeRecord);
    let end = 0;
    const starts = records.map((record) => {
      end += record.length;
      return end - record.length;
    });
    return {
      requests,
      packed: new Uint8Array(Buffer.concat(records)),
      starts,
      packer: new RecordPacker(end),
      decisions: new Uint8Array(size),
      answers: new Float64Array(size * Answer.size),
    };
  });
}

/** Gives the packed records of a batch the times at which they come. */
function stamp({ packed, starts }: Batch, fromUs: number, stepUs: number): void {
  const view = new DataView(packed.buffer, packed.byteOffset);
  for (const [index, start] of starts.entries()) {
    view.setFloat64(start + NOW_OFFSET, fromUs + index * stepUs, true);
    view.setFloat64(start + TIMESTAMP_OFFSET, fromUs + index * stepUs, true);
  }
}

/** All of them as they should be, or what they should not be. */
function verdictOf(isAdmitted: boolean) {
  return (decisions: Uint8Array): boolean => {
    for (const decision of decisions) if ((decision === 0) !== isAdmitted) return !isAdmitted;
    return isAdmitted;
  };
}

function callsOf(gate: Gate, isSigned: boolean, stepUs: number, isAsWanted: (decisions: Uint8Array) => boolean) {
  return isSigned
    ? ({ requests, decisions }: Batch, fromUs: number): boolean => {
        for (const [at, { keyId, message, signature }] of requests.entries()) {
          const nowUs = fromUs + at * stepUs;
          decisions[at] = gate.decide(nowUs, 0, '', '', keyId, nowUs, 0, message, signature);
        }
        return isAsWanted(decisions);
      }
    : ({ requests, decisions }: Batch, fromUs: number): boolean => {
        for (const [at, { account }] of requests.entries()) {
          decisions[at] = gate.limit(fromUs + at * stepUs, 0, '', account, '');
        }
        return isAsWanted(decisions);
      };
}

function packedOf(gate: Gate, isAsWanted: (decisions: Uint8Array) => boolean) {
  return ({ packed, decisions, answers }: Batch): boolean => {
    gate.decideBatch(packed, decisions.length, decisions, answers);
    return isAsWanted(decisions);
  };
}

function packingOf(gate: Gate, stepUs: number, isAsWanted: (decisions: Uint8Array) => boolean) {
  return ({ requests, packer, decisions, answers }: Batch, fromUs: number): boolean => {
    packer.clear();
    let nowUs = fromUs;
    for (const request of requests) {
      request.nowUs = nowUs;
      request.timestampUs = nowUs;
      packer.pack(request);
      nowUs += stepUs;
    }
    gate.decideBatch(packer.bytes, packer.count, decisions, answers);
    return isAsWanted(decisions);
  };
}

export interface BatchRace {
  readonly path: Pick<WholePath, 'isAdmitted'>;
  readonly size: number;
  readonly isSigned: boolean;
  readonly stepUs: number;
}

/** Each form has a gate of its own, or the one would replay the other's requests. */
export function batchContestants(name: string, openOne: () => Gate, race: BatchRace): Contestant<Batch>[] {
  const { path, size, isSigned, stepUs } = race;
  const sizeText = size.toLocaleString('en');
  const verdict = () => ownCopy(verdictOf)(path.isAdmitted);
  const form = (words: string, decide: Contestant<Batch>['decide']): Contestant<Batch> => {
    return { name: `${name}, ${words}`, form: 'value', decide };
  };
  return [
    form(`${sizeText} calls`, ownCopy(callsOf)(openOne(), isSigned, stepUs, verdict())),
    form(`a batch of ${sizeText}`, ownCopy(packedOf)(openOne(), verdict())),
    form(`a batch of ${sizeText}, packed on the spot`, ownCopy(packingOf)(openOne(), stepUs, verdict())),
  ];
}

/** Batches that come one after the other, each record at a time of its own. */
export function batchWorkload(batches: readonly Batch[], steps: Steps, { path, size }: BatchRace): Workload<Batch> {
  const { fromUs, stepUs } = steps;
  return {
    items: batches,
    order: Uint32Array.from(batches.keys()),
    isAdmitted: path.isAdmitted,
    decisionsPerItem: size,
    steps: { fromUs, stepUs: size * stepUs },
    prepare: (from, to) => {
      for (let at = from; at < to; at++) {
        stamp(batches[at % batches.length] as Batch, fromUs + at * size * stepUs, stepUs);
      }
    },
  };
}

export async function measureBatch(setting: BenchSetting): Promise<GroupResult> {
  const { originUs, isQuick, pace, say } = setting;
  const rows: BenchRow[] = [];
  for (const keys of isQuick ? [1000] : [10_000]) {
    const requests = wholeRequests(keys, originUs);
    for (const path of wholePaths.filter(({ variant }) => variant !== 'forged')) {
      for (const isSigned of [true, false]) {
        const place = { path: path.path, variant: isSigned ? 'whole request' : 'limit alone' };
        const spec = wholeSpec(path, requests, originUs);
        for (const size of SIZES) {
          say(`batch, ${pathText(place)}, ${size} at once, ${keysText(keys)}`);
          const race = { path, size, isSigned, stepUs: requests.steps.stepUs };
          const batches = batchesOf(requests, size, isSigned);
          const contestants = enginesOf(setting).flatMap(({ name, engine }) => {
            const open = (): Gate =>
              openGate(engine, isSigned ? spec : limitSpec(spec), isSigned ? requests.secrets : new Map());
            return batchContestants(name, open, race);
          });
          const steps = settle(contestants, batches, requests.steps, race);
          const timings = await timeByTurns(contestants, batchWorkload(batches, steps, race), pace);
          rows.push(...rowsOf({ group: 'batch', ...place, keys, skew: 'uniform' }, timings));
        }
      }
    }
  }
  return { rows, absent: [] };
}

/**
 * Where batches are to be admitted: sees that all forms admit them when they are fresh, and refuse what is sent again.
 * Else: takes the one cell of each key.
 *
 * @returns the steps from when these signatures are forgotten.
 * @throws {FloodproofError} FP_BENCH_DISAGREES
 */
export function settle(
  contestants: readonly Contestant<Batch>[],
  batches: readonly Batch[],
  { fromUs, stepUs }: Steps,
  { path, size, isSigned }: BatchRace,
): Steps {
  for (const { name, decide } of contestants) {
    for (const [at, batch] of batches.entries()) {
      const nowUs = fromUs + at * size * stepUs;
      stamp(batch, nowUs, stepUs);
      const [first, again] = [decide(batch, nowUs), decide(batch, nowUs)];
      if (!path.isAdmitted || (first === true && again !== isSigned)) continue;
      const words = first === true ? 'takes again what it has taken' : 'refuses what is fresh';
      throw new FloodproofError('FP_BENCH_DISAGREES', `${name} ${words}`);
    }
  }
  return { fromUs: fromUs + (batches.length + 1) * size * stepUs, stepUs };
}
