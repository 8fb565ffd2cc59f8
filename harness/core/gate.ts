/** The gate in TypeScript: verifier and limits of one policy fused. See `Gate` for the contract. */
import { FloodproofError } from '../errors.js';
import { checkBatch, checkLimitBatch, checkRecord } from './batch.js';
import { CALLER_WORDS, CallerList, callerWordOf, isBlank, writeGlobal, writeHash, writeText } from './callers.js';
import { type ClassPlan, type Match, planClass } from './class-plan.js';
import { KeyHash } from './key-hash.js';
import { Keyring } from './keyring.js';
import { LimitTable } from './limit-table.js';
import { RecordReader } from './record-reader.js';
import { ReplayWindow } from './replay-window.js';
import { Answer, type AuthSpec, Decision, type Gate, type GateSpec, type HashSecret, HORIZON_US } from './spec.js';
import { ID_LENGTH_MAX, IP_LENGTH_MAX } from './text-form.js';
import { validateHashSecret, validateSpec } from './validate-spec.js';
import { Verifier } from './verifier.js';

/** @throws {FloodproofError} FP_GATE_INVALID with every fault of the spec, or when there is no memory for its tables. */
export function createGate(spec: GateSpec, hashSecret: HashSecret): Gate {
  validateSpec(spec);
  validateHashSecret(hashSecret);
  return new TsGate(spec, hashSecret);
}

function createReplay(auth: AuthSpec | null, hashSecret: HashSecret): ReplayWindow | null {
  if (auth === null || auth.replayCapacity === null) return null;
  const spanUs = auth.windowUsMax + auth.futureUs;
  return new ReplayWindow({ capacity: auth.replayCapacity, perKey: auth.replayPerKey, spanUs }, hashSecret);
}

class TsGate implements Gate {
  readonly engine = 'ts';
  readonly answer = new Float64Array(Answer.size);
  readonly #plans: readonly ClassPlan[];
  readonly #encoding: AuthSpec['encoding'];
  readonly #keyHash: KeyHash;
  readonly #keyring: Keyring;
  readonly #verifier: Verifier | null;
  readonly #callers: CallerList;
  readonly #reader = new RecordReader();
  /** The caller of the call in hand. */
  readonly #own = new Int32Array(CALLER_WORDS);
  readonly #horizonUs: number;
  #nowUs: number;

  constructor(spec: GateSpec, hashSecret: HashSecret) {
    const tables = spec.limits.map((limit, index) => new LimitTable(limit, index));
    const replay = createReplay(spec.auth, hashSecret);
    this.#plans = spec.classes.map((_, classId) => planClass(spec, tables, classId));
    this.#encoding = spec.auth?.encoding ?? 'hex';
    this.#keyHash = new KeyHash(hashSecret);
    this.#keyring = new Keyring(spec.auth?.hash ?? 'sha256', this.#keyHash, (key) => replay?.hasClaims(key) ?? false);
    this.#verifier = spec.auth === null ? null : new Verifier(spec.auth, this.#keyring, replay);
    this.#callers = new CallerList(this.#keyHash);
    writeGlobal(this.#own, 0, this.#keyHash);
    this.#nowUs = spec.originUs;
    this.#horizonUs = spec.originUs + HORIZON_US;
  }

  addKey(keyId: string, secret: string | Uint8Array, account: string): void {
    this.#keyring.add(keyId, secret, account);
  }

  removeKey(keyId: string): boolean {
    return this.#keyring.remove(keyId);
  }

  sign(keyId: string, message: string): string {
    const holder = this.#keyring.find(keyId);
    if (holder === undefined) throw new FloodproofError('FP_KEY_INVALID', 'no key of this id is known to the gate');
    return holder.hmac.mac(message, this.#encoding);
  }

  decide(
    nowUs: number,
    classId: number,
    ip: string,
    account: string,
    keyId: string,
    timestampUs: number,
    windowUs: number,
    message: string,
    signature: string,
  ): Decision {
    checkTime(nowUs);
    const plan = this.#plan(classId);
    this.#advance(nowUs);
    if (plan.needsIp) writeText(this.#own, 0, 'ip', ip, this.#keyHash);
    const early = this.#lookFront(plan, this.#own, 0);
    if (early !== Decision.admitted) return early;
    if (!plan.isSigned || this.#verifier === null) {
      if (plan.needsAccount) writeText(this.#own, 0, 'account', account, this.#keyHash);
      return this.#finish(plan, this.#own, 0, false);
    }
    const refusal = this.#verifier.look(keyId, timestampUs, windowUs, message, signature, this.#nowUs);
    if (refusal !== Decision.admitted) return this.#refuse(plan, refusal);
    return this.#finishSigned(plan, this.#verifier);
  }

  decideRecord(record: Uint8Array): Decision {
    checkRecord(record);
    this.#readRecord(record, 0, 0);
    return this.#decideRead();
  }

  decideBatch(records: Uint8Array, count: number, decisions: Uint8Array, answers: Float64Array): void {
    checkBatch(records, count, decisions, answers);
    for (let index = 0, offset = 0; index < count; index += 1) offset += this.#readRecord(records, offset, index);
    for (let index = 0, offset = 0; index < count; index += 1) {
      offset += this.#readRecord(records, offset, index);
      decisions[index] = this.#decideRead();
      this.#copyAnswer(answers, index);
    }
  }

  limit(nowUs: number, classId: number, ip: string, account: string, keyId: string): Decision {
    checkTime(nowUs);
    const plan = this.#plan(classId);
    this.#advance(nowUs);
    if (plan.needsIp) writeText(this.#own, 0, 'ip', ip, this.#keyHash);
    const early = this.#lookFront(plan, this.#own, 0);
    if (early !== Decision.admitted) return early;
    if (plan.needsAccount) writeText(this.#own, 0, 'account', account, this.#keyHash);
    if (plan.needsKey) writeText(this.#own, 0, 'key', keyId, this.#keyHash);
    return this.#finish(plan, this.#own, 0, false);
  }

  internCaller(ip: string, account: string, keyId: string): number {
    return this.#callers.add(ip, account, keyId);
  }

  limitCaller(nowUs: number, classId: number, caller: number): Decision {
    checkTime(nowUs);
    const plan = this.#plan(classId);
    const base = this.#callers.baseOf(caller);
    this.#advance(nowUs);
    return this.#limitInterned(plan, base);
  }

  limitBatch(
    nowUs: number,
    classId: number,
    callers: Uint32Array,
    count: number,
    decisions: Uint8Array,
    answers: Float64Array | null,
  ): void {
    checkLimitBatch(callers, count, decisions, answers);
    checkTime(nowUs);
    const plan = this.#plan(classId);
    for (let index = 0; index < count; index += 1) this.#callers.baseOf(callers[index] as number);
    // A batch of none is no request, so it does not move the clock.
    if (count > 0) this.#advance(nowUs);
    for (let index = 0; index < count; index += 1) {
      decisions[index] = this.#limitInterned(plan, (callers[index] as number) * CALLER_WORDS);
      if (answers !== null) this.#copyAnswer(answers, index);
    }
  }

  verify(
    nowUs: number,
    keyId: string,
    timestampUs: number,
    windowUs: number,
    message: string,
    signature: string,
  ): Decision {
    checkTime(nowUs);
    if (this.#verifier === null)
      throw new FloodproofError('FP_GATE_INVALID', 'this gate has no verifier: auth is null');
    this.#advance(nowUs);
    const decision = this.#verifier.look(keyId, timestampUs, windowUs, message, signature, this.#nowUs);
    if (decision === Decision.admitted) this.#verifier.claim();
    return this.#answerNone(decision);
  }

  /** @returns the record's length. @throws for a record that is not whole, or has a wrong time or class. */
  #readRecord(records: Uint8Array, offset: number, index: number): number {
    const fault = this.#reader.read(records, offset);
    if (fault !== null) throw new FloodproofError('FP_BATCH_INVALID', `record ${index} ${fault}`);
    checkTime(this.#reader.nowUs);
    this.#plan(this.#reader.classId);
    return this.#reader.byteLength;
  }

  /** Decides the record in the reader, as `decide` would. */
  #decideRead(): Decision {
    const reader = this.#reader;
    const keyHash = this.#keyHash;
    const plan = this.#plan(reader.classId);
    this.#advance(reader.nowUs);
    if (plan.needsIp) this.#writeHashed(callerWordOf.ip, reader.hashIp(keyHash, IP_LENGTH_MAX));
    const early = this.#lookFront(plan, this.#own, 0);
    if (early !== Decision.admitted) return early;
    if (!plan.isSigned || this.#verifier === null) {
      if (plan.needsAccount) this.#writeHashed(callerWordOf.account, reader.hashAccount(keyHash, ID_LENGTH_MAX));
      return this.#finish(plan, this.#own, 0, false);
    }
    const { keyId, timestampUs, windowUs, message, signature } = reader;
    const refusal = this.#verifier.look(keyId, timestampUs, windowUs, message, signature, this.#nowUs);
    if (refusal !== Decision.admitted) return this.#refuse(plan, refusal);
    return this.#finishSigned(plan, this.#verifier);
  }

  #writeHashed(word: number, isFormed: boolean): void {
    writeHash(this.#own, word, isFormed ? this.#keyHash.lo : 0, isFormed ? this.#keyHash.hi : 0);
  }

  #limitInterned(plan: ClassPlan, base: number): Decision {
    const { words } = this.#callers;
    const early = this.#lookFront(plan, words, base);
    return early === Decision.admitted ? this.#finish(plan, words, base, false) : early;
  }

  /** The limits by ip, which stand before the verifier. Everything is looked at first and charged afterwards, so that nothing has to be given back. */
  #lookFront(plan: ClassPlan, words: Int32Array, base: number): Decision {
    if (!plan.needsIp) return Decision.admitted;
    if (isBlank(words, base + callerWordOf.ip)) return this.#answerNone(Decision.malformed);
    return this.#look(plan.front, words, base);
  }

  /** What is known of a key stands in for what the request says of itself. */
  #finishSigned(plan: ClassPlan, verifier: Verifier): Decision {
    const { holder } = verifier;
    if (holder !== undefined) {
      writeHash(this.#own, callerWordOf.account, holder.accountLo, holder.accountHi);
      writeHash(this.#own, callerWordOf.key, holder.idLo, holder.idHi);
    }
    return this.#finish(plan, this.#own, 0, true);
  }

  /** The limits after the verifier, and all charges. */
  #finish(plan: ClassPlan, words: Int32Array, base: number, isClaiming: boolean): Decision {
    const lacksAccount = plan.needsAccount && isBlank(words, base + callerWordOf.account);
    if (lacksAccount || (plan.needsKey && isBlank(words, base + callerWordOf.key))) {
      return this.#refuse(plan, Decision.malformed);
    }
    if (plan.back.length > 0) {
      const late = this.#look(plan.back, words, base);
      if (late !== Decision.admitted) return late;
    }
    if (isClaiming) this.#verifier?.claim();
    for (const { table } of plan.front) table.charge(true);
    for (const { table } of plan.back) table.charge(true);
    return this.#admit(plan);
  }

  /** Asks every limit; when one says no, the answer is filled and nothing but its strike is kept. */
  #look(matches: readonly Match[], words: Int32Array, base: number): Decision {
    let decision: Decision = Decision.admitted;
    let named: LimitTable | null = null;
    for (const { table, cost, word } of matches) {
      const at = base + word;
      const said = table.look(words[at] as number, words[at + 1] as number, cost, this.#nowUs);
      if (said === Decision.admitted || decision === Decision.never) continue;
      if (said === Decision.never || named === null || table.retryAtUs > named.retryAtUs) {
        decision = said;
        named = table;
      }
    }
    if (named === null) return decision;
    if (decision === Decision.throttled) named.strike();
    return this.#answerLimit(decision, named, named.remaining);
  }

  /** A refusal by the verifier keeps the charge of the limits before it, or forged signatures would be free. */
  #refuse(plan: ClassPlan, refusal: Decision): Decision {
    for (const { table } of plan.front) table.charge(false);
    return this.#answerNone(refusal);
  }

  /** Names the limit with the fewest cells left, the first of equals. */
  #admit(plan: ClassPlan): Decision {
    let named: LimitTable | null = null;
    let fewest = 0;
    for (const matches of [plan.front, plan.back]) {
      for (const { table } of matches) {
        const { remaining } = table;
        const isFewer = named === null || remaining < fewest || (remaining === fewest && table.index < named.index);
        if (!isFewer) continue;
        named = table;
        fewest = remaining;
      }
    }
    return named === null ? this.#answerNone(Decision.admitted) : this.#answerLimit(Decision.admitted, named, fewest);
  }

  #answerLimit(decision: Decision, table: LimitTable, remaining: number): Decision {
    this.answer[Answer.limit] = table.index;
    this.answer[Answer.remaining] = remaining;
    this.answer[Answer.retryAtUs] = table.retryAtUs;
    this.answer[Answer.resetAtUs] = table.resetAtUs;
    this.answer[Answer.cold] = table.isCold ? 1 : 0;
    return decision;
  }

  #answerNone(decision: Decision): Decision {
    this.answer[Answer.limit] = -1;
    this.answer[Answer.remaining] = 0;
    this.answer[Answer.retryAtUs] = 0;
    this.answer[Answer.resetAtUs] = 0;
    this.answer[Answer.cold] = 0;
    return decision;
  }

  #copyAnswer(answers: Float64Array, index: number): void {
    const at = index * Answer.size;
    for (let field = 0; field < Answer.size; field += 1) answers[at + field] = this.answer[field] as number;
  }

  #plan(classId: number): ClassPlan {
    const plan = this.#plans[classId];
    if (plan === undefined) {
      throw new FloodproofError(
        'FP_CLASS_INVALID',
        `there is no request class ${classId}, only 0 to ${this.#plans.length - 1}`,
      );
    }
    return plan;
  }

  #advance(nowUs: number): void {
    if (nowUs > this.#nowUs) this.#nowUs = Math.min(nowUs, this.#horizonUs);
  }
}

function checkTime(nowUs: number): void {
  if (Number.isSafeInteger(nowUs) && nowUs >= 0) return;
  throw new FloodproofError('FP_TIME_INVALID', `nowUs must be whole microseconds from 0 to 2^53 - 1, got ${nowUs}`);
}
