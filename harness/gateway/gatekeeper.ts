import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answer, Decision, decisionNames } from '../core/spec.js';
import type { Policy } from '../scenario/plan.js';
import { type Claim, isMalformed, type Malformed, type SigningProfile } from '../signing/profile.js';
import { profileOf } from '../signing/profiles.js';
import { normalisedText } from '../signing/tampers/lenient-text.js';
import { claimedKeyId } from '../venue/claimed-key.js';
import type { Decided, Defence } from '../venue/defence.js';
import { LATE_CHARGE_US } from '../venue/late-charges.js';
import type { Answered, Asked, Caller } from './asked.js';
import type { Clock } from './clock.js';
import type { Connection, ConnectionEnds } from './connection-ends.js';
import { HeldCells } from './held-cells.js';
import { houseWording } from './house-wording.js';
import { compileRules, type Rules } from './rules.js';
import type { Told, Wording } from './wording.js';

/**
 * The header that says who spoke: the name of the gate's decision (`admitted`: the answer, whatever its status, is the
 * business's own), or `unasked` when the request never came as far as the gate (unknown path, body too large).
 */
export const GATE_HEADER = 'x-gate';
export const UNASKED = 'unasked';
/** Names the first shadow limit that would have refused the request; not there when none would. */
export const SHADOW_HEADER = 'x-shadow';

export { JSON_TYPE } from './wording.js';

/** Whom a request is charged to that names no account: an unsigned class, or a login that can't be read. */
export const ANONYMOUS = '(anonymous)';

/**
 * What the body parser leaves in `request.body`: the text exactly as it came, undefined for no body, and null for bytes
 * that are not UTF-8. Those have no text that could be signed: decoding would make different bytes look alike.
 */
export type RawBody = string | null | undefined;

/** What a route knows of the request that it wants admitted. */
export interface Asking {
  readonly classId: number;
  /** Whom an unsigned request is charged to; nobody by name when it is left out. */
  readonly account?: string;
  /** Of a batch, 1 to 65,535; 1 when it is left out. */
  readonly elements?: number;
  /** Age of the order that it is about, if it is that account's; 0 for an order that is not known. */
  readonly ageUs?: (account: string, nowUs: number) => number;
}

/** A request that was admitted. */
export interface Admission extends Decided {
  /** What was in force when it was charged. */
  readonly rules: Rules;
  /** Whether a queue makes it wait for its turn. */
  readonly waits: boolean;
  /** When its turn comes, on the gateway's clock. */
  readonly turnUs: number;
}

/** A request, and what was decided of it. */
interface DecidedNow {
  readonly asked: Omit<Decided, 'node'>;
  readonly nowUs: number;
  readonly ageUs: number;
  readonly decision: Decision;
}

/** Stands between routes and gate: asks, counts, holds what is in flight, and answers those who are refused. */
export class Gatekeeper {
  /** How often each decision fell, by its index. */
  readonly decisionCounts: number[] = decisionNames.map(() => 0);
  readonly #defence: Defence;
  readonly #clock: Clock;
  readonly #signed: readonly boolean[];
  readonly #profile: SigningProfile | null;
  /** What requests were found to claim; each is read once. */
  readonly #claims = new WeakMap<FastifyRequest, Claim | Malformed>();
  #rules: Rules;
  readonly #accountByKey: ReadonlyMap<string, string>;
  readonly #held: HeldCells;
  readonly #wording: Wording;
  /** Connections that a limit has ended: what was sent behind the last request on them is not looked at. */
  readonly #killed = new WeakSet<Connection>();

  constructor(options: {
    policy: Policy;
    /** Made from `policy`, so that their limits have the same indexes. */
    defence: Defence;
    clock: Clock;
    ends: ConnectionEnds;
    accountByKey: ReadonlyMap<string, string>;
    /** The gateway's own when it is left out. */
    wording?: Wording;
  }) {
    const { policy, defence, clock, ends } = options;
    const { spec } = defence;
    this.#defence = defence;
    this.#clock = clock;
    this.#accountByKey = options.accountByKey;
    this.#signed = spec.auth?.signed ?? [];
    this.#profile = policy.auth === null ? null : profileOf(policy.auth.profile, policy.auth);
    this.#rules = compileRules(policy, spec);
    this.#held = new HeldCells({ spec, defence, clock, ends });
    this.#wording = options.wording ?? houseWording;
  }

  /**
   * From now on other rules hold, under which the gate decides already. Requests that wait for their turn keep the turn
   * that they were given.
   */
  goBy(rules: Rules): void {
    this.#rules = rules;
  }

  /**
   * Decides a request; signed when the policy demands it of the class. A key that an unsigned one carries all the same
   * counts for nothing.
   * @returns null when it was refused and has its answer, or was sent behind one that lost the connection.
   */
  admit(request: FastifyRequest, reply: FastifyReply, asking: Asking): Admission | null {
    if (this.#killed.has(request.raw.socket)) {
      reply.hijack();
      return null;
    }
    const { headers, raw } = request;
    const claimed = { headers, path: raw.url ?? '' };
    return this.#settle(
      request,
      reply,
      this.#decide(asking, this.#rules.clientIp(raw), () => this.#claimOf(request), claimed),
    );
  }

  /** The address that whoever opens a connection is charged by. */
  clientIpOf(request: IncomingMessage): string {
    return this.#rules.clientIp(request);
  }

  /** Decides a request that came another way than one of HTTP; to answer it is left to whoever asks. */
  ask(caller: Caller, asking: Asking): Asked {
    const { ip, proof, answered, connection } = caller;
    const session = 'session' in proof ? proof.session : '';
    const claim: Claim | Malformed = 'session' in proof ? { malformed: 'the session has proved no key' } : proof;
    const decided =
      session === ''
        ? this.#decide(asking, ip, () => claim, { headers: {}, path: '' })
        : this.#decideBelieved(asking, ip, session);
    const told = this.#told(decided);
    if (told.decision === Decision.admitted) {
      return { told, admission: this.#admitted(told, decided.ageUs, answered, connection), kills: false };
    }
    return { told, admission: null, kills: this.#kills(told) };
  }

  #decide(
    asking: Asking,
    ip: string,
    claimOf: () => Claim | Malformed,
    received: { readonly headers: FastifyRequest['headers']; readonly path: string },
  ): DecidedNow {
    const { classId, elements = 1 } = asking;
    const defence = this.#defence;
    if (this.#signed[classId] !== true) {
      const { account = ANONYMOUS } = asking;
      const nowUs = this.#clock.nowUs();
      const ageUs = asking.ageUs?.(account, nowUs) ?? 0;
      const decision = defence.decideUnsigned(nowUs, classId, ip, account, elements, ageUs);
      return { asked: { classId, ip, account, keyId: '', elements }, nowUs, ageUs, decision };
    }
    const claim = claimOf();
    if (defence.believes(classId)) {
      return this.#decideBelieved(asking, ip, claimedKeyId(this.#profile, claim, received));
    }
    const nowUs = this.#clock.nowUs();
    if (isMalformed(claim)) {
      const decision = defence.decideMalformed(nowUs, classId, ip, elements);
      return { asked: { classId, ip, account: '', keyId: '', elements }, nowUs, ageUs: 0, decision };
    }
    const { keyId } = claim;
    const account = this.#accountByKey.get(keyId) ?? ANONYMOUS;
    const ageUs = asking.ageUs?.(account, nowUs) ?? 0;
    const decision = defence.decideClaim(nowUs, nowUs, classId, ip, account, claim, elements, ageUs);
    return { asked: { classId, ip, account, keyId, elements }, nowUs, ageUs, decision };
  }

  /** The key is believed: limits alone decide. */
  #decideBelieved(asking: Asking, ip: string, keyId: string): DecidedNow {
    const { classId, elements = 1 } = asking;
    const nowUs = this.#clock.nowUs();
    const account = this.#accountByKey.get(keyId) ?? ANONYMOUS;
    const ageUs = asking.ageUs?.(account, nowUs) ?? 0;
    const decision = this.#defence.decideBelieved(nowUs, classId, ip, account, keyId, elements, ageUs);
    return { asked: { classId, ip, account, keyId, elements }, nowUs, ageUs, decision };
  }

  /**
   * What the business takes for the body of a request of this class, before or after it is admitted: the text as it came, or
   * what the signing profile carries elsewhere.
   */
  bodyOf(request: FastifyRequest, classId: number): RawBody {
    const body = request.body as RawBody;
    if (this.#signed[classId] !== true) return body;
    const claim = this.#claimOf(request);
    return isMalformed(claim) ? body : (claim.carriedBody ?? body);
  }

  #claimOf(request: FastifyRequest): Claim | Malformed {
    const known = this.#claims.get(request);
    if (known !== undefined) return known;
    const claim = this.#read(request);
    this.#claims.set(request, claim);
    return claim;
  }

  #read(request: FastifyRequest): Claim | Malformed {
    const body = request.body as RawBody;
    if (this.#profile === null) return { malformed: 'the policy signs nothing' };
    if (body === null) return { malformed: 'the body must be UTF-8' };
    const { method, headers } = request;
    const received = { path: request.raw.url ?? '', body: body ?? '' };
    const text = this.#defence.has('lenient-text') ? normalisedText(received) : received;
    return this.#profile.read({ method, headers, ...text });
  }

  /**
   * Tells every limit that takes credit from fills of this class that `count` elements of the request were filled. Under
   * another policy than the one that has charged it nobody knows of a charge that could be given back.
   */
  credit(admission: Admission, count: number): void {
    if (admission.rules !== this.#rules) return;
    const nowUs = this.#clock.nowUs();
    for (const { limit, cells } of admission.rules.credits[admission.classId] ?? []) {
      this.#defence.credit(nowUs, limit, admission, cells * count);
      this.#wording.credited(limit, admission, cells * count, nowUs);
    }
  }

  #settle(request: FastifyRequest, reply: FastifyReply, decided: DecidedNow): Admission | null {
    const told = this.#told(decided);
    const { decision, answer, rules } = told;
    reply.header(GATE_HEADER, decisionNames[decision]);
    const shadow = rules.shadowNames[answer[Answer.shadow] ?? -1];
    if (shadow !== undefined) reply.header(SHADOW_HEADER, shadow);
    if (decision === Decision.admitted) {
      this.#wording.admitted(reply, told);
      return this.#admitted(told, decided.ageUs, reply.raw, request.raw.socket);
    }
    if (this.#kills(told)) {
      this.#killed.add(request.raw.socket);
      // A connection whose answer says `close` is ended by the server as soon as that is written.
      reply.header('connection', 'close');
    }
    this.#wording.refused(request, reply, told);
    return null;
  }

  /** Counts the decision, before anything else can ask the gate, which has one answer for all. */
  #told({ asked, nowUs, decision }: DecidedNow): Told {
    this.decisionCounts[decision] = (this.decisionCounts[decision] ?? 0) + 1;
    const caller = { ...asked, node: this.#defence.node };
    return { decision, answer: this.#defence.answer, nowUs, caller, rules: this.#rules };
  }

  #admitted(
    { answer, nowUs, caller, rules }: Told,
    ageUs: number,
    answered: Answered,
    connection: Connection,
  ): Admission {
    const delayUs = answer[Answer.delayUs] ?? 0;
    this.#held.hold(caller, answered, connection);
    if (this.#defence.isChargedLate(caller.classId)) this.#chargeLate(caller, ageUs);
    return { ...caller, rules, waits: delayUs > 0, turnUs: nowUs + delayUs };
  }

  /** Whether the limit that refused the request ends its connection. */
  #kills({ decision, answer, rules }: Told): boolean {
    const isLimited = decision === Decision.throttled || decision === Decision.banned;
    return isLimited && rules.kills[answer[Answer.limit] ?? -1] === true;
  }

  #chargeLate(caller: Decided, ageUs: number): void {
    const charge = (): void => this.#defence.chargeLate(this.#clock.nowUs(), caller, ageUs);
    setTimeout(charge, LATE_CHARGE_US / 1_000).unref();
  }
}
