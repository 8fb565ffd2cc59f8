/** The gate in TypeScript: verifier and limits of one policy fused. See `Gate` for the contract. */
import { FloodproofError } from '../errors.js';
import { checkBatch, checkLimitBatch, checkRecord } from './batch.js';
import { CallerList, callerWordOf, writeHash } from './callers.js';
import { checkChange } from './change-spec.js';
import type { ClassPlan } from './class-plan.js';
import { checkCells, checkElements, checkTime } from './gate-arguments.js';
import { isLatin1 } from './hmac-key.js';
import { KeyHash } from './key-hash.js';
import { type KeyHolder, Keyring } from './keyring.js';
import { LimitRound } from './limit-round.js';
import { LimitSet } from './limit-set.js';
import { RecordReader } from './record-reader.js';
import { ReplayWindow } from './replay-window.js';
import { Answer, type AuthSpec, Decision, type Gate, type GateSpec, type HashSecret, HORIZON_US } from './spec.js';
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
  readonly answer: Float64Array;
  readonly #encoding: AuthSpec['encoding'];
  readonly #isLatin1: boolean;
  readonly #keyHash: KeyHash;
  readonly #keyring: Keyring;
  readonly #verifier: Verifier | null;
  readonly #reader = new RecordReader();
  readonly #round: LimitRound;
  readonly #horizonUs: number;
  #limits: LimitSet;
  #callers: CallerList;
  /** The caller of the call in hand. */
  #own: Int32Array;
  #nowUs: number;

  constructor(spec: GateSpec, hashSecret: HashSecret) {
    const replay = createReplay(spec.auth, hashSecret);
    this.#keyHash = new KeyHash(hashSecret);
    this.#round = new LimitRound(this.#keyHash);
    this.answer = this.#round.answer;
    this.#limits = new LimitSet(spec, this.#keyHash);
    this.#encoding = spec.auth?.encoding ?? 'hex';
    this.#isLatin1 = spec.auth?.text === 'latin1';
    this.#keyring = new Keyring(
      spec.auth ?? { hash: 'sha256' },
      this.#keyHash,
      (key) => replay?.hasClaims(key) ?? false,
    );
    this.#verifier = spec.auth === null ? null : new Verifier(spec.auth, this.#keyring, replay);
    this.#callers = new CallerList(this.#limits.writer);
    this.#own = this.#limits.writer.blank();
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
    if (this.#isLatin1 && !isLatin1(message)) throw new TypeError('expected a text of characters up to U+00FF');
    return this.#demandHolder(keyId).hmac.mac(message, this.#encoding);
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
    elements = 1,
    ageUs = 0,
  ): Decision {
    const plan = this.#check(nowUs, classId, elements, ageUs);
    this.#advance(nowUs);
    this.#writeAddress(plan, ip);
    const early = this.#round.askFront(plan, this.#own, 0, this.#nowUs, elements, ageUs);
    if (early !== Decision.admitted) return early;
    if (!plan.isSigned || this.#verifier === null) {
      this.#writeAccount(plan, account);
      return this.#finish(plan, false);
    }
    const refusal = this.#verifier.look(keyId, timestampUs, windowUs, message, signature, this.#nowUs);
    if (refusal !== Decision.admitted) return this.#round.refuse(plan, refusal);
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

  limit(nowUs: number, classId: number, ip: string, account: string, keyId: string, elements = 1, ageUs = 0): Decision {
    const plan = this.#check(nowUs, classId, elements, ageUs);
    this.#advance(nowUs);
    this.#writeAddress(plan, ip);
    const early = this.#round.askFront(plan, this.#own, 0, this.#nowUs, elements, ageUs);
    if (early !== Decision.admitted) return early;
    this.#writeAccount(plan, account);
    if (plan.needsKey) this.#limits.writer.writeKey(this.#own, 0, keyId);
    return this.#finish(plan, false);
  }

  release(nowUs: number, classId: number, ip: string, account: string, keyId: string, elements = 1): void {
    const plan = this.#check(nowUs, classId, elements, 0);
    this.#advance(nowUs);
    this.#limits.writer.writeAll(this.#own, 0, ip, account, keyId);
    this.#round.release(plan, this.#own, elements);
  }

  credit(
    nowUs: number,
    limit: number,
    classId: number,
    ip: string,
    account: string,
    keyId: string,
    cells: number,
  ): boolean {
    this.#check(nowUs, classId, 1, 0);
    const credited = this.#limits.creditable(limit);
    checkCells(cells);
    this.#advance(nowUs);
    this.#limits.writer.writeAll(this.#own, 0, ip, account, keyId);
    return this.#round.credit(credited, this.#own, classId, cells, this.#nowUs);
  }

  change(nowUs: number, spec: GateSpec): void {
    checkTime('nowUs', nowUs);
    validateSpec(spec);
    checkChange(this.#limits.spec, spec);
    // What may fail for want of memory comes first.
    const limits = new LimitSet(spec, this.#keyHash);
    const callers = new CallerList(limits.writer);
    this.#advance(nowUs);
    limits.carry(this.#limits, this.#nowUs);
    this.#limits = limits;
    this.#callers = callers;
    this.#own = limits.writer.blank();
  }

  internCaller(ip: string, account: string, keyId: string, number?: number): number {
    if (number === undefined) return this.#callers.add(ip, account, keyId);
    this.#callers.replace(number, ip, account, keyId);
    return number;
  }

  limitCaller(nowUs: number, classId: number, caller: number, elements = 1, ageUs = 0): Decision {
    const plan = this.#check(nowUs, classId, elements, ageUs);
    const base = this.#callers.baseOf(caller);
    this.#advance(nowUs);
    return this.#limitInterned(plan, base, elements, ageUs);
  }

  decideSigned(
    nowUs: number,
    classId: number,
    caller: number,
    timestampUs: number,
    windowUs: number,
    message: string,
    elements = 1,
    ageUs = 0,
  ): Decision {
    const plan = this.#check(nowUs, classId, elements, ageUs);
    const base = this.#callers.baseOf(caller);
    if (!plan.isSigned || this.#verifier === null) {
      this.#advance(nowUs);
      return this.#limitInterned(plan, base, elements, ageUs);
    }
    const keyId = this.#callers.keyIdOf(caller);
    const { hmac } = this.#demandHolder(keyId);
    // A text that the gate can not sign is found malformed below.
    const signature = this.#isLatin1 && !isLatin1(message) ? '' : hmac.mac(message, this.#encoding);
    this.#advance(nowUs);
    const own = this.#own;
    own.set(this.#callers.words.subarray(base, base + own.length));
    const early = this.#round.askFront(plan, own, 0, this.#nowUs, elements, ageUs);
    if (early !== Decision.admitted) return early;
    const refusal = this.#verifier.look(keyId, timestampUs, windowUs, message, signature, this.#nowUs);
    if (refusal !== Decision.admitted) return this.#round.refuse(plan, refusal);
    return this.#finishSigned(plan, this.#verifier);
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
    const plan = this.#check(nowUs, classId, 1, 0);
    for (let index = 0; index < count; index += 1) this.#callers.baseOf(callers[index] as number);
    // A batch of none is no request, so it does not move the clock.
    if (count > 0) this.#advance(nowUs);
    const { size } = this.#limits.writer;
    for (let index = 0; index < count; index += 1) {
      decisions[index] = this.#limitInterned(plan, (callers[index] as number) * size, 1, 0);
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
    checkTime('nowUs', nowUs);
    if (this.#verifier === null)
      throw new FloodproofError('FP_GATE_INVALID', 'this gate has no verifier: auth is null');
    this.#advance(nowUs);
    const decision = this.#verifier.look(keyId, timestampUs, windowUs, message, signature, this.#nowUs);
    if (decision === Decision.admitted) this.#verifier.claim();
    return this.#round.answerNone(decision);
  }

  #demandHolder(keyId: string): KeyHolder {
    const holder = this.#keyring.find(keyId);
    if (holder === undefined) throw new FloodproofError('FP_KEY_INVALID', 'no key of this id is known to the gate');
    return holder;
  }

  /** @returns the record's length. @throws for a record that is not whole, or has a wrong time, class or age. */
  #readRecord(records: Uint8Array, offset: number, index: number): number {
    const fault = this.#reader.read(records, offset);
    if (fault !== null) throw new FloodproofError('FP_BATCH_INVALID', `record ${index} ${fault}`);
    const { nowUs, classId, elements, ageUs } = this.#reader;
    this.#check(nowUs, classId, elements, ageUs);
    return this.#reader.byteLength;
  }

  /** Decides the record in the reader, as `decide` would. */
  #decideRead(): Decision {
    const reader = this.#reader;
    const { writer } = this.#limits;
    const plan = this.#limits.plan(reader.classId);
    this.#advance(reader.nowUs);
    if (plan.needsIp) reader.writeIp(writer, this.#own);
    if (plan.needsPrefixes) writer.writePrefixes(this.#own, 0, reader.ip);
    const early = this.#round.askFront(plan, this.#own, 0, this.#nowUs, reader.elements, reader.ageUs);
    if (early !== Decision.admitted) return early;
    if (!plan.isSigned || this.#verifier === null) {
      if (plan.needsAccount || plan.needsMaster) reader.writeAccount(writer, this.#own);
      return this.#finish(plan, false);
    }
    const { keyId, timestampUs, windowUs, message, signature } = reader;
    const refusal = this.#verifier.look(keyId, timestampUs, windowUs, message, signature, this.#nowUs);
    if (refusal !== Decision.admitted) return this.#round.refuse(plan, refusal);
    return this.#finishSigned(plan, this.#verifier);
  }

  #limitInterned(plan: ClassPlan, base: number, elements: number, ageUs: number): Decision {
    const early = this.#round.askFront(plan, this.#callers.words, base, this.#nowUs, elements, ageUs);
    return early === Decision.admitted ? this.#finish(plan, false) : early;
  }

  #writeAddress(plan: ClassPlan, ip: string): void {
    if (plan.needsIp) this.#limits.writer.writeIp(this.#own, 0, ip);
    if (plan.needsPrefixes) this.#limits.writer.writePrefixes(this.#own, 0, ip);
  }

  #writeAccount(plan: ClassPlan, account: string): void {
    if (plan.needsAccount) this.#limits.writer.writeAccount(this.#own, 0, account);
    if (plan.needsMaster) this.#limits.writer.writeMaster(this.#own, 0, account);
  }

  /** What is known of a key stands in for what the request says of itself. */
  #finishSigned(plan: ClassPlan, verifier: Verifier): Decision {
    const { holder } = verifier;
    if (holder !== undefined) {
      writeHash(this.#own, callerWordOf.account, holder.accountLo, holder.accountHi);
      writeHash(this.#own, callerWordOf.master, holder.masterLo, holder.masterHi);
      writeHash(this.#own, callerWordOf.key, holder.idLo, holder.idHi);
    }
    return this.#finish(plan, true);
  }

  /** The limits after the verifier, and all charges. */
  #finish(plan: ClassPlan, isClaiming: boolean): Decision {
    const late = this.#round.askBack(plan);
    if (late !== Decision.admitted) return late;
    if (isClaiming) this.#verifier?.claim();
    return this.#round.admit(plan);
  }

  #copyAnswer(answers: Float64Array, index: number): void {
    const at = index * Answer.size;
    for (let field = 0; field < Answer.size; field += 1) answers[at + field] = this.answer[field] as number;
  }

  /** The plan of the class, once all numbers of a request are right. */
  #check(nowUs: number, classId: number, elements: number, ageUs: number): ClassPlan {
    checkTime('nowUs', nowUs);
    const plan = this.#limits.plan(classId);
    if (elements !== 1) checkElements(elements);
    if (ageUs !== 0) checkTime('ageUs', ageUs);
    return plan;
  }

  #advance(nowUs: number): void {
    if (nowUs > this.#nowUs) this.#nowUs = Math.min(nowUs, this.#horizonUs);
  }
}
