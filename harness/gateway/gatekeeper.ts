import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Gate, GateSpec } from '../core/spec.js';
import { Answer, Decision, decisionNames } from '../core/spec.js';
import type { ClientIpRule } from '../scenario/plan.js';
import { readSigned, type SignatureForm, signatureForm } from '../signing/hmac-lines.js';
import type { ClientIp } from './client-ip.js';
import { createClientIp } from './client-ip.js';
import type { Clock } from './clock.js';
import type { RateLimitFields } from './rate-limit-fields.js';
import { compileRateLimitFields, rateLimitField } from './rate-limit-fields.js';
import { refusalOf } from './refusal.js';

/**
 * The header that says who spoke: the name of the gate's decision (`admitted`: the answer, whatever its status, is the
 * business's own), or `unasked` when the request never came as far as the gate (unknown path, body too large).
 */
export const GATE_HEADER = 'x-gate';
export const UNASKED = 'unasked';
export const JSON_TYPE = 'application/json; charset=utf-8';

/** Whom a request is charged to that names no account: an unsigned class, or a login that can't be read. */
export const ANONYMOUS = '(anonymous)';

/**
 * What the body parser leaves in `request.body`: the text exactly as it came, undefined for no body, and null for bytes
 * that are not UTF-8. Those have no text that could be signed: decoding would make different bytes look alike.
 */
export type RawBody = string | null | undefined;

/** Stands between routes and gate: asks, counts, and answers those who are refused. */
export class Gatekeeper {
  /** How often each decision fell, by its index. */
  readonly decisionCounts: number[] = decisionNames.map(() => 0);
  readonly #gate: Gate;
  readonly #clock: Clock;
  readonly #clientIp: ClientIp;
  readonly #signed: readonly boolean[];
  readonly #form: SignatureForm | undefined;
  readonly #fields: RateLimitFields;
  readonly #limitNamesJson: readonly string[];
  /** By limit index: does `resetAtUs` say when more cells come, and not only when all are back? */
  readonly #resetIsNext: readonly boolean[];
  readonly #accountByKey: ReadonlyMap<string, string>;

  constructor(options: {
    clientIp: ClientIpRule;
    spec: GateSpec;
    gate: Gate;
    clock: Clock;
    accountByKey: ReadonlyMap<string, string>;
  }) {
    const { spec } = options;
    this.#gate = options.gate;
    this.#clock = options.clock;
    this.#accountByKey = options.accountByKey;
    this.#clientIp = createClientIp(options.clientIp);
    this.#signed = spec.auth?.signed ?? [];
    this.#form = spec.auth === null ? undefined : signatureForm(spec.auth);
    this.#fields = compileRateLimitFields(spec.limits, spec.classes.length);
    this.#limitNamesJson = spec.limits.map((limit) => JSON.stringify(limit.name));
    this.#resetIsNext = spec.limits.map((limit) => limit.numbers.family === 'fixed-window');
  }

  /**
   * Decides a request of a class that the policy may demand to be signed.
   * @returns the account that it acts for, or null when it was refused and has its answer.
   */
  admit(request: FastifyRequest, reply: FastifyReply, classId: number): string | null {
    if (this.#signed[classId] !== true) {
      return this.admitUnsigned(request, reply, classId, ANONYMOUS) ? ANONYMOUS : null;
    }
    const nowUs = this.#clock.nowUs();
    const ip = this.#clientIp(request.raw);
    const body = request.body as RawBody;
    const signed =
      body === null
        ? null
        : readSigned(
            request.headers,
            { method: request.method, path: request.raw.url ?? '', body: body ?? '' },
            this.#form,
          );
    if (signed === null || 'malformed' in signed) {
      // An empty key id is of the wrong form for every gate: limits by ip are charged, and the answer is `malformed`.
      this.#settle(reply, classId, nowUs, this.#gate.decide(nowUs, classId, ip, '', '', 0, 0, '', ''));
      return null;
    }
    const { keyId, timestampUs, windowUs, message, signature } = signed;
    const decision = this.#gate.decide(nowUs, classId, ip, '', keyId, timestampUs, windowUs, message, signature);
    return this.#settle(reply, classId, nowUs, decision) ? (this.#accountByKey.get(keyId) ?? ANONYMOUS) : null;
  }

  /**
   * Decides a request of a class that is never signed; an API key that it carries all the same counts for nothing.
   * @param account - Whom a limit by account charges.
   * @returns false when the request was refused and has its answer.
   */
  admitUnsigned(request: FastifyRequest, reply: FastifyReply, classId: number, account: string): boolean {
    const nowUs = this.#clock.nowUs();
    const ip = this.#clientIp(request.raw);
    return this.#settle(reply, classId, nowUs, this.#gate.decide(nowUs, classId, ip, account, '', 0, 0, '', ''));
  }

  #settle(reply: FastifyReply, classId: number, nowUs: number, decision: Decision): boolean {
    this.decisionCounts[decision] = (this.decisionCounts[decision] ?? 0) + 1;
    const answer = this.#gate.answer;
    reply.header(GATE_HEADER, decisionNames[decision]);
    reply.header('ratelimit-policy', this.#fields.policies[classId]);
    if (decision === Decision.admitted) {
      this.#tellRemaining(reply, this.#secondsToReset(answer, nowUs));
      return true;
    }
    const refusal = refusalOf({ decision, answer, nowUs, limitNames: this.#limitNamesJson });
    this.#tellRemaining(reply, refusal.retryAfterSeconds || this.#secondsToReset(answer, nowUs));
    if (refusal.retryAfterSeconds > 0) reply.header('retry-after', String(refusal.retryAfterSeconds));
    reply.code(refusal.status).header('content-type', JSON_TYPE).send(refusal.body);
    return false;
  }

  #tellRemaining(reply: FastifyReply, afterSeconds: number): void {
    const answer = this.#gate.answer;
    const name = this.#fields.names[answer[Answer.limit] ?? -1];
    if (name !== undefined) {
      reply.header('ratelimit', rateLimitField(name, answer[Answer.remaining] ?? 0, afterSeconds));
    }
  }

  /** 0 = not known: a token bucket says when it is full again, which is not when its next cell comes. */
  #secondsToReset(answer: Float64Array, nowUs: number): number {
    if (this.#resetIsNext[answer[Answer.limit] ?? -1] !== true) return 0;
    return Math.max(0, Math.ceil(((answer[Answer.resetAtUs] ?? 0) - nowUs) / 1_000_000));
  }
}
