/**
 * The server of virtual time: the embedded gateway without HTTP. Clocks, outages and restarts are the plan's; decisions
 * are those of the gates; the business is the gateway's. It is told the run time with every call and reads no clock.
 */
import type { Intent } from '../../actors/actor.js';
import { Outcome } from '../../actors/outcome.js';
import { deriveSeed } from '../../actors/random.js';
import type { World } from '../../actors/world.js';
import { Answer, Decision, decisionNames, type GateSpec, type HashSecret } from '../../core/spec.js';
import type { Engine } from '../../native/engine.js';
import { type Plan, type Policy, requestClasses } from '../../scenario/plan.js';
import { type Claim, isMalformed, type Malformed, type SigningProfile } from '../../signing/profile.js';
import { profileOf } from '../../signing/profiles.js';
import { normalisedText } from '../../signing/tampers/lenient-text.js';
import { claimedKeyId } from '../../venue/claimed-key.js';
import { type ClientIp, createClientIp } from '../../venue/client-ip.js';
import { type Decided, Defence } from '../../venue/defence.js';
import { creditsOf, type FillCredit } from '../../venue/fill-credits.js';
import { readLoginForm } from '../../venue/login-form.js';
import { BATCH_ELEMENTS_MAX } from '../../venue/order-form.js';
import { retryAfterMsOf, statusByDecision } from '../../venue/refusal.js';
import { type Asked, Business, orderIdOf } from './business.js';
import { KnownCallers } from './known-callers.js';
import { Passwords } from './passwords.js';
import type { SentRequest } from './sent-request.js';
import { EPOCH_US, ServerClock } from './server-clock.js';
import { VIRTUAL_HOST } from './virtual-host.js';

const LOGIN = requestClasses.indexOf('login');
/** Whom a request is charged to that names no account. */
const ANONYMOUS = '(anonymous)';
const WORD = 2 ** 32;
/** The longest wait that a client understands, as over HTTP: 24 days, which is also read from up to seven digits of seconds. */
const WAIT_MS_MAX = 2 ** 31 - 1;
const WAIT_SECONDS_MAX = 9_999_999;

/** What the client makes of a decision, by its index. */
const outcomeByDecision: readonly Outcome[] = decisionNames.map((_, decision) => {
  switch (decision) {
    case Decision.admitted:
      return Outcome.admitted;
    case Decision.throttled:
      return Outcome.throttled;
    case Decision.never:
      return Outcome.never;
    case Decision.banned:
      return Outcome.banned;
    default:
      return Outcome.refused;
  }
});

export interface CoreServerOptions {
  readonly plan: Plan;
  /** What is enforced. */
  readonly policy: Policy;
  readonly seed: number;
  readonly world: World;
  readonly engine: Engine;
}

export class CoreServer {
  readonly clock: ServerClock;
  readonly business: Business;
  /** Of the request that was decided or served last: what the answer says. */
  decision: Decision = Decision.admitted;
  outcome: Outcome = Outcome.admitted;
  status = 0;
  reason = '';
  /** Index into the limits; -1 = none is named. */
  limit = -1;
  /** -1 = none is told. */
  retryAfterMs = -1;
  retryAtUs = 0;
  /** When an admitted request's turn comes, run time. */
  turnUs = 0;
  /** Whether the connection is ended with the answer. */
  kills = false;
  /** Whom an admitted request was decided for; null else. */
  decided: Decided | null = null;
  /** Its age as it was charged. */
  ageUs = 0;

  private readonly defence: Defence;
  private readonly policy: Policy;
  private readonly signed: readonly boolean[];
  private readonly profile: SigningProfile | null;
  private readonly clientIp: ClientIp;
  /** Whether headers that the caller has made up can change his address. */
  private readonly readsForwarded: boolean;
  private readonly asksAge: readonly boolean[];
  private readonly isHeld: readonly boolean[];
  private readonly credits: readonly (readonly FillCredit[])[];
  private readonly limitsByWall: boolean;
  private readonly isLenient: boolean;
  private readonly callers: KnownCallers;
  private ip = '';
  /** Whether that is the address that the request has come from. */
  private isOwnIp = true;
  private account = '';
  private keyId = '';

  /** @throws {FloodproofError} FP_GATE_INVALID */
  constructor({ plan, policy, seed, world, engine }: CoreServerOptions) {
    this.policy = policy;
    this.clock = new ServerClock(plan.virtual, plan.warmupUs);
    this.defence = new Defence({
      policy,
      createGate: (spec, secret) => engine.createGate(spec, secret),
      hashSecret: secretOf(seed),
      originUs: EPOCH_US,
      fallsUs: this.clock.fallsUs,
    });
    const { spec } = this.defence;
    this.callers = new KnownCallers(world, this.defence, ANONYMOUS);
    const skipsUnknown = policy.weaknesses.includes('quick-unknown-names');
    this.business = new Business(
      new Passwords((account) => world.passwordOf(account), policy.password, { skipsUnknown }),
    );
    this.signed = spec.auth?.signed ?? [];
    this.profile = policy.auth === null ? null : profileOf(policy.auth.profile, policy.auth);
    this.clientIp = createClientIp(policy.clientIp);
    // What a trusted hop adds is the peer's address, and it stands behind whatever the caller wrote.
    this.readsForwarded = policy.clientIp.from !== 'socket' && policy.clientIp.from !== 'trusted-hop';
    this.asksAge = requestClasses.map((_, id) => policy.limits.some(({ ageCosts }) => (ageCosts[id]?.length ?? 0) > 0));
    this.isHeld = heldClasses(spec);
    this.credits = creditsOf(policy);
    this.isLenient = policy.weaknesses.includes('lenient-text');
    this.limitsByWall = policy.weaknesses.includes('wall-clock-limits');
  }

  /** HMAC under a key that the server knows, for those who own it. */
  sign(keyId: string, text: string): string {
    this.callers.holderOf(keyId);
    return this.defence.sign(keyId, text);
  }

  /** Whether any refusal ends the connection that it is told on. */
  get endsConnections(): boolean {
    return this.policy.limits.some(({ kills }) => kills);
  }

  /** Whether what is in flight of this class is counted. */
  isHeldOf(requestClass: number): boolean {
    return this.isHeld[requestClass] === true;
  }

  isChargedLate(requestClass: number): boolean {
    return this.defence.isChargedLate(requestClass);
  }

  /** Decides a request; what the answer says is in the fields. */
  decide(runUs: number, intent: Intent, sent: SentRequest): void {
    const nowUs = this.nowUs(runUs);
    const { requestClass } = intent;
    const elements = intent.elements > BATCH_ELEMENTS_MAX ? 1 : intent.elements;
    this.isOwnIp = intent.headers === null || !this.readsForwarded;
    this.ip = this.isOwnIp ? intent.identity.ip : this.addressOf(intent);
    this.ageUs = 0;
    const decision =
      this.signed[requestClass] === true
        ? this.decideSigned(nowUs, runUs, intent, sent, elements)
        : this.decideUnsigned(nowUs, intent, sent, elements);
    const answer = this.defence.answer;
    this.decision = decision;
    this.outcome = outcomeByDecision[decision] as Outcome;
    this.status = statusByDecision[decision];
    this.retryAtUs = answer[Answer.retryAtUs] as number;
    this.decided = null;
    if (decision === Decision.admitted) {
      this.reason = '';
      this.limit = -1;
      this.retryAfterMs = -1;
      this.kills = false;
      const delayUs = answer[Answer.delayUs] as number;
      // The server waits by the clock that its limits go by.
      this.turnUs =
        delayUs === 0 ? runUs : Math.max(runUs, this.clock.runTimeAt(this.clock.monotonicUs(runUs) + delayUs));
      const { ip, account, keyId } = this;
      this.decided = { node: this.defence.node, classId: requestClass, ip, account, keyId, elements };
      return;
    }
    this.turnUs = runUs;
    this.reason = decisionNames[decision] as string;
    this.limit = answer[Answer.limit] as number;
    this.retryAfterMs = heardMsOf(retryAfterMsOf(decision, answer, nowUs));
    this.kills =
      (decision === Decision.throttled || decision === Decision.banned) &&
      this.policy.limits[this.limit]?.kills === true;
  }

  /**
   * Does what an admitted request is about; `status`, `reason` and the business's fields say what came of it.
   * @param decided - whom it was decided for.
   */
  serve(runUs: number, asked: Asked, decided: Decided): void {
    const nowUs = this.nowUs(runUs);
    this.business.serve(asked, decided.account, nowUs);
    this.status = this.business.status;
    this.reason = this.business.reason;
    const { filled } = this.business;
    if (filled === 0) return;
    for (const { limit, cells } of this.credits[asked.requestClass] ?? []) {
      this.defence.credit(nowUs, limit, decided, cells * filled);
    }
  }

  /** Makes of a request that was decided before what the business takes for it. */
  unpack(sent: SentRequest, { requestClass }: Intent): void {
    if (sent.headers !== null && this.signed[requestClass] === true) this.read(sent);
  }

  release(runUs: number, decided: Decided): void {
    this.defence.release(this.nowUs(runUs), decided);
  }

  chargeLate(runUs: number, decided: Decided, ageUs: number): void {
    this.defence.chargeLate(this.nowUs(runUs), decided, ageUs);
  }

  limitName(limit: number): string {
    return this.policy.limits[limit]?.name ?? '';
  }

  restart(): void {
    this.defence.restart();
  }

  private decideUnsigned(nowUs: number, intent: Intent, sent: SentRequest, elements: number): Decision {
    const { requestClass } = intent;
    this.keyId = '';
    this.account = ANONYMOUS;
    if (requestClass === LOGIN) this.account = readLoginForm(sent.body)?.username ?? ANONYMOUS;
    else if (this.isByNumber()) return this.decideAnonymous(nowUs, intent, sent, elements);
    this.ageUs = this.ageOf(requestClass, sent.path, nowUs);
    return this.defence.decideUnsigned(nowUs, requestClass, this.ip, this.account, elements, this.ageUs);
  }

  private decideAnonymous(
    nowUs: number,
    { identity, requestClass }: Intent,
    sent: SentRequest,
    elements: number,
  ): Decision {
    this.ageUs = this.ageOf(requestClass, sent.path, nowUs);
    const caller = this.callers.numberOfAddress(identity);
    return this.defence.decideAnonymous(nowUs, requestClass, caller, elements, this.ageUs);
  }

  /** Whether the caller can be decided on by a number: not when he is taken for somebody at another address. */
  private isByNumber(): boolean {
    return this.isOwnIp && this.defence.knowsCallers;
  }

  private decideSigned(nowUs: number, runUs: number, intent: Intent, sent: SentRequest, elements: number): Decision {
    const { requestClass } = intent;
    // Headers are there where somebody has written them: what they claim has to be read.
    const claim = sent.headers === null ? null : this.read(sent);
    if (this.defence.believes(requestClass)) return this.decideBelieved(nowUs, intent, sent, claim, elements);
    if (claim !== null && !isMalformed(claim)) return this.decideClaim(nowUs, runUs, intent, sent, claim, elements);
    if (!sent.isOwn) {
      this.keyId = '';
      this.account = '';
      return this.defence.decideMalformed(nowUs, requestClass, this.ip, elements);
    }
    this.keyId = sent.keyId;
    this.account = this.accountOf(intent, sent.keyId);
    this.ageUs = this.ageOf(requestClass, sent.path, nowUs);
    if (this.isByNumber()) {
      return this.defence.decideOwn(
        nowUs,
        this.clock.wallUs(runUs),
        requestClass,
        this.callers.numberOf(intent.identity),
        sent.timestampUs,
        sent.windowUs,
        sent.message,
        elements,
        this.ageUs,
      );
    }
    const { timestampUs, windowUs, message } = sent;
    return this.defence.decideSigned(
      nowUs,
      this.clock.wallUs(runUs),
      requestClass,
      this.ip,
      this.account,
      sent.keyId,
      timestampUs,
      windowUs,
      message,
      this.defence.sign(sent.keyId, message),
      elements,
      this.ageUs,
    );
  }

  private decideClaim(
    nowUs: number,
    runUs: number,
    intent: Intent,
    sent: SentRequest,
    claim: Claim,
    elements: number,
  ): Decision {
    const { requestClass } = intent;
    this.keyId = claim.keyId;
    this.account = this.accountOf(intent, claim.keyId);
    this.ageUs = this.ageOf(requestClass, sent.path, nowUs);
    const wallUs = this.clock.wallUs(runUs);
    const { ip, account, ageUs } = this;
    return this.defence.decideClaim(nowUs, wallUs, requestClass, ip, account, claim, elements, ageUs);
  }

  private decideBelieved(
    nowUs: number,
    intent: Intent,
    sent: SentRequest,
    claim: Claim | Malformed | null,
    elements: number,
  ): Decision {
    const { requestClass } = intent;
    const { headers, path } = sent;
    this.keyId = headers === null || claim === null ? sent.keyId : claimedKeyId(this.profile, claim, { headers, path });
    this.account = this.accountOf(intent, this.keyId);
    this.ageUs = this.ageOf(requestClass, sent.path, nowUs);
    return this.defence.decideBelieved(nowUs, requestClass, this.ip, this.account, this.keyId, elements, this.ageUs);
  }

  /** Reads what a request claims as the gateway does. Its body is then what the business takes for it. */
  private read(sent: SentRequest): Claim | Malformed {
    if (this.profile === null) return { malformed: 'the policy signs nothing' };
    const { method, path, body } = sent;
    const text = this.isLenient ? normalisedText({ path, body }) : { path, body };
    const claim = this.profile.read({ method, headers: { host: VIRTUAL_HOST, ...sent.headers }, ...text });
    if (!isMalformed(claim) && claim.carriedBody !== null) sent.body = claim.carriedBody;
    return claim;
  }

  /** Whose key it is; the gates know it then. */
  private accountOf({ identity }: Intent, keyId: string): string {
    if (keyId === identity.keyId) {
      this.callers.numberOf(identity);
      return identity.account;
    }
    return this.callers.holderOf(keyId)?.account ?? ANONYMOUS;
  }

  private ageOf(requestClass: number, path: string, nowUs: number): number {
    if (this.asksAge[requestClass] !== true) return 0;
    return this.business.orders.ageUs(this.account, orderIdOf(path), nowUs);
  }

  private addressOf({ identity, headers }: Intent): string {
    return this.clientIp({ headers: headers ?? {}, socket: { remoteAddress: identity.ip } });
  }

  /** What limits go by: a step of the wall clock does not reach them, unless that is the policy's weakness. */
  private nowUs(runUs: number): number {
    return this.limitsByWall ? this.clock.wallUs(runUs) : this.clock.monotonicUs(runUs);
  }
}

/** What a client hears of a wait; -1 = nothing. @param waitMs - 0 = none is told. */
function heardMsOf(waitMs: number): number {
  if (waitMs === 0 || Math.ceil(waitMs / 1000) > WAIT_SECONDS_MAX) return -1;
  return Math.min(waitMs, WAIT_MS_MAX);
}

/** From the seed: where keys lie in the tables must not differ between two plays of one run. */
function secretOf(seed: number): HashSecret {
  const secret = deriveSeed(seed, 'hash secret');
  return [secret % WORD, Math.floor(secret / WORD)];
}

/** By class of the policy: does any limit count what is in flight? */
function heldClasses({ limits }: GateSpec): readonly boolean[] {
  return requestClasses.map((_, classId) =>
    limits.some(({ numbers, costs }) => numbers.family === 'concurrency' && (costs[classId] ?? 0) > 0),
  );
}
