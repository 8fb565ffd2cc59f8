/** The gate of the addon behind the interface of the core. */
import { checkBatch } from '../core/batch.js';
import { Answer, type Decision, type Gate, type GateSpec } from '../core/spec.js';
import { validateSpec } from '../core/validate-spec.js';
import { type ErrorCode, errorTable, FloodproofError } from '../errors.js';
import type { Addon, AddonGate } from './load.js';

/** @throws {FloodproofError} FP_GATE_INVALID with every fault of the spec. */
export function createNativeGate(addon: Addon, spec: GateSpec): Gate {
  validateSpec(spec);
  // The calls of `LaggingCalls` are not offered by the addon yet; whoever makes one gets a TypeError.
  return new NativeGate(addon, spec) as Omit<Gate, LaggingCalls> as Gate;
}

type LaggingCalls = 'decideRecord' | 'internCaller' | 'limitCaller' | 'limitBatch';

class NativeGate implements Omit<Gate, LaggingCalls> {
  readonly engine = 'native';
  readonly answer = new Float64Array(Answer.size);
  readonly #addon: Addon;
  /** Held so that the gate is not freed while its number is in use. */
  readonly #owner: AddonGate;
  readonly #id: number;

  constructor(addon: Addon, spec: GateSpec) {
    this.#addon = addon;
    try {
      this.#owner = new addon.NativeGate(JSON.stringify(spec));
      this.#id = this.#owner.id();
    } catch (error) {
      throw mapped(error);
    }
  }

  addKey(keyId: string, secret: string | Uint8Array, account: string): void {
    try {
      this.#addon.addKey(this.#id, keyId, typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret, account);
    } catch (error) {
      throw mapped(error);
    }
  }

  removeKey(keyId: string): boolean {
    return this.#addon.removeKey(this.#id, keyId);
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
    try {
      return this.#addon.decide(
        this.#id,
        nowUs,
        classId,
        ip,
        account,
        keyId,
        timestampUs,
        windowUs,
        message,
        signature,
        this.answer,
      ) as Decision;
    } catch (error) {
      throw mapped(error);
    }
  }

  limit(nowUs: number, classId: number, ip: string, account: string, keyId: string): Decision {
    try {
      return this.#addon.limit(this.#id, nowUs, classId, ip, account, keyId, this.answer) as Decision;
    } catch (error) {
      throw mapped(error);
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
    try {
      return this.#addon.verify(
        this.#id,
        nowUs,
        keyId,
        timestampUs,
        windowUs,
        message,
        signature,
        this.answer,
      ) as Decision;
    } catch (error) {
      throw mapped(error);
    }
  }

  decideBatch(records: Uint8Array, count: number, decisions: Uint8Array, answers: Float64Array): void {
    checkBatch(records, count, decisions, answers);
    try {
      this.#addon.decideBatch(this.#id, records, count, decisions, answers);
    } catch (error) {
      throw mapped(error);
    }
  }

  sign(keyId: string, message: string): string {
    try {
      return this.#addon.sign(this.#id, keyId, message);
    } catch (error) {
      throw mapped(error);
    }
  }
}

/** An error of the addon as ours, when its message starts with one of our codes. */
function mapped(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const [code = '', ...rest] = error.message.split(': ');
  return isErrorCode(code) ? new FloodproofError(code, rest.join(': '), { cause: error }) : error;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}
