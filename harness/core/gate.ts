/** The gate in TypeScript: verifier and limits of one policy fused. See `Gate` for the contract. */
import { FloodproofError } from '../errors.js';
import { checkBatch } from './batch.js';
import { Keyring } from './keyring.js';
import { LimitTable } from './limit-table.js';
import { type ReadRecord, readRecord, recordFault } from './record.js';
import { Answer, Decision, type Gate, type GateSpec, type HashSecret, HORIZON_US } from './spec.js';
import { isId, isIp } from './text-form.js';
import { validateSpec } from './validate-spec.js';
import { type SignedRequest, Verifier } from './verifier.js';

/** A limit that matches a class, with its cost for it. */
interface Match {
  readonly table: LimitTable;
  readonly cost: number;
}

/** What is asked of a request class: the limits before the verifier, the verifier, the limits after it. */
interface ClassPlan {
  readonly isSigned: boolean;
  readonly front: readonly Match[];
  readonly back: readonly Match[];
  readonly needsAccount: boolean;
  readonly needsKey: boolean;
}

/** What limits count by. */
interface Caller {
  readonly ip: string;
  readonly account: string;
  readonly keyId: string;
}

/** @throws {FloodproofError} FP_GATE_INVALID with every fault of the spec. */
export function createGate(spec: GateSpec, _hashSecret?: HashSecret): Gate {
  validateSpec(spec);
  return new TsGate(spec) as Omit<Gate, LaggingCalls> as Gate;
}

type LaggingCalls = 'decideRecord' | 'internCaller' | 'limitCaller' | 'limitBatch';

class TsGate implements Omit<Gate, LaggingCalls> {
  readonly engine = 'ts';
  readonly answer = new Float64Array(Answer.size);
  readonly #plans: readonly ClassPlan[];
  readonly #keyring = new Keyring();
  readonly #verifier: Verifier | null;
  readonly #horizonUs: number;
  #nowUs: number;

  constructor(spec: GateSpec) {
    const tables = spec.limits.map((limit, index) => new LimitTable(limit, index));
    this.#plans = spec.classes.map((_, classId) => planClass(spec, tables, classId));
    this.#verifier = spec.auth === null ? null : new Verifier(spec.auth, this.#keyring);
    this.#nowUs = spec.originUs;
    this.#horizonUs = spec.originUs + HORIZON_US;
  }

  addKey(keyId: string, secret: string | Uint8Array, account: string): void {
    this.#keyring.add(keyId, secret, account);
  }

  removeKey(keyId: string): boolean {
    return this.#keyring.remove(keyId);
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
    const signed = plan.isSigned ? { keyId, timestampUs, windowUs, message, signature } : null;
    return this.#decide(nowUs, plan, { ip, account, keyId }, signed);
  }

  limit(nowUs: number, classId: number, ip: string, account: string, keyId: string): Decision {
    checkTime(nowUs);
    return this.#decide(nowUs, this.#plan(classId), { ip, account, keyId }, null);
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
    const decision = this.#verifier.look({ keyId, timestampUs, windowUs, message, signature }, this.#nowUs);
    if (decision === Decision.admitted) this.#verifier.claim();
    return this.#answerNone(decision);
  }

  decideBatch(records: Uint8Array, count: number, decisions: Uint8Array, answers: Float64Array): void {
    checkBatch(records, count, decisions, answers);
    const requests = this.#readAll(records, count);
    for (const [index, request] of requests.entries()) {
      const plan = this.#plan(request.classId);
      decisions[index] = this.#decide(request.nowUs, plan, request, plan.isSigned ? request : null);
      answers.set(this.answer, index * Answer.size);
    }
  }

  sign(keyId: string, message: string): string {
    const holder = this.#keyring.find(keyId);
    if (holder === undefined) throw new FloodproofError('FP_KEY_INVALID', 'no key of this id is known to the gate');
    return holder.hmac.macHex(message);
  }

  /** Looks at everything first and charges afterwards, so that nothing has to be given back. */
  #decide(nowUs: number, plan: ClassPlan, caller: Caller, signed: SignedRequest | null): Decision {
    this.#advance(nowUs);
    if (plan.front.length > 0 && !isIp(caller.ip)) return this.#answerNone(Decision.malformed);
    const early = this.#look(plan.front, caller, caller.account);
    if (early !== Decision.admitted) return early;

    let { account } = caller;
    if (signed !== null && this.#verifier !== null) {
      const refusal = this.#verifier.look(signed, this.#nowUs);
      if (refusal !== Decision.admitted) return this.#refuse(plan, refusal);
      account = this.#verifier.account;
    }
    if ((plan.needsAccount && !isId(account)) || (plan.needsKey && !isId(caller.keyId))) {
      return this.#refuse(plan, Decision.malformed);
    }
    const late = this.#look(plan.back, caller, account);
    if (late !== Decision.admitted) return late;

    if (signed !== null) this.#verifier?.claim();
    for (const { table } of plan.front) table.charge(true);
    for (const { table } of plan.back) table.charge(true);
    return this.#admit(plan);
  }

  /** Asks every limit; when one says no, the answer is filled and nothing but its strike is kept. */
  #look(matches: readonly Match[], caller: Caller, account: string): Decision {
    let decision: Decision = Decision.admitted;
    let named: LimitTable | null = null;
    for (const { table, cost } of matches) {
      const said = table.look(keyOf(table, caller, account), cost, this.#nowUs);
      if (said === Decision.admitted || decision === Decision.never) continue;
      if (said === Decision.never || named === null || table.retryAtUs > named.retryAtUs) {
        decision = said;
        named = table;
      }
    }
    if (named === null) return decision;
    if (decision === Decision.throttled) named.strike();
    return this.#answerLimit(decision, named);
  }

  /** A refusal by the verifier keeps the charge of the limits before it, or forged signatures would be free. */
  #refuse(plan: ClassPlan, refusal: Decision): Decision {
    for (const { table } of plan.front) table.charge(false);
    return this.#answerNone(refusal);
  }

  /** Names the limit with the fewest cells left, the first of equals. */
  #admit(plan: ClassPlan): Decision {
    let named: LimitTable | null = null;
    for (const matches of [plan.front, plan.back]) {
      for (const { table } of matches) {
        const isFewer =
          named === null ||
          table.remaining < named.remaining ||
          (table.remaining === named.remaining && table.index < named.index);
        if (isFewer) named = table;
      }
    }
    return named === null ? this.#answerNone(Decision.admitted) : this.#answerLimit(Decision.admitted, named);
  }

  #answerLimit(decision: Decision, table: LimitTable): Decision {
    this.answer[Answer.limit] = table.index;
    this.answer[Answer.remaining] = table.remaining;
    this.answer[Answer.retryAtUs] = table.retryAtUs;
    this.answer[Answer.resetAtUs] = table.resetAtUs;
    this.answer[Answer.cold] = table.isCold ? 1 : 0;
    return decision;
  }

  #answerNone(decision: Decision): Decision {
    this.answer.fill(0);
    this.answer[Answer.limit] = -1;
    return decision;
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
    this.#nowUs = Math.min(Math.max(this.#nowUs, nowUs), this.#horizonUs);
  }

  /** All records, or the fault of the first that has one. */
  #readAll(records: Uint8Array, count: number): ReadRecord[] {
    const requests: ReadRecord[] = [];
    let offset = 0;
    for (let index = 0; index < count; index += 1) {
      const fault = recordFault(records, offset);
      if (fault !== null) throw new FloodproofError('FP_BATCH_INVALID', `record ${index} ${fault}`);
      const request = readRecord(records, offset);
      checkTime(request.nowUs);
      this.#plan(request.classId);
      requests.push(request);
      offset += request.byteLength;
    }
    return requests;
  }
}

function planClass(spec: GateSpec, tables: readonly LimitTable[], classId: number): ClassPlan {
  const isSigned = spec.auth?.signed[classId] ?? false;
  const matches = tables
    .map((table, index) => ({ table, cost: spec.limits[index]?.costs[classId] ?? 0 }))
    .filter(({ table, cost }) => cost > 0 && (isSigned || table.by !== 'key'));
  const front = matches.filter(({ table }) => table.by === 'ip');
  const back = matches.filter(({ table }) => table.by !== 'ip');
  return {
    isSigned,
    front,
    back,
    needsAccount: back.some(({ table }) => table.by === 'account'),
    needsKey: back.some(({ table }) => table.by === 'key'),
  };
}

function keyOf(table: LimitTable, caller: Caller, account: string): string {
  switch (table.by) {
    case 'ip':
      return caller.ip;
    case 'account':
      return account;
    case 'key':
      return caller.keyId;
    case 'global':
      return '';
  }
}

function checkTime(nowUs: number): void {
  if (Number.isSafeInteger(nowUs) && nowUs >= 0) return;
  throw new FloodproofError('FP_TIME_INVALID', `nowUs must be whole microseconds from 0 to 2^53 - 1, got ${nowUs}`);
}
