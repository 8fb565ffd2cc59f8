/**
 * Decides signed requests that are fresh by another rule than a window, with one memory for all nodes: what `freshness.ts`
 * says of a request is told to the gate, and what it admits is used up.
 */
import { Decision, type Gate } from '../core/spec.js';
import type { Weakness } from '../scenario/plan.js';
import { type FreshnessRules, freshnessOf, type OtherClaim } from './freshness.js';
import { RisingNonces } from './rising-nonces.js';
import type { UsedSignatures } from './used-signatures.js';

/** Who sent a request, and what is signed by which signature. */
export interface SignedTexts {
  readonly classId: number;
  readonly ip: string;
  readonly keyId: string;
  readonly message: string;
  readonly signature: string;
  /** Elements that limits count. */
  readonly count: number;
  readonly ageUs: number;
}

export interface OtherFreshnessOptions {
  readonly rules: FreshnessRules;
  /** By node, or one for all; none where the one gate's own memory does. */
  readonly used: readonly UsedSignatures[];
  readonly nodes: number;
  readonly weaknesses: ReadonlySet<Weakness>;
}

export class OtherFreshness {
  readonly #rules: FreshnessRules;
  readonly #used: readonly UsedSignatures[];
  /** By node, or one for all; none where nobody looks at numbers. */
  readonly #nonces: readonly RisingNonces[];
  /** Keys whose numbers are used up before their signatures are checked: the weakness `early-nonces`. null = it is not there. */
  readonly #earlyKeys: Set<string> | null;

  constructor({ rules, used, nodes, weaknesses }: OtherFreshnessOptions) {
    this.#rules = rules;
    this.#used = used;
    const memories = weaknesses.has('node-local-replays') ? nodes : 1;
    this.#nonces = weaknesses.has('ignores-nonces') ? [] : Array.from({ length: memories }, () => new RisingNonces());
    this.#earlyKeys = weaknesses.has('early-nonces') ? new Set() : null;
  }

  addKey(keyId: string): void {
    this.#earlyKeys?.add(keyId);
  }

  removeKey(keyId: string): void {
    this.#earlyKeys?.delete(keyId);
  }

  forgetAll(): void {
    for (const nonces of this.#nonces) nonces.forgetAll();
  }

  /**
   * @param node - that decides, by the gate that is handed over.
   * @param times - by the gates' clock, which never goes back, and by the clock that freshness goes by.
   */
  decide(
    gate: Gate,
    node: number,
    { now, wallUs }: { readonly now: number; readonly wallUs: number },
    claim: OtherClaim,
    { classId, ip, keyId, message, signature, count, ageUs }: SignedTexts,
  ): Decision {
    const used = this.#used[node] ?? this.#used[0];
    const nonces = this.#nonces[node] ?? this.#nonces[0] ?? null;
    const { verdict, lifeUs } = freshnessOf(claim, keyId, wallUs, this.#rules, nonces);
    if (claim.rule === 'nonce' && this.#earlyKeys?.has(keyId) === true) nonces?.use(keyId, claim.nonce);
    let memory: Decision = Decision.admitted;
    if (used !== undefined && verdict === Decision.admitted) memory = used.look(keyId, signature, now);
    // What was used comes after forgeries and before the limits behind the verifier, where staleness comes too.
    const isStale = verdict === Decision.stale || memory !== Decision.admitted;
    const windowUs = isStale ? 1 : lifeUs + 1;
    let told = now - 1;
    if (isStale) told = now - 2;
    else if (verdict === Decision.fromFuture) told = now + this.#rules.futureUs;
    const decision = gate.decide(now, classId, ip, '', keyId, told, windowUs, message, signature, count, ageUs);
    if (decision === Decision.stale && verdict !== Decision.stale) return memory;
    if (decision !== Decision.admitted) return decision;
    used?.claim(told + windowUs);
    if (claim.rule === 'nonce') nonces?.use(keyId, claim.nonce);
    return decision;
  }
}
