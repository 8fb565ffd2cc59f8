/**
 * What stands between callers and the business: the gates of one policy, one for each node, requests dealt to them in
 * turn, with one memory of used signatures; and whatever the policy has of defects.
 *
 * Two clocks. Limits go by `nowUs`, freshness of signatures by `wallUs`; over HTTP both are one. A gate has one clock,
 * `nowUs`, so it is told timestamps that are moved by the shift nowUs - wallUs, at which they are just as old to it as
 * they are by the wall clock, and `fromFuture` and `stale` come out the same.
 *
 * Why a signature is accepted at most once all the same. Claims are kept by the gate's clock. Let one be made for the
 * timestamp t under the shift s, to be kept until t + s + fresh + F, F being all that the wall clock falls back behind
 * the gate's in the whole run (`fallsUs`). At a later moment, with the shift s', the signature is fresh only when
 * wall <= t + fresh, that is nowUs <= t + fresh + s'. The shift grows by falls alone, so s' <= s + F, and the claim is
 * still there. Where F is 0 the gate's own rule is just that. Else the gate is compiled with a window that is longer by
 * F and told, of each request, its own window and F more; what the wall clock says is stale is handed over as older than
 * even that, so that the answer is the gate's in its own order (a forgery stays a forgery).
 *
 * Requests that claim to be fresh by another rule than a window are told to the gate as `freshness.ts` has it. The same
 * holds of one that expires: accepted at `nowUs` under the shift s it is remembered up to nowUs + (expiry - 1 - wall) + F, and
 * at a later moment, with the shift s' <= s + F, it is fresh only when nowUs' - s' < expiry, that is up to just that instant.
 * A number that must rise is looked at before the gate is asked and used up after the gate has admitted the request, with
 * nothing in between.
 */

import type { RegisteredAccount } from '../actors/world.js';
import { Decision, type Gate, type GateSpec, type HashSecret } from '../core/spec.js';
import { type Policy, requestClasses, type Weakness } from '../scenario/plan.js';
import type { Claim, Credential, FreshnessClaim } from '../signing/profile.js';
import { profileOf } from '../signing/profiles.js';
import { compileDefence, type DefenceSpec, withoutMemory } from './defence-spec.js';
import { chargedCells, type LateCharge } from './late-charges.js';
import { OtherFreshness } from './other-freshness.js';
import { Proofs } from './proofs.js';
import { memoriesOf, type UsedSignatures } from './used-signatures.js';

export interface DefenceOptions {
  readonly policy: Policy;
  readonly createGate: (spec: GateSpec, hashSecret: HashSecret) => Gate;
  readonly hashSecret: HashSecret;
  /** Instant at which the gates are made. */
  readonly originUs: number;
  /** How far `wallUs` falls back behind `nowUs`, all falls together. */
  readonly fallsUs: number;
}

const CELLS_MAX = 2 ** 31 - 1;
const orderClasses = requestClasses.map((name) => /^order\.(?:place|amend|cancel)$/.test(name));

/** A request that was decided, as far as what follows needs it. */
export interface Decided {
  /** The node that decided. */
  readonly node: number;
  readonly classId: number;
  readonly ip: string;
  readonly account: string;
  readonly keyId: string;
  readonly elements: number;
}

export class Defence {
  /** What the gates are compiled from; limits in the order of the policy. */
  readonly spec: GateSpec;
  /** The node that decided last. */
  node = 0;
  /** Whether requests can be decided on by the number of their caller: one gate decides all, and by itself. */
  readonly knowsCallers: boolean;
  readonly #gates: readonly Gate[];
  readonly #windowUs: number;
  readonly #futureUs: number;
  readonly #fallsUs: number;
  readonly #late: readonly (readonly LateCharge[])[];
  readonly #used: readonly UsedSignatures[];
  /** null where nothing is signed. */
  readonly #proofs: Proofs | null;
  readonly #rule: FreshnessClaim['rule'];
  /** Decides what is fresh by another rule than a window. */
  readonly #other: OtherFreshness;
  readonly #weaknesses: ReadonlySet<Weakness>;
  readonly #countsBatchesAsOne: boolean;
  readonly #takesUnsignedOrders: boolean;
  #nextNode = 0;
  #nowUs: number;

  /** @throws {FloodproofError} FP_GATE_INVALID */
  constructor({ policy, createGate, hashSecret, originUs, fallsUs }: DefenceOptions) {
    this.#weaknesses = new Set(policy.weaknesses);
    this.#countsBatchesAsOne = this.#weaknesses.has('batches-as-one');
    this.#takesUnsignedOrders = this.#weaknesses.has('unsigned-orders');
    this.#nowUs = originUs;
    this.#fallsUs = fallsUs;
    const { spec, late } = this.compile(policy, originUs);
    this.spec = spec;
    this.#late = late;
    this.#windowUs = policy.auth?.windowUs ?? 0;
    this.#futureUs = policy.auth?.futureUs ?? 0;
    this.#used = memoriesOf(policy, spec.auth, hashSecret);
    const profile = policy.auth === null ? null : profileOf(policy.auth.profile, policy.auth);
    this.#proofs = profile === null || spec.auth === null ? null : new Proofs(profile, spec.auth);
    this.#rule = profile?.freshness ?? 'window';
    this.#other = new OtherFreshness({
      rules: {
        windowUs: this.#windowUs,
        futureUs: this.#futureUs,
        remembers: typeof spec.auth?.replayCapacity === 'number',
        windowUsMax: spec.auth?.windowUsMax ?? 1,
        fallsUs,
      },
      used: this.#used,
      nodes: policy.nodes,
      weaknesses: this.#weaknesses,
    });
    const ownSpec = this.#used.length === 0 ? spec : withoutMemory(spec);
    this.#gates = Array.from({ length: policy.nodes }, () => createGate(ownSpec, hashSecret));
    this.knowsCallers = this.#gates.length === 1 && this.#used.length === 0 && late.length === 0;
  }

  /** What gates of this policy are compiled from, its defects included. @throws {FloodproofError} FP_GATE_INVALID */
  compile(policy: Policy, originUs: number): DefenceSpec {
    return compileDefence(policy, originUs, this.#fallsUs);
  }

  get nodes(): number {
    return this.#gates.length;
  }

  /** Answer to the request that was decided last; see `Answer`. */
  get answer(): Float64Array {
    return this.#gate(this.node).answer;
  }

  has(weakness: Weakness): boolean {
    return this.#weaknesses.has(weakness);
  }

  /** @param key.secret - of a trial account the text that its world gives out; of a real key what its holder has. */
  addKey(key: Pick<RegisteredAccount, 'keyId' | 'account'> & { readonly secret: string | Credential }): void {
    const { keyId, secret, account } = key;
    const gateSecret = this.#proofs?.addKey(keyId, secret) ?? (typeof secret === 'string' ? secret : secret.secret);
    this.#other.addKey(keyId);
    for (const gate of this.#gates) gate.addKey(keyId, gateSecret, account);
  }

  removeKey(keyId: string): void {
    this.#proofs?.removeKey(keyId);
    this.#other.removeKey(keyId);
    for (const gate of this.#gates) gate.removeKey(keyId);
  }

  /** @param number - of a caller who is forgotten for this one. */
  internCaller(ip: string, account: string, keyId: string, number?: number): number {
    return this.#gate(0).internCaller(ip, account, keyId, number);
  }

  sign(keyId: string, text: string): string {
    return this.#gate(0).sign(keyId, text);
  }

  /** Decides a request of a class that need not be signed. */
  decideUnsigned(
    nowUs: number,
    classId: number,
    ip: string,
    account: string,
    elements: number,
    ageUs: number,
  ): Decision {
    const now = this.#advance(nowUs);
    const count = this.counted(elements);
    const decision = this.#turn().decide(now, classId, ip, account, '', 0, 0, '', '', count, ageUs);
    if (decision === Decision.admitted) this.#giveBackLate(now, classId, ip, account, '', count, ageUs);
    return decision;
  }

  /** The same for a caller with a number, where `knowsCallers`. */
  decideAnonymous(nowUs: number, classId: number, caller: number, elements: number, ageUs: number): Decision {
    return this.#turn().limitCaller(this.#advance(nowUs), classId, caller, this.counted(elements), ageUs);
  }

  /** Decides a request that cannot be read as a signed one: limits by ip are charged, and it is `malformed`. */
  decideMalformed(nowUs: number, classId: number, ip: string, elements: number): Decision {
    // An empty key id is of the wrong form for every gate.
    const count = this.counted(elements);
    return this.#turn().decide(this.#advance(nowUs), classId, ip, '', '', 0, 0, '', '', count, 0);
  }

  /**
   * Decides a request by what it claims to have signed. A claim of another rule than the policy's profile makes is
   * malformed, what one rule remembers would be open to the other; but for a number that rises where none is asked for.
   * @param account - of the key, where the key is known.
   */
  decideClaim(
    nowUs: number,
    wallUs: number,
    classId: number,
    ip: string,
    account: string,
    claim: Claim,
    elements: number,
    ageUs: number,
  ): Decision {
    const { keyId, message, freshness } = claim;
    const isMore = this.#rule === 'none' && freshness.rule === 'nonce';
    if (freshness.rule !== this.#rule && !isMore) return this.decideMalformed(nowUs, classId, ip, elements);
    // Any gate: all have the same keys.
    const signature = this.#proofs?.signatureFor(claim, (id, text) => this.sign(id, text)) ?? claim.signature;
    if (freshness.rule !== 'window') {
      const now = this.#advance(nowUs);
      const count = this.counted(elements);
      const signed = { classId, ip, keyId, message, signature, count, ageUs };
      const decision = this.#other.decide(this.#turn(), this.node, { now, wallUs }, freshness, signed);
      if (decision === Decision.admitted) this.#giveBackLate(now, classId, ip, account, keyId, count, ageUs);
      return decision;
    }
    const { timestampUs, windowUs } = freshness;
    return this.decideSigned(
      nowUs,
      wallUs,
      classId,
      ip,
      account,
      keyId,
      timestampUs,
      windowUs,
      message,
      signature,
      elements,
      ageUs,
    );
  }

  /**
   * Decides a signed request that is fresh within a window.
   * @param account - of the key, where the key is known.
   * @param windowUs - that it asks for; 0 = the policy's.
   */
  decideSigned(
    nowUs: number,
    wallUs: number,
    classId: number,
    ip: string,
    account: string,
    keyId: string,
    timestampUs: number,
    windowUs: number,
    message: string,
    signature: string,
    elements: number,
    ageUs: number,
  ): Decision {
    const now = this.#advance(nowUs);
    const count = this.counted(elements);
    const gate = this.#turn();
    const freshUs = this.#freshUs(windowUs);
    const isStale = wallUs - timestampUs > freshUs;
    const isFuture = timestampUs >= wallUs + this.#futureUs;
    const keptUs = freshUs + this.#fallsUs;
    const used = this.#used.length === 0 ? undefined : (this.#used[this.node] ?? this.#used[0]);
    let memory: Decision = Decision.admitted;
    if (used !== undefined && !isStale && !isFuture) memory = used.look(keyId, signature, now);
    // What was used comes after forgeries and before the limits behind the verifier, where staleness comes too.
    const isHeldStale = isStale || memory !== Decision.admitted;
    const told = isHeldStale ? now - keptUs - 1 : shifted(timestampUs, now - wallUs);
    let decision = gate.decide(now, classId, ip, '', keyId, told, keptUs, message, signature, count, ageUs);
    if (decision === Decision.stale && !isStale) decision = memory;
    if (decision === Decision.admitted) {
      used?.claim(told + keptUs);
      this.#giveBackLate(now, classId, ip, account, keyId, count, ageUs);
    }
    return decision;
  }

  /**
   * Signs a request under the key of a caller with a number, where `knowsCallers`, and decides it.
   * @param windowUs - that it asks for; 0 = the policy's.
   */
  decideOwn(
    nowUs: number,
    wallUs: number,
    classId: number,
    caller: number,
    timestampUs: number,
    windowUs: number,
    message: string,
    elements: number,
    ageUs: number,
  ): Decision {
    const now = this.#advance(nowUs);
    const freshUs = this.#freshUs(windowUs);
    const keptUs = freshUs + this.#fallsUs;
    const told = wallUs - timestampUs > freshUs ? now - keptUs - 1 : shifted(timestampUs, now - wallUs);
    return this.#turn().decideSigned(now, classId, caller, told, keptUs, message, this.counted(elements), ageUs);
  }

  /** Whether requests of this class are taken at their word: the weakness `unsigned-orders`. */
  believes(classId: number): boolean {
    return this.#takesUnsignedOrders && orderClasses[classId] === true;
  }

  /** Decides a request that is believed to come from whom it names. */
  decideBelieved(
    nowUs: number,
    classId: number,
    ip: string,
    account: string,
    keyId: string,
    elements: number,
    ageUs: number,
  ): Decision {
    const now = this.#advance(nowUs);
    const count = this.counted(elements);
    const decision = this.#turn().limit(now, classId, ip, account, keyId, count, ageUs);
    if (decision === Decision.admitted) this.#giveBackLate(now, classId, ip, account, keyId, count, ageUs);
    return decision;
  }

  /** Elements that limits count of a request of so many. */
  counted(elements: number): number {
    return this.#countsBatchesAsOne ? 1 : elements;
  }

  /** Whether an admitted request of this class is still to be charged, by `chargeLate`, `LATE_CHARGE_US` after it. */
  isChargedLate(classId: number): boolean {
    return (this.#late[classId]?.length ?? 0) > 0;
  }

  chargeLate(nowUs: number, { node, classId, ip, account, keyId, elements }: Decided, ageUs: number): void {
    const now = this.#advance(nowUs);
    const count = this.counted(elements);
    for (const late of this.#late[classId] ?? []) {
      this.#gate(node).limit(now, late.classId, ip, account, keyId, count, ageUs);
    }
  }

  /** What an admitted request held of limits of requests in flight is free again. */
  release(nowUs: number, { node, classId, ip, account, keyId, elements }: Decided): void {
    this.#gate(node).release(this.#advance(nowUs), classId, ip, account, keyId, this.counted(elements));
  }

  credit(nowUs: number, limit: number, { node, classId, ip, account, keyId }: Decided, cells: number): void {
    const filled = Math.min(CELLS_MAX, cells);
    this.#gate(node).credit(this.#advance(nowUs), limit, classId, ip, account, keyId, filled);
  }

  /** Goes on under other limits. @throws {FloodproofError} FP_GATE_INVALID, and nothing has changed. */
  change(nowUs: number, spec: GateSpec): void {
    const ownSpec = this.#used.length === 0 ? spec : withoutMemory(spec);
    for (const gate of this.#gates) gate.change(this.#advance(nowUs), ownSpec);
  }

  /** The servers start anew: counters and used signatures are on disk, unless a weakness says that they are not. */
  restart(): void {
    if (!this.has('forgets-replays-on-restart')) return;
    for (const used of this.#used) used.forgetAll();
    this.#other.forgetAll();
  }

  /** How long a signature is fresh that asks for this window. */
  #freshUs(windowUs: number): number {
    return windowUs === 0 ? this.#windowUs : Math.min(windowUs, this.#windowUs);
  }

  #gate(node: number): Gate {
    return this.#gates[node] as Gate;
  }

  /** The node whose turn it is. */
  #turn(): Gate {
    this.node = this.#nextNode;
    this.#nextNode = this.node + 1 === this.#gates.length ? 0 : this.node + 1;
    return this.#gate(this.node);
  }

  /** All nodes see one time, which never goes back, as each gate's never does. */
  #advance(nowUs: number): number {
    if (nowUs > this.#nowUs) this.#nowUs = nowUs;
    return this.#nowUs;
  }

  #giveBackLate(
    nowUs: number,
    classId: number,
    ip: string,
    account: string,
    keyId: string,
    elements: number,
    ageUs: number,
  ): void {
    if (this.#late.length === 0) return;
    for (const { limit, numbers } of this.#late[classId] ?? []) {
      const cells = Math.min(CELLS_MAX, chargedCells(numbers, { classId, elements, ageUs }));
      this.#gate(this.node).credit(nowUs, limit, classId, ip, account, keyId, cells);
    }
  }
}

/** A timestamp as the gate's clock would have it. */
function shifted(timestampUs: number, byUs: number): number {
  return Math.min(timestampUs + byUs, Number.MAX_SAFE_INTEGER);
}
