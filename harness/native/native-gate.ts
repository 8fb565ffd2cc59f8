/** The gate of the addon behind the interface of the core. */
import { checkBatch, checkLimitBatch } from '../core/batch.js';
import { checkChange } from '../core/change-spec.js';
import { checkTime } from '../core/gate-arguments.js';
import { Answer, type Decision, type Gate, type GateSpec, type HashSecret } from '../core/spec.js';
import { validateHashSecret, validateSpec } from '../core/validate-spec.js';
import { type ErrorCode, errorTable, FloodproofError } from '../errors.js';
import { type Addon, type AddonGate, Slot } from './load.js';

/** How often threads that share a gate got into each other's way. No key gets a cell too many by it. */
export interface Contention {
  /** Requests that were refused since another thread took cells between their look and their charge. */
  readonly overtaken: number;
  /** Charges that were given back; each may have throttled somebody for the moment in which it stood. */
  readonly givenBack: number;
}

/** A gate that several threads use, each by its own handle. */
export interface SharedGate extends Gate {
  /** Of all threads together. */
  contention(): Contention;
}

/** @throws {FloodproofError} FP_GATE_INVALID with every fault of the spec. */
export function createNativeGate(addon: Addon, spec: GateSpec, hashSecret: HashSecret): Gate {
  return new NativeGate(addon, spec, hashSecret, null);
}

/**
 * A gate of this thread, or its handle on one that threads share.
 *
 * Numbers go through `addon.numbers`, where they are written just before a call and read just after it. All gates of a
 * thread call the same functions: V8 calls a function that it has always met at a place some 20 ns faster than one of
 * many.
 */
export class NativeGate implements SharedGate {
  readonly engine = 'native';
  readonly answer = new Float64Array(Answer.size);
  readonly #numbers: Float64Array;
  /** Owns the gate, and is the receiver of every call, so that it can not be collected while one runs. */
  readonly #gate: AddonGate;
  readonly #number: number;
  #spec: GateSpec;

  /** @param name - of a shared gate; null: the gate is of this thread alone. */
  constructor(addon: Addon, spec: GateSpec, hashSecret: HashSecret, name: string | null) {
    validateSpec(spec);
    validateHashSecret(hashSecret);
    this.#spec = spec;
    this.#numbers = addon.numbers;
    this.#gate = Object.create(addon.gate) as AddonGate;
    try {
      this.#number = this.#gate.open(this.#gate, JSON.stringify(spec), hashSecret[0], hashSecret[1], name);
    } catch (error) {
      throw mapped(error);
    }
  }

  addKey(keyId: string, secret: string | Uint8Array, account: string): void {
    const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret;
    this.#select();
    try {
      this.#gate.addKey(keyId, bytes, account);
    } catch (error) {
      throw mapped(error);
    }
  }

  removeKey(keyId: string): boolean {
    this.#select();
    return this.#gate.removeKey(keyId);
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
    elements?: number,
    ageUs?: number,
  ): Decision {
    const numbers = this.#numbers;
    numbers[Slot.nowUs] = numberOf(nowUs);
    numbers[Slot.classId] = numberOf(classId);
    numbers[Slot.timestampUs] = numberOf(timestampUs);
    numbers[Slot.windowUs] = numberOf(windowUs);
    numbers[Slot.gate] = this.#number;
    const isOfSize = this.#writeSize(elements, ageUs);
    try {
      this.#gate.decide(ip, account, keyId, message, signature);
    } catch (error) {
      throw mapped(error);
    } finally {
      if (isOfSize) this.#clearSize();
    }
    return this.#decision();
  }

  limit(
    nowUs: number,
    classId: number,
    ip: string,
    account: string,
    keyId: string,
    elements?: number,
    ageUs?: number,
  ): Decision {
    this.#selectClass(nowUs, classId);
    const isOfSize = this.#writeSize(elements, ageUs);
    try {
      this.#gate.limit(ip, account, keyId);
    } catch (error) {
      throw mapped(error);
    } finally {
      if (isOfSize) this.#clearSize();
    }
    return this.#decision();
  }

  release(nowUs: number, classId: number, ip: string, account: string, keyId: string, elements?: number): void {
    this.#selectClass(nowUs, classId);
    const isOfSize = this.#writeSize(elements, undefined);
    try {
      this.#gate.release(ip, account, keyId);
    } catch (error) {
      throw mapped(error);
    } finally {
      if (isOfSize) this.#clearSize();
    }
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
    this.#selectClass(nowUs, classId);
    this.#numbers[Slot.creditedLimit] = numberOf(limit);
    this.#numbers[Slot.cells] = numberOf(cells);
    try {
      return this.#gate.credit(ip, account, keyId);
    } catch (error) {
      throw mapped(error);
    }
  }

  change(nowUs: number, spec: GateSpec): void {
    checkTime('nowUs', nowUs);
    validateSpec(spec);
    checkChange(this.#spec, spec);
    this.#select();
    this.#numbers[Slot.nowUs] = numberOf(nowUs);
    try {
      this.#gate.change(JSON.stringify(spec));
    } catch (error) {
      throw mapped(error);
    }
    this.#spec = spec;
  }

  verify(
    nowUs: number,
    keyId: string,
    timestampUs: number,
    windowUs: number,
    message: string,
    signature: string,
  ): Decision {
    const numbers = this.#numbers;
    numbers[Slot.nowUs] = numberOf(nowUs);
    numbers[Slot.timestampUs] = numberOf(timestampUs);
    numbers[Slot.windowUs] = numberOf(windowUs);
    numbers[Slot.gate] = this.#number;
    try {
      this.#gate.verify(keyId, message, signature);
    } catch (error) {
      throw mapped(error);
    }
    return this.#decision();
  }

  decideRecord(record: Uint8Array): Decision {
    this.#select();
    try {
      this.#gate.decideRecord(record);
    } catch (error) {
      throw mapped(error);
    }
    return this.#decision();
  }

  decideBatch(records: Uint8Array, count: number, decisions: Uint8Array, answers: Float64Array): void {
    checkBatch(records, count, decisions, answers);
    this.#select();
    try {
      this.#gate.decideBatch(records, count, decisions, answers);
    } catch (error) {
      throw mapped(error);
    }
  }

  internCaller(ip: string, account: string, keyId: string, number?: number): number {
    this.#select();
    this.#numbers[Slot.caller] = number === undefined ? NEW_CALLER : number >= 0 ? number : Number.NaN;
    try {
      return this.#gate.internCaller(ip, account, keyId);
    } catch (error) {
      throw mapped(error);
    }
  }

  limitCaller(nowUs: number, classId: number, caller: number, elements?: number, ageUs?: number): Decision {
    this.#selectClass(nowUs, classId);
    this.#numbers[Slot.caller] = numberOf(caller);
    const isOfSize = this.#writeSize(elements, ageUs);
    try {
      this.#gate.limitCaller();
    } catch (error) {
      throw mapped(error);
    } finally {
      if (isOfSize) this.#clearSize();
    }
    return this.#decision();
  }

  decideSigned(
    nowUs: number,
    classId: number,
    caller: number,
    timestampUs: number,
    windowUs: number,
    message: string,
    elements?: number,
    ageUs?: number,
  ): Decision {
    const numbers = this.#numbers;
    this.#selectClass(nowUs, classId);
    numbers[Slot.caller] = numberOf(caller);
    numbers[Slot.timestampUs] = numberOf(timestampUs);
    numbers[Slot.windowUs] = numberOf(windowUs);
    const isOfSize = this.#writeSize(elements, ageUs);
    try {
      this.#gate.decideSigned(message);
    } catch (error) {
      throw mapped(error);
    } finally {
      if (isOfSize) this.#clearSize();
    }
    return this.#decision();
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
    this.#selectClass(nowUs, classId);
    try {
      this.#gate.limitBatch(callers, count, decisions, answers);
    } catch (error) {
      throw mapped(error);
    }
  }

  contention(): Contention {
    this.#select();
    this.#gate.contention();
    return { overtaken: this.#numbers[Slot.answer] as number, givenBack: this.#numbers[Slot.answer + 1] as number };
  }

  sign(keyId: string, message: string): string {
    this.#select();
    try {
      return this.#gate.sign(keyId, message);
    } catch (error) {
      throw mapped(error);
    }
  }

  #select(): void {
    this.#numbers[Slot.gate] = this.#number;
  }

  #selectClass(nowUs: number, classId: number): void {
    const numbers = this.#numbers;
    numbers[Slot.nowUs] = numberOf(nowUs);
    numbers[Slot.classId] = numberOf(classId);
    numbers[Slot.gate] = this.#number;
  }

  /** Costs nothing where neither says more than what stands there. @returns whether it has to be cleared after the call. */
  #writeSize(elements: number | undefined, ageUs: number | undefined): boolean {
    if ((elements === undefined || elements === 1) && (ageUs === undefined || ageUs === 0)) return false;
    this.#numbers[Slot.elements] = elements === undefined ? 1 : numberOf(elements);
    this.#numbers[Slot.ageUs] = ageUs === undefined ? 0 : numberOf(ageUs);
    return true;
  }

  #clearSize(): void {
    this.#numbers[Slot.elements] = 1;
    this.#numbers[Slot.ageUs] = 0;
  }

  /** What the last call left; copied, which takes a nanosecond, so that each gate has an answer of its own. */
  #decision(): Decision {
    const numbers = this.#numbers;
    const answer = this.answer;
    for (let field = 0; field < Answer.size; field += 1) answer[field] = numbers[Slot.answer + field] as number;
    return numbers[Slot.decision] as Decision;
  }
}

/** Stands for no number where a caller's is written. */
const NEW_CALLER = -1;

/** What is no number is no time and no index either; a Float64Array would make a number of it. */
function numberOf(value: number): number {
  return typeof value === 'number' ? value : Number.NaN;
}

/** An error of the addon as ours, when it has one of our codes. */
function mapped(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !isErrorCode(error.code)) return error;
  return new FloodproofError(error.code, error.message, { cause: error });
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}
