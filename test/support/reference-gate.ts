/**
 * What a gate must decide, worded anew and as plainly as can be: maps by text, fractions in whole numbers without end,
 * lists of claims. It knows no tables and so no cold counter: it is right where every key has a slot.
 */
import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { validateSpec } from '../../harness/core/index.js';
import { Answer, Decision, type Gate, type GateSpec, HORIZON_US, type LimitSpec } from '../../harness/core/spec.js';
import { type ErrorCode, FloodproofError } from '../../harness/errors.js';
import type { ReferenceCounter } from './reference-counter.js';
import { type Facts, isId, ReferenceCounters } from './reference-counters.js';

interface Request {
  readonly nowUs: number;
  readonly classId: number;
  readonly ip: string;
  readonly account: string;
  readonly keyId: string;
  readonly timestampUs: number;
  readonly windowUs: number;
  readonly message: string | Uint8Array;
  readonly signature: string;
  readonly elements: number;
  readonly ageUs: number;
}

interface Claim {
  readonly keyId: string;
  readonly mac: string;
  readonly lastFreshUs: number;
}

/** One limit that matches a request, and the counter of the request's key. */
interface Asked {
  readonly limit: LimitSpec;
  readonly index: number;
  readonly cost: number;
  readonly counter: ReferenceCounter;
}

interface Verified {
  readonly decision: Decision;
  readonly account: string;
  readonly claim: Claim | null;
}

type Fate = 'admitted' | 'refused' | 'denied';

const isWhole = (us: number): boolean => Number.isSafeInteger(us) && us >= 0;

function fail(code: ErrorCode): never {
  throw new FloodproofError(code, 'as the reference says');
}

export class ReferenceGate implements Gate {
  readonly engine = 'ts';
  readonly answer = new Float64Array(Answer.size);
  #spec: GateSpec;
  #counters: ReferenceCounters;
  readonly #keys = new Map<string, { secret: string | Uint8Array; account: string }>();
  #callers: [ip: string, account: string, keyId: string][] = [];
  #claims: Claim[] = [];
  #nowUs: number;

  constructor(spec: GateSpec) {
    this.#spec = spec;
    this.#counters = new ReferenceCounters(spec.limits);
    this.#nowUs = spec.originUs;
  }

  addKey(keyId: string, secret: string | Uint8Array, account: string): void {
    if (!isId(keyId) || secret.length === 0 || (account !== '' && !isId(account))) fail('FP_KEY_INVALID');
    this.#keys.set(keyId, { secret, account });
  }

  removeKey(keyId: string): boolean {
    return this.#keys.delete(keyId);
  }

  sign(keyId: string, message: string): string {
    const key = this.#keys.get(keyId) ?? fail('FP_KEY_INVALID');
    return this.#mac(key.secret, message).toString(this.#spec.auth?.encoding ?? 'hex');
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
    const numbers = { nowUs, classId, timestampUs, windowUs, elements, ageUs };
    return this.#decide({ ...numbers, ip, account, keyId, message, signature }, true);
  }

  limit(nowUs: number, classId: number, ip: string, account: string, keyId: string, elements = 1, ageUs = 0): Decision {
    const nothing = { timestampUs: 0, windowUs: 0, message: '', signature: '' };
    return this.#decide({ nowUs, classId, ip, account, keyId, elements, ageUs, ...nothing }, false);
  }

  release(nowUs: number, classId: number, ip: string, account: string, keyId: string, elements = 1): void {
    this.#check(nowUs, classId, elements, 0);
    this.#advance(nowUs);
    for (const { limit, index, cost } of this.#matching(classId, elements, 0)) {
      this.#counters.of(limit, index, { classId, ip, account, keyId })?.state.release(cost);
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
    this.#check(nowUs, classId, 1, 0);
    const credited = this.#spec.limits[limit] ?? fail('FP_CREDIT_INVALID');
    const { numbers } = credited;
    const isTaking =
      numbers.family === 'earned-budget' || (numbers.family === 'fixed-window' && numbers.credit !== 'none');
    if (!isTaking || !Number.isInteger(cells) || cells < 1 || cells >= 2 ** 31) fail('FP_CREDIT_INVALID');
    this.#advance(nowUs);
    const counter = this.#counters.of(credited, limit, { classId, ip, account, keyId });
    return counter?.state.credit(cells, this.#nowUs) ?? false;
  }

  change(nowUs: number, spec: GateSpec): void {
    if (!isWhole(nowUs)) fail('FP_TIME_INVALID');
    validateSpec(spec);
    for (const part of ['classes', 'auth', 'originUs'] as const) {
      if (!isDeepStrictEqual(spec[part], this.#spec[part])) fail('FP_GATE_INVALID');
    }
    this.#advance(nowUs);
    this.#counters = this.#counters.become(spec.limits, this.#nowUs);
    this.#spec = spec;
    this.#callers = [];
  }

  verify(
    nowUs: number,
    keyId: string,
    timestampUs: number,
    windowUs: number,
    message: string,
    signature: string,
  ): Decision {
    if (!isWhole(nowUs)) fail('FP_TIME_INVALID');
    if (this.#spec.auth === null) fail('FP_GATE_INVALID');
    this.#advance(nowUs);
    const verified = this.#verify({ keyId, timestampUs, windowUs, message, signature });
    if (verified.decision === Decision.admitted && verified.claim !== null) this.#claims.push(verified.claim);
    return this.#answerNone(verified.decision);
  }

  decideRecord(record: Uint8Array): Decision {
    const { request } = this.#read(Buffer.from(record), 0);
    return this.#decide(request, true);
  }

  decideBatch(records: Uint8Array, count: number, decisions: Uint8Array, answers: Float64Array): void {
    const requests: Request[] = [];
    for (let index = 0, offset = 0; index < count; index += 1) {
      const { request, byteLength } = this.#read(Buffer.from(records), offset);
      requests.push(request);
      offset += byteLength;
    }
    for (const [index, request] of requests.entries()) {
      decisions[index] = this.#decide(request, true);
      answers.set(this.answer, index * Answer.size);
    }
  }

  internCaller(ip: string, account: string, keyId: string, number?: number): number {
    if (number !== undefined) {
      if (this.#callers[number] === undefined) fail('FP_CALLER_INVALID');
      this.#callers[number] = [ip, account, keyId];
      return number;
    }
    return this.#callers.push([ip, account, keyId]) - 1;
  }

  limitCaller(nowUs: number, classId: number, caller: number, elements = 1, ageUs = 0): Decision {
    this.#check(nowUs, classId, elements, ageUs);
    return this.limit(nowUs, classId, ...(this.#callers[caller] ?? fail('FP_CALLER_INVALID')), elements, ageUs);
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
    this.#check(nowUs, classId, elements, ageUs);
    const [ip, account, keyId] = this.#callers[caller] ?? fail('FP_CALLER_INVALID');
    if (this.#spec.auth?.signed[classId] !== true)
      return this.limit(nowUs, classId, ip, account, keyId, elements, ageUs);
    const signature = this.sign(keyId, message);
    const signed = [timestampUs, windowUs, message, signature] as const;
    return this.decide(nowUs, classId, ip, account, keyId, ...signed, elements, ageUs);
  }

  limitBatch(
    nowUs: number,
    classId: number,
    callers: Uint32Array,
    count: number,
    decisions: Uint8Array,
    answers: Float64Array | null,
  ): void {
    if (decisions.length < count) fail('FP_BATCH_INVALID');
    this.#check(nowUs, classId, 1, 0);
    const all = [...callers.subarray(0, count)];
    if (all.some((caller) => this.#callers[caller] === undefined)) fail('FP_CALLER_INVALID');
    for (const [index, caller] of all.entries()) {
      decisions[index] = this.limitCaller(nowUs, classId, caller);
      answers?.set(this.answer, index * Answer.size);
    }
  }

  #read(bytes: Buffer, offset: number): { request: Request; byteLength: number } {
    if (bytes.length < offset + 52) fail('FP_BATCH_INVALID');
    const lengths = [38, 40, 42, 44].map((at) => bytes.readUInt16LE(offset + at));
    const ends = lengths.map((_, index) =>
      lengths.slice(0, index + 1).reduce((sum, length) => sum + length, offset + 52),
    );
    const [ip = '', account = '', keyId = '', signature = ''] = ends.map((end, index) =>
      bytes.toString('latin1', end - (lengths[index] ?? 0), end),
    );
    const messageStart = ends[3] ?? 0;
    const messageEnd = messageStart + bytes.readUInt32LE(offset + 48);
    const byteLength = Math.ceil((messageEnd - offset) / 8) * 8;
    if (bytes.readUInt32LE(offset + 32) !== byteLength || offset + byteLength > bytes.length) fail('FP_BATCH_INVALID');
    const times = [0, 8, 16, 24].map((at) => bytes.readDoubleLE(offset + at));
    const [nowUs = 0, timestampUs = 0, windowUs = 0, ageUs = 0] = times;
    const classId = bytes.readUInt16LE(offset + 36);
    const elements = bytes.readUInt16LE(offset + 46) || 1;
    this.#check(nowUs, classId, elements, ageUs);
    const message = bytes.subarray(messageStart, messageEnd);
    const numbers = { nowUs, classId, timestampUs, windowUs, elements, ageUs };
    return { request: { ...numbers, ip, account, keyId, message, signature }, byteLength };
  }

  #check(nowUs: number, classId: number, elements: number, ageUs: number): void {
    if (!isWhole(nowUs)) fail('FP_TIME_INVALID');
    if (this.#spec.classes[classId] === undefined) fail('FP_CLASS_INVALID');
    if (!Number.isInteger(elements) || elements < 1 || elements > 65_535) fail('FP_ELEMENTS_INVALID');
    if (!isWhole(ageUs)) fail('FP_TIME_INVALID');
  }

  #advance(nowUs: number): void {
    this.#nowUs = Math.min(Math.max(nowUs, this.#nowUs), this.#spec.originUs + HORIZON_US);
  }

  /** Limits that match the class, with what the request costs them. */
  #matching(classId: number, elements: number, ageUs: number): { limit: LimitSpec; index: number; cost: number }[] {
    const isSigned = this.#spec.auth?.signed[classId] ?? false;
    return this.#spec.limits
      .map((limit, index) => {
        const age = limit.ageCosts[classId]?.find(({ underUs }) => ageUs < underUs);
        return { limit, index, each: limit.costs[classId] ?? 0, more: age?.cells ?? 0 };
      })
      .filter(({ limit, each }) => each > 0 && (isSigned || !limit.by.includes('key')))
      .map(({ limit, index, each, more }) => ({ limit, index, cost: each * elements + more }));
  }

  #decide(request: Request, isVerified: boolean): Decision {
    const { nowUs, classId, elements, ageUs } = request;
    this.#check(nowUs, classId, elements, ageUs);
    this.#advance(nowUs);
    const matching = this.#matching(classId, elements, ageUs);
    const isFront = ({ limit }: { limit: LimitSpec }): boolean =>
      ['ip', 'ip,class', 'class,ip'].includes(`${limit.by}`);

    let facts: Facts = request;
    const ask = (list: typeof matching, isShadow: boolean): Asked[] | null => {
      const all = list
        .filter(({ limit }) => limit.isShadow === isShadow)
        .map((match) => ({ ...match, counter: this.#counters.of(match.limit, match.index, facts) }));
      const known = all.filter((match): match is Asked => match.counter !== null);
      return isShadow || known.length === all.length ? known : null;
    };
    const front = ask(matching.filter(isFront), false);
    if (front === null) return this.#answerNone(Decision.malformed);
    const frontShadows = ask(matching.filter(isFront), true) ?? [];
    const refusedEarly = this.#refusalOf(front, frontShadows);
    if (refusedEarly !== null) return refusedEarly;

    let claim: Claim | null = null;
    if (isVerified && (this.#spec.auth?.signed[classId] ?? false)) {
      const verified = this.#verify(request);
      if (verified.decision !== Decision.admitted) return this.#chargeRefused(front, frontShadows, verified.decision);
      facts = { ...request, account: verified.account };
      claim = verified.claim;
    }
    const rest = matching.filter((match) => !isFront(match));
    const back = ask(rest, false);
    if (back === null) return this.#chargeRefused(front, frontShadows, Decision.malformed);
    const shadows = [...frontShadows, ...(ask(rest, true) ?? [])];
    const all = [...front, ...back].toSorted((one, other) => one.index - other.index);
    const refusedLate = this.#refusalOf(back, shadows, all);
    if (refusedLate !== null) return refusedLate;

    if (claim !== null) this.#claims.push(claim);
    for (const { counter, cost } of all) counter.admit(cost, this.#nowUs);
    const remaining = all.map(({ counter }) => counter.state.remaining(this.#nowUs));
    const named = all[remaining.indexOf(Math.min(...remaining))];
    if (named === undefined) this.#answerNone(Decision.admitted);
    else this.#answer(Decision.admitted, named, 0);
    this.answer[Answer.delayUs] = Math.max(0, ...all.map(({ counter }) => counter.state.delayUs(this.#nowUs)));
    this.#settleShadows(shadows, 'admitted');
    return Decision.admitted;
  }

  /**
   * The first that can never pass, else the one that can pass last; null when all agree.
   *
   * @param all - those that count a denial, and that it has to pass later.
   */
  #refusalOf(asked: readonly Asked[], shadows: readonly Asked[], all = asked): Decision | null {
    const nowUs = this.#nowUs;
    const never = asked.find(({ counter, cost }) => counter.says(cost, nowUs) === Decision.never);
    const retries = asked.map(({ counter, cost }) => counter.retryAtUs(cost, nowUs));
    const latestUs = Math.max(0, ...retries);
    const named = never ?? asked[retries.indexOf(latestUs)];
    if (named === undefined || (never === undefined && latestUs <= nowUs)) return null;
    const decision = named.counter.says(named.cost, nowUs);
    if (decision === Decision.throttled) named.counter.strike(nowUs);
    for (const one of all) this.#countDenied(one);
    const later = never === undefined ? Math.max(...all.map(({ counter, cost }) => counter.retryAtUs(cost, nowUs))) : 0;
    this.#answer(decision, named, later);
    this.#settleShadows(shadows, 'denied');
    return decision;
  }

  #countDenied({ limit, counter, cost }: Asked): void {
    const { numbers } = limit;
    if (numbers.family === 'fixed-window' && numbers.countsDenied) counter.chargeRefused(cost, this.#nowUs);
  }

  #chargeRefused(front: readonly Asked[], shadows: readonly Asked[], decision: Decision): Decision {
    for (const one of front) this.#chargeUnheld(one);
    this.#answerNone(decision);
    this.#settleShadows(shadows, 'refused');
    return decision;
  }

  /** A request that is refused ends at once. */
  #chargeUnheld({ limit, counter, cost }: Asked): void {
    if (limit.numbers.family !== 'concurrency') counter.chargeRefused(cost, this.#nowUs);
  }

  #settleShadows(shadows: readonly Asked[], fate: Fate): void {
    const denying: number[] = [];
    for (const one of shadows) {
      const { counter, cost, index } = one;
      const said = counter.says(cost, this.#nowUs);
      if (said !== Decision.admitted) denying.push(index);
      if (said === Decision.throttled) counter.strike(this.#nowUs);
      if (said !== Decision.admitted || fate === 'denied') this.#countDenied(one);
      else if (fate === 'admitted') counter.admit(cost, this.#nowUs);
      else this.#chargeUnheld(one);
    }
    this.answer[Answer.shadow] = denying.length === 0 ? -1 : Math.min(...denying);
  }

  #mac(secret: string | Uint8Array, message: string | Uint8Array): Buffer {
    const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message;
    return createHmac(this.#spec.auth?.hash ?? 'sha256', secret)
      .update(bytes)
      .digest();
  }

  #verify(request: Pick<Request, 'keyId' | 'timestampUs' | 'windowUs' | 'message' | 'signature'>): Verified {
    const { keyId, timestampUs, windowUs, message, signature } = request;
    const no = (decision: Decision): Verified => ({ decision, account: '', claim: null });
    const { auth } = this.#spec;
    if (auth === null || !isId(keyId) || !isWhole(timestampUs) || !isWhole(windowUs)) return no(Decision.malformed);
    const key = this.#keys.get(keyId);
    if (key === undefined) return no(Decision.unknownKey);
    const mac = this.#mac(key.secret, message);
    const given = auth.encoding === 'hex' ? signature.toLowerCase() : signature;
    // U+212A has 'k' as its lower case, and no other character outside of ASCII has a hex digit.
    if (given !== mac.toString(auth.encoding)) return no(Decision.badSignature);
    const freshUs = windowUs === 0 ? auth.windowUsMax : Math.min(windowUs, auth.windowUsMax);
    if (timestampUs >= this.#nowUs + auth.futureUs) return no(Decision.fromFuture);
    if (timestampUs + freshUs < this.#nowUs) return no(Decision.stale);
    const { account } = key;
    if (auth.replayCapacity === null) return { decision: Decision.admitted, account, claim: null };
    this.#claims = this.#claims.filter(({ lastFreshUs }) => this.#nowUs <= lastFreshUs);
    const claim = { keyId, mac: mac.toString('hex', 0, 16), lastFreshUs: timestampUs + freshUs };
    const own = this.#claims.filter((other) => other.keyId === keyId);
    if (own.some((other) => other.mac === claim.mac)) return no(Decision.replayed);
    const isFull = this.#claims.length >= auth.replayCapacity || own.length >= auth.replayPerKey;
    return isFull ? no(Decision.replayFull) : { decision: Decision.admitted, account, claim };
  }

  #answer(decision: Decision, { index, counter }: Asked, retryAtUs: number): Decision {
    const { state } = counter;
    this.answer.set([index, state.remaining(this.#nowUs), retryAtUs, state.fullAtUs(this.#nowUs), 0, 0, -1]);
    return decision;
  }

  #answerNone(decision: Decision): Decision {
    this.answer.set([-1, 0, 0, 0, 0, 0, -1]);
    return decision;
  }
}
