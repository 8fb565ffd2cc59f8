/**
 * What a gate must decide, worded anew and as plainly as can be: maps by text, fractions in whole numbers without end,
 * lists of claims. It knows no tables and so no cold counter: it is right where every key has a slot.
 */
import { createHmac } from 'node:crypto';
import { Answer, Decision, type Gate, type GateSpec, HORIZON_US, type LimitSpec } from '../../harness/core/spec.js';
import { type ErrorCode, FloodproofError } from '../../harness/errors.js';
import { ReferenceCounter } from './reference-counter.js';

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
}

interface Claim {
  readonly keyId: string;
  readonly mac: string;
  readonly lastFreshUs: number;
}

/** One limit that matches a request, and the counter of the request's key. */
interface Asked {
  readonly index: number;
  readonly cost: number;
  readonly counter: ReferenceCounter;
}

interface Verified {
  readonly decision: Decision;
  readonly account: string;
  readonly claim: Claim | null;
}

const isId = (text: string): boolean => /^[\x21-\x7e]{1,256}$/.test(text);
const isIp = (text: string): boolean => /^[\x21-\x7e]{1,64}$/.test(text);
const isWhole = (us: number): boolean => Number.isSafeInteger(us) && us >= 0;

function fail(code: ErrorCode): never {
  throw new FloodproofError(code, 'as the reference says');
}

export class ReferenceGate implements Gate {
  readonly engine = 'ts';
  readonly answer = new Float64Array(Answer.size);
  readonly #spec: GateSpec;
  readonly #counters: Map<string, ReferenceCounter>[];
  readonly #keys = new Map<string, { secret: string | Uint8Array; account: string }>();
  readonly #callers: [ip: string, account: string, keyId: string][] = [];
  #claims: Claim[] = [];
  #nowUs: number;

  constructor(spec: GateSpec) {
    this.#spec = spec;
    this.#counters = spec.limits.map(() => new Map());
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
  ): Decision {
    return this.#decide({ nowUs, classId, ip, account, keyId, timestampUs, windowUs, message, signature }, true);
  }

  limit(nowUs: number, classId: number, ip: string, account: string, keyId: string): Decision {
    const nothing = { timestampUs: 0, windowUs: 0, message: '', signature: '' };
    return this.#decide({ nowUs, classId, ip, account, keyId, ...nothing }, false);
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

  internCaller(ip: string, account: string, keyId: string): number {
    return this.#callers.push([ip, account, keyId]) - 1;
  }

  limitCaller(nowUs: number, classId: number, caller: number): Decision {
    this.#check(nowUs, classId);
    return this.limit(nowUs, classId, ...(this.#callers[caller] ?? fail('FP_CALLER_INVALID')));
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
    this.#check(nowUs, classId);
    const all = [...callers.subarray(0, count)];
    if (all.some((caller) => this.#callers[caller] === undefined)) fail('FP_CALLER_INVALID');
    for (const [index, caller] of all.entries()) {
      decisions[index] = this.limitCaller(nowUs, classId, caller);
      answers?.set(this.answer, index * Answer.size);
    }
  }

  #read(bytes: Buffer, offset: number): { request: Request; byteLength: number } {
    if (bytes.length < offset + 44) fail('FP_BATCH_INVALID');
    const lengths = [30, 32, 34, 36].map((at) => bytes.readUInt16LE(offset + at));
    const ends = lengths.map((_, index) =>
      lengths.slice(0, index + 1).reduce((sum, length) => sum + length, offset + 44),
    );
    const [ip = '', account = '', keyId = '', signature = ''] = ends.map((end, index) =>
      bytes.toString('latin1', end - (lengths[index] ?? 0), end),
    );
    const messageStart = ends[3] ?? 0;
    const messageEnd = messageStart + bytes.readUInt32LE(offset + 40);
    const byteLength = Math.ceil((messageEnd - offset) / 8) * 8;
    if (bytes.readUInt32LE(offset + 24) !== byteLength || offset + byteLength > bytes.length) fail('FP_BATCH_INVALID');
    const [nowUs = 0, timestampUs = 0, windowUs = 0] = [0, 8, 16].map((at) => bytes.readDoubleLE(offset + at));
    const classId = bytes.readUInt16LE(offset + 28);
    this.#check(nowUs, classId);
    const message = bytes.subarray(messageStart, messageEnd);
    const request = { nowUs, classId, ip, account, keyId, timestampUs, windowUs, message, signature };
    return { request, byteLength };
  }

  #check(nowUs: number, classId: number): void {
    if (!isWhole(nowUs)) fail('FP_TIME_INVALID');
    if (this.#spec.classes[classId] === undefined) fail('FP_CLASS_INVALID');
  }

  #advance(nowUs: number): void {
    this.#nowUs = Math.min(Math.max(nowUs, this.#nowUs), this.#spec.originUs + HORIZON_US);
  }

  #decide(request: Request, isVerified: boolean): Decision {
    this.#check(request.nowUs, request.classId);
    this.#advance(request.nowUs);
    const isSigned = this.#spec.auth?.signed[request.classId] ?? false;
    const matching = this.#spec.limits
      .map((limit, index) => ({ limit, index, cost: limit.costs[request.classId] ?? 0 }))
      .filter(({ limit, cost }) => cost > 0 && (isSigned || limit.by !== 'key'));

    const byIp = matching.filter(({ limit }) => limit.by === 'ip');
    if (byIp.length > 0 && !isIp(request.ip)) return this.#answerNone(Decision.malformed);
    const front = byIp.map(({ index, cost }) => ({ index, cost, counter: this.#counterOf(index, request.ip) }));
    const refusedEarly = this.#refusalOf(front);
    if (refusedEarly !== null) return refusedEarly;

    let account = request.account;
    let claim: Claim | null = null;
    if (isSigned && isVerified) {
      const verified = this.#verify(request);
      if (verified.decision !== Decision.admitted) return this.#chargeRefused(front, verified.decision);
      ({ account, claim } = verified);
    }
    const rest = matching.filter(({ limit }) => limit.by !== 'ip');
    const textOf = ({ by }: LimitSpec): string => ({ ip: '', account, key: request.keyId, global: 'all' })[by];
    if (rest.some(({ limit }) => !isId(textOf(limit)))) return this.#chargeRefused(front, Decision.malformed);
    const back = rest.map(({ limit, index, cost }) => ({
      index,
      cost,
      counter: this.#counterOf(index, textOf(limit)),
    }));
    const refusedLate = this.#refusalOf(back);
    if (refusedLate !== null) return refusedLate;

    if (claim !== null) this.#claims.push(claim);
    const all = [...front, ...back].toSorted((one, other) => one.index - other.index);
    for (const { counter, cost } of all) counter.admit(cost, this.#nowUs);
    const remaining = all.map(({ counter }) => counter.remaining(this.#nowUs));
    const named = all[remaining.indexOf(Math.min(...remaining))];
    return named === undefined ? this.#answerNone(Decision.admitted) : this.#answer(Decision.admitted, named, 0);
  }

  #counterOf(index: number, text: string): ReferenceCounter {
    const counters = this.#counters[index] as Map<string, ReferenceCounter>;
    const known = counters.get(text);
    if (known !== undefined) return known;
    const counter = new ReferenceCounter(this.#spec.limits[index] as LimitSpec);
    counters.set(text, counter);
    return counter;
  }

  /** The first that can never pass, else the one that can pass last; null when all agree. */
  #refusalOf(asked: readonly Asked[]): Decision | null {
    const never = asked.find(({ counter, cost }) => cost > counter.capacity);
    if (never !== undefined) return this.#answer(Decision.never, never, 0);
    const retries = asked.map(({ counter, cost }) => counter.retryAtUs(cost, this.#nowUs));
    const latestUs = Math.max(0, ...retries);
    const named = asked[retries.indexOf(latestUs)];
    if (named === undefined || latestUs <= this.#nowUs) return null;
    if (named.counter.isBanned(this.#nowUs)) return this.#answer(Decision.banned, named, latestUs);
    named.counter.strike(this.#nowUs);
    return this.#answer(Decision.throttled, named, named.counter.retryAtUs(named.cost, this.#nowUs));
  }

  #chargeRefused(front: readonly Asked[], decision: Decision): Decision {
    for (const { counter, cost } of front) counter.chargeRefused(cost, this.#nowUs);
    return this.#answerNone(decision);
  }

  #mac(secret: string | Uint8Array, message: string | Uint8Array): Buffer {
    const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message;
    return createHmac(this.#spec.auth?.hash ?? 'sha256', secret)
      .update(bytes)
      .digest();
  }

  #verify(request: Omit<Request, 'nowUs' | 'classId' | 'ip' | 'account'>): Verified {
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
    this.answer.set([index, counter.remaining(this.#nowUs), retryAtUs, counter.fullAtUs(this.#nowUs), 0]);
    return decision;
  }

  #answerNone(decision: Decision): Decision {
    this.answer.set([-1, 0, 0, 0, 0]);
    return decision;
  }
}
