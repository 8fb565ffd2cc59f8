import { getRandomValues } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import process from 'node:process';
import { Answer, Decision, decisionNames } from '../core/spec.js';
import { FloodproofError } from '../errors.js';
import type { Asked } from '../gateway/asked.js';
import { defaultBounds } from '../gateway/bounds.js';
import type { Clock } from '../gateway/clock.js';
import { type Connection, ConnectionEnds } from '../gateway/connection-ends.js';
import {
  type Admission,
  ANONYMOUS,
  type Asking,
  GATE_HEADER,
  Gatekeeper,
  SHADOW_HEADER,
  UNASKED,
} from '../gateway/gatekeeper.js';
import { type SetHeader, tellAdmitted, tellRefused } from '../gateway/house-answer.js';
import { checkPolicyChange } from '../gateway/policy-change.js';
import { compileRules } from '../gateway/rules.js';
import { WaitingLine } from '../gateway/waiting-line.js';
import { JSON_TYPE } from '../gateway/wording.js';
import { openEngine } from '../native/engine.js';
import { type Policy, type RequestClass, requestClasses } from '../scenario/plan.js';
import type { Claim, Malformed, SigningProfile } from '../signing/profile.js';
import { profileOf } from '../signing/profiles.js';
import { Defence } from '../venue/defence.js';
import { AppFunctionError, askingOf } from './asking-of.js';
import { optionFaults, policyFaults, refuseFaults } from './check-options.js';
import { credentialOf, type GateKey, keyListFaults } from './gate-key.js';
import type { AppGateHandle, AskedRequest, GateOptions, GatePass } from './gate-options.js';
import { policyFrom } from './policy-file.js';
import { readBody } from './request-body.js';
import { startServiceClock } from './service-clock.js';
import { type AnswerHeaders, BUSY, GONE, type Settled, unaskedAnswer } from './settled.js';

const BODY_BYTES = 1_048_576;
const ELEMENTS_MAX = 65_535;

/** A request before it is asked about. */
export interface Arriving {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request target as it came, whatever the app's router has made of it since. */
  readonly url: string;
  /** null = not counted. Whatever throws is a failure. */
  readonly classOf: () => RequestClass | null;
}

/** Asks the gate of a policy before an app serves a request, whatever framework the app is made with. */
export class AppGate implements AppGateHandle {
  readonly engine: 'native' | 'ts';
  readonly note: string;
  readonly #options: GateOptions;
  readonly #clock: Clock;
  readonly #defence: Defence;
  readonly #gatekeeper: Gatekeeper;
  readonly #line: WaitingLine;
  readonly #profile: SigningProfile | null;
  readonly #signed: readonly boolean[];
  readonly #accountByKey = new Map<string, string>();
  /** Connections that a limit has ended. */
  readonly #killed = new WeakSet<Connection>();
  readonly #bodyBytesMax: number;
  #policy: Policy;
  #unasked = 0;
  #failed = 0;

  /**
   * @throws {FloodproofError} FP_PLUGIN_OPTIONS with every fault of the options; FP_FILE_UNREADABLE and FP_FILE_INVALID of the
   * policy file, FP_GATE_INVALID, FP_GATE_NAME and FP_ENGINE_ABSENT; and whatever loading the keys throws.
   */
  static async open(options: GateOptions): Promise<AppGate> {
    refuseFaults(optionFaults(options));
    // The policy tells of the whole service; this gate is one node of it.
    const policy = { ...policyFrom(options.policy), nodes: 1 };
    refuseFaults(policyFaults(policy, options));
    const { keys = [] } = options;
    const loaded = [...(typeof keys === 'function' ? await keys() : keys)];
    const gate = new AppGate(policy, options);
    refuseFaults(keyListFaults(loaded, gate.#profile));
    for (const key of loaded) gate.addKey(key);
    return gate;
  }

  private constructor(policy: Policy, options: GateOptions) {
    const { share, clock = startServiceClock() } = options;
    const { engine, note, createGate, attachGate } = openEngine(options.engine ?? 'auto');
    const [k0 = 0, k1 = 0] = getRandomValues(new Uint32Array(2));
    this.engine = engine;
    this.note = note;
    this.#options = options;
    this.#policy = policy;
    this.#clock = clock;
    this.#bodyBytesMax = options.bodyBytesMax ?? BODY_BYTES;
    this.#profile = policy.auth === null ? null : profileOf(policy.auth.profile, policy.auth);
    this.#defence = new Defence({
      policy,
      createGate: share === undefined ? createGate : (spec, secret) => attachGate(share, spec, secret),
      hashSecret: [k0, k1],
      originUs: clock.originUs,
      fallsUs: 0,
    });
    this.#signed = this.#defence.spec.auth?.signed ?? [];
    const ends = new ConnectionEnds();
    this.#gatekeeper = new Gatekeeper({
      policy,
      defence: this.#defence,
      clock,
      ends,
      accountByKey: this.#accountByKey,
    });
    const { queuedMax: waitingMax, queuedMsMax: waitMsMax } = defaultBounds;
    this.#line = new WaitingLine({ clock, ends, waitingMax, waitMsMax });
  }

  addKey(key: GateKey): void {
    const [fault] = keyListFaults([key], this.#profile);
    if (fault !== undefined) throw new FloodproofError('FP_KEY_INVALID', fault);
    const { id: keyId, account } = key;
    this.#defence.addKey({ keyId, account, secret: credentialOf(key) });
    this.#accountByKey.set(keyId, account);
  }

  removeKey(id: string): boolean {
    const isThere = this.#accountByKey.delete(id);
    if (isThere) this.#defence.removeKey(id);
    return isThere;
  }

  counts(): Readonly<Record<string, number>> {
    const { decisionCounts } = this.#gatekeeper;
    const decided = decisionNames.map((name, decision) => [name, decisionCounts[decision] ?? 0] as const);
    return Object.fromEntries([...decided, [UNASKED, this.#unasked], ['failed', this.#failed]]);
  }

  change(policy: Policy | string): void {
    const next = { ...policyFrom(policy), nodes: 1 };
    refuseFaults(policyFaults(next, this.#options));
    checkPolicyChange(this.#policy, next);
    const { spec } = this.#defence.compile(next, this.#clock.originUs);
    // What could throw comes before anything has changed.
    const rules = compileRules(next, spec);
    this.#defence.change(this.#clock.nowUs(), spec);
    this.#gatekeeper.goBy(rules);
    this.#policy = next;
  }

  /** Decides what becomes of a request; it is the adapter's to put headers on and to answer. Never throws. */
  async settle(arriving: Arriving): Promise<Settled> {
    if (this.#killed.has(arriving.request.socket)) return GONE;
    let requestClass: RequestClass | null;
    try {
      requestClass = arriving.classOf();
    } catch (error) {
      return this.#fail(error, true);
    }
    if (requestClass === null) return this.#unjudged(null);
    return await this.#judge(arriving, requestClass);
  }

  /** What the gate was not asked about: served in shadow, answered so where something is in force. */
  refuseUnasked(status: number, reason: string, headers: AnswerHeaders = {}): Settled {
    if (this.#options.shadow === true) return this.#unjudged(null);
    this.#unasked++;
    return unaskedAnswer(status, reason, headers);
  }

  async #judge(arriving: Arriving, requestClass: RequestClass): Promise<Settled> {
    const classId = requestClasses.indexOf(requestClass);
    const { accountOf, elementsOf, ageUsOf } = this.#options;
    const isSigned = this.#signed[classId] === true;
    let body: string | null = '';
    if (isSigned || accountOf !== undefined || elementsOf !== undefined || ageUsOf !== undefined) {
      try {
        const reading = await readBody(arriving.request, this.#bodyBytesMax);
        if (reading.kind === 'gone') return GONE;
        if (reading.kind === 'too-large') return this.refuseUnasked(413, 'body-too-large', { connection: 'close' });
        body = reading.text;
      } catch (error) {
        return this.#fail(error, true);
      }
    }
    const { method = '', headers } = arriving.request;
    const asked: AskedRequest = { method, url: arriving.url, headers, requestClass, body };
    let asking: Asking;
    try {
      asking = askingOf(this.#options, asked, { classId, isSigned });
    } catch (error) {
      return this.#fail(error, true);
    }
    if ((asking.elements ?? 1) > ELEMENTS_MAX) return this.refuseUnasked(413, 'batch-too-large');
    const answered = new EventEmitter();
    arriving.response.once('close', () => answered.emit('finish'));
    const { socket: connection } = arriving.request;
    let settled: Settled;
    let admission: Admission | null;
    try {
      const ip = this.#gatekeeper.clientIpOf(arriving.request);
      const proof = this.#proofOf(asked, isSigned);
      const told = this.#gatekeeper.ask({ ip, connection, answered, proof }, asking);
      admission = told.admission;
      // Nothing else has asked the gate since, so its answer is still this one's.
      settled = this.#word(told, { requestClass, isSigned, connection, answered });
    } catch (error) {
      return this.#fail(error, error instanceof AppFunctionError);
    }
    if (admission === null || !admission.waits || this.#options.shadow === true) return settled;
    switch (await this.#line.wait(connection, admission.turnUs)) {
      case 'turn':
        return settled;
      case 'gone':
        return GONE;
      case 'full':
        return BUSY;
    }
  }

  /** What the request claims to have signed; nobody looks at it where it need not be. */
  #proofOf({ method, url: path, headers, body }: AskedRequest, isSigned: boolean): Claim | Malformed {
    if (!isSigned || this.#profile === null) return UNSIGNED;
    if (body === null) return { malformed: 'the body must be UTF-8' };
    return this.#profile.read({ method, path, headers: withHost(headers), body });
  }

  /** Tells whoever wants to know, and words the answer. */
  #word(
    { told, admission, kills }: Asked,
    of: { requestClass: RequestClass; isSigned: boolean; connection: Connection; answered: EventEmitter },
  ): Settled {
    const { decision, answer, caller, rules, nowUs } = told;
    const { requestClass, isSigned, connection, answered } = of;
    const { shadow: inShadow = false } = this.#options;
    const name = decisionNames[decision] ?? String(decision);
    const limit = rules.limits[answer[Answer.limit] ?? -1]?.name ?? null;
    const shadowLimit = rules.shadowNames[answer[Answer.shadow] ?? -1];
    const shadowName = rules.limits[answer[Answer.shadow] ?? -1]?.name ?? null;
    const isAdmitted = decision === Decision.admitted;
    const headers: Record<string, string> = {};
    const set: SetHeader = (header, value) => {
      headers[header] = value;
    };
    const account = caller.account === ANONYMOUS ? '' : caller.account;
    this.#hear({
      decision: name,
      requestClass,
      ip: caller.ip,
      account,
      keyId: caller.keyId,
      limit,
      shadow: shadowName,
      isRefused: !isAdmitted && !inShadow,
      nowUs,
    });
    if (isAdmitted || inShadow) {
      set(GATE_HEADER, decisionNames[Decision.admitted] ?? '');
      if (!inShadow) tellAdmitted(told, set);
      const refusedBy = isAdmitted ? shadowLimit : (rules.shadowNames[answer[Answer.limit] ?? -1] ?? name);
      if (refusedBy !== undefined) set(SHADOW_HEADER, refusedBy);
      const keyId = isAdmitted && isSigned ? caller.keyId : '';
      // What a request claims that would have been refused is proved by nothing.
      const pass = this.#passOf(
        { requestClass, decision: name, keyId, account: isAdmitted ? account : '' },
        admission,
        answered,
      );
      return { kind: 'pass', pass, headers };
    }
    set(GATE_HEADER, name);
    if (shadowLimit !== undefined) set(SHADOW_HEADER, shadowLimit);
    const { status, body } = tellRefused(told, set);
    set('content-type', JSON_TYPE);
    if (kills) {
      this.#killed.add(connection);
      set('connection', 'close');
    }
    return { kind: 'answer', status, body, headers };
  }

  #passOf(
    known: Pick<GatePass, 'requestClass' | 'decision' | 'keyId' | 'account'>,
    admission: Admission | null,
    answered: EventEmitter | null,
  ): GatePass {
    return {
      ...known,
      earn: (fills = 1) => {
        if (!Number.isInteger(fills) || fills < 1)
          throw new RangeError(`fills must be whole and at least 1, got ${fills}`);
        if (admission !== null) this.#gatekeeper.credit(admission, fills);
      },
      release: () => {
        answered?.emit('finish');
      },
    };
  }

  #unjudged(requestClass: RequestClass | null): Settled {
    this.#unasked++;
    const pass = this.#passOf({ requestClass, decision: UNASKED, keyId: '', account: '' }, null, null);
    return { kind: 'pass', pass, headers: {} };
  }

  /**
   * @param isTheApps - a function of the app has failed, which a caller may bring about: then nobody is let in, or this
   * would be the way around the gate.
   */
  #fail(error: unknown, isTheApps: boolean): Settled {
    this.#failed++;
    this.#tellFailure(error);
    const { failure = 'closed', shadow } = this.#options;
    const isOpen = shadow === true || (failure === 'open' && !isTheApps);
    return isOpen ? this.#unjudged(null) : this.refuseUnasked(503, 'gate-failed');
  }

  #hear(event: Parameters<NonNullable<GateOptions['onDecision']>>[0]): void {
    try {
      this.#options.onDecision?.(event);
    } catch (error) {
      // Whoever listens changes no decision.
      this.#tellFailure(error);
    }
  }

  #tellFailure(thrown: unknown): void {
    const cause = thrown instanceof AppFunctionError ? thrown.cause : thrown;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const { onFailure = (failed: Error) => process.stderr.write(`floodproof: ${failed.stack ?? failed.message}\n`) } =
      this.#options;
    try {
      onFailure(error);
    } catch {
      // A listener of failures that fails has nobody left to tell.
    }
  }
}

const UNSIGNED: Malformed = { malformed: 'it need not be signed' };

/** HTTP/2 has the host elsewhere. */
function withHost(headers: AskedRequest['headers']): AskedRequest['headers'] {
  const authority = headers[':authority'];
  return headers.host === undefined && authority !== undefined ? { ...headers, host: authority } : headers;
}
