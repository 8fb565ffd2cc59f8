/**
 * One round of a request through the limits of its class: what they say, what they are charged, and the answer.
 *
 * Everything is looked at first and charged afterwards, so that nothing has to be given back. Shadow limits are asked
 * with the enforced ones of their place and settled with them; nothing that an enforced limit is asked or charged
 * depends on them.
 */
import { isBlank } from './callers.js';
import { CLASS_WORD, type ClassPlan, type Credited, costOf, type LimitKey, type Match } from './class-plan.js';
import type { KeyHash } from './key-hash.js';
import type { LimitTable } from './limit-table.js';
import { Answer, Decision } from './spec.js';

/** What came of a request, as far as its charges go. */
type Fate = 'admitted' | 'refused' | 'denied';

/** A request lacked what a shadow limit counts by. */
const NOT_ASKED = -1;

export class LimitRound {
  readonly answer = new Float64Array(Answer.size);
  readonly #keyHash: KeyHash;
  /** What each limit's shadow said in this round, by its index. */
  readonly #said = new Int8Array(64);

  // The request in hand; the words of who calls may change until they are looked at.
  #words: Int32Array = new Int32Array(0);
  #base = 0;
  #nowUs = 0;
  #elements = 1;
  #ageUs = 0;

  // The last key that was found.
  #lo = 0;
  #hi = 0;

  constructor(keyHash: KeyHash) {
    this.#keyHash = keyHash;
  }

  /** The limits by ip, which stand before the verifier. When they do not agree, the answer is filled and the round over. */
  askFront(plan: ClassPlan, words: Int32Array, base: number, nowUs: number, elements: number, ageUs: number): Decision {
    this.#words = words;
    this.#base = base;
    this.#nowUs = nowUs;
    this.#elements = elements;
    this.#ageUs = ageUs;
    if (this.#lacks(plan.frontNeeds)) return this.answerNone(Decision.malformed);
    if (plan.hasShadows) this.#askShadows(plan.frontShadows, plan.classId);
    return plan.front.length === 0 ? Decision.admitted : this.#ask(plan, plan.front, false);
  }

  /** The limits after the verifier; as above. */
  askBack(plan: ClassPlan): Decision {
    if (this.#lacks(plan.backNeeds)) return this.refuse(plan, Decision.malformed);
    if (plan.hasShadows) this.#askShadows(plan.backShadows, plan.classId);
    return plan.back.length === 0 ? Decision.admitted : this.#ask(plan, plan.back, true);
  }

  /** A refusal by the verifier keeps the charge of the limits before it, or forged signatures would be free. */
  refuse(plan: ClassPlan, refusal: Decision): Decision {
    for (const { table, isHeld } of plan.front) if (!isHeld) table.charge(false);
    this.answerNone(refusal);
    if (plan.hasShadows) this.answer[Answer.shadow] = this.#settleShadows(plan.frontShadows, 'refused');
    return refusal;
  }

  /** Charges all that were asked, and names the limit with the fewest cells left, the first of equals. */
  admit(plan: ClassPlan): Decision {
    for (const { table } of plan.front) table.charge(true);
    for (const { table } of plan.back) table.charge(true);
    let named: LimitTable | null = null;
    let fewest = 0;
    for (const matches of [plan.front, plan.back]) {
      for (const { table } of matches) {
        const { remaining } = table;
        const isFewer = named === null || remaining < fewest || (remaining === fewest && table.index < named.index);
        if (!isFewer) continue;
        named = table;
        fewest = remaining;
      }
    }
    if (named === null) this.answerNone(Decision.admitted);
    else this.#answerLimit(named, fewest, 0);
    if (plan.hasQueues) this.answer[Answer.delayUs] = slowest(plan.front, slowest(plan.back, 0));
    if (plan.hasShadows) this.answer[Answer.shadow] = this.#settleAllShadows(plan, 'admitted');
    return Decision.admitted;
  }

  /** An answer that names no limit. */
  answerNone(decision: Decision): Decision {
    this.answer.fill(0);
    this.answer[Answer.limit] = -1;
    this.answer[Answer.shadow] = -1;
    return decision;
  }

  /** Gives back what the limits of this class hold for the request. */
  release(plan: ClassPlan, words: Int32Array, elements: number): void {
    for (const match of plan.held) {
      this.#words = words;
      this.#base = 0;
      if (this.#lacks(match.needs)) continue;
      this.#findKey(match, plan.classId);
      match.table.release(this.#lo, this.#hi, costOf(match, elements, 0));
    }
  }

  /** @returns whether the counter took the cells. */
  credit({ table, key }: Credited, words: Int32Array, classId: number, cells: number, nowUs: number): boolean {
    this.#words = words;
    this.#base = 0;
    if (this.#lacks(key.needs)) return false;
    this.#findKey(key, classId);
    return table.credit(this.#lo, this.#hi, cells, nowUs);
  }

  /** Asks every limit; when one says no, the answer is filled and nothing but its strike is kept, and what counts denials. */
  #ask(plan: ClassPlan, matches: readonly Match[], isBack: boolean): Decision {
    let decision: Decision = Decision.admitted;
    let named: LimitTable | null = null;
    for (const match of matches) {
      const { table } = match;
      const said = this.#look(match, plan.classId);
      if (said === Decision.admitted || decision === Decision.never) continue;
      if (said === Decision.never || named === null || table.retryAtUs > named.retryAtUs) {
        decision = said;
        named = table;
      }
    }
    if (named === null) return decision;
    if (decision === Decision.throttled) named.strike();
    const retryAtUs = plan.countsDenied ? this.#countDenied(plan, decision, isBack) : named.retryAtUs;
    this.#answerLimit(named, named.remaining, retryAtUs);
    if (plan.hasShadows) {
      this.answer[Answer.shadow] = isBack
        ? this.#settleAllShadows(plan, 'denied')
        : this.#settleShadows(plan.frontShadows, 'denied');
    }
    return decision;
  }

  #look(match: Match, classId: number): Decision {
    const cost = this.#elements === 1 && match.ages === null ? match.cost : costOf(match, this.#elements, this.#ageUs);
    const { table } = match;
    if (match.combined === null) {
      const at = this.#base + match.word;
      return table.look(this.#words[at] as number, this.#words[at + 1] as number, cost, this.#nowUs);
    }
    this.#findKey(match, classId);
    return table.look(this.#lo, this.#hi, cost, this.#nowUs);
  }

  #findKey({ word, combined }: LimitKey, classId: number): void {
    if (combined === null) {
      this.#lo = this.#words[this.#base + word] as number;
      this.#hi = this.#words[this.#base + word + 1] as number;
      return;
    }
    const parts = new Int32Array(2 * combined.length);
    for (const [index, part] of combined.entries()) {
      parts[2 * index] = part === CLASS_WORD ? classId : (this.#words[this.#base + part] as number);
      parts[2 * index + 1] = part === CLASS_WORD ? 0 : (this.#words[this.#base + part + 1] as number);
    }
    this.#keyHash.ofWords(parts);
    this.#lo = this.#keyHash.lo;
    this.#hi = this.#keyHash.hi;
  }

  #lacks(needs: readonly number[]): boolean {
    for (const word of needs) if (isBlank(this.#words, this.#base + word)) return true;
    return false;
  }

  /**
   * Counts a request that was denied in the limits that count such, of those that were asked.
   *
   * @returns the first instant at which it could pass them all then, 0 when it never can.
   */
  #countDenied(plan: ClassPlan, decision: Decision, isBack: boolean): number {
    let latestUs = 0;
    for (const matches of isBack ? [plan.front, plan.back] : [plan.front]) {
      for (const { table } of matches) {
        if (table.countsDenied) table.charge(false);
        if (decision !== Decision.never) latestUs = Math.max(latestUs, table.laterUs);
      }
    }
    return latestUs;
  }

  #askShadows(matches: readonly Match[], classId: number): void {
    for (const match of matches) {
      this.#said[match.table.index] = this.#lacks(match.needs) ? NOT_ASKED : this.#look(match, classId);
    }
  }

  /** Charges, counts or strikes each shadow limit by what it said. @returns the first that said no, or -1. */
  #settleShadows(matches: readonly Match[], fate: Fate): number {
    let first = -1;
    for (const { table, isHeld } of matches) {
      const said = this.#said[table.index] as number;
      if (said === NOT_ASKED) continue;
      const isDenied = said !== Decision.admitted;
      if (isDenied && first < 0) first = table.index;
      if (said === Decision.throttled) table.strike();
      if (isDenied || fate === 'denied') {
        if (table.countsDenied) table.charge(false);
      } else if (fate === 'admitted' || !isHeld) {
        table.charge(fate === 'admitted');
      }
    }
    return first;
  }

  #settleAllShadows(plan: ClassPlan, fate: Fate): number {
    const front = this.#settleShadows(plan.frontShadows, fate);
    const back = this.#settleShadows(plan.backShadows, fate);
    return front < 0 || back < 0 ? Math.max(front, back) : Math.min(front, back);
  }

  #answerLimit(table: LimitTable, remaining: number, retryAtUs: number): void {
    this.answer[Answer.limit] = table.index;
    this.answer[Answer.remaining] = remaining;
    this.answer[Answer.retryAtUs] = retryAtUs;
    this.answer[Answer.resetAtUs] = table.resetAtUs;
    this.answer[Answer.cold] = table.isCold ? 1 : 0;
    this.answer[Answer.delayUs] = 0;
    this.answer[Answer.shadow] = -1;
  }
}

/** The longest wait of these and `delayUs`. */
function slowest(matches: readonly Match[], delayUs: number): number {
  let longestUs = delayUs;
  for (const { table } of matches) longestUs = Math.max(longestUs, table.delayUs);
  return longestUs;
}
