/** One key's counter with its throttles and bans; see `ReferenceGate`. */
import { Decision, type LimitSpec } from '../../harness/core/spec.js';
import { type ReferenceState, referenceState } from './reference-state.js';

export class ReferenceCounter {
  readonly state: ReferenceState;
  #limit: LimitSpec;
  #strikes = 0;
  #bannedUntilUs = 0;
  /** How often it was banned, as long as that is remembered. */
  #banCount = 0;

  constructor(limit: LimitSpec) {
    this.#limit = limit;
    this.state = referenceState(limit.numbers);
  }

  says(cost: number, nowUs: number): Decision {
    if (cost > this.state.costMax) return Decision.never;
    if (this.#bannedUntilUs > nowUs) return Decision.banned;
    return this.state.fitsAtUs(cost, nowUs) <= nowUs ? Decision.admitted : Decision.throttled;
  }

  /** First instant at which the cost fits and no ban holds; not after now when that is now. */
  retryAtUs(cost: number, nowUs: number): number {
    return Math.max(this.state.fitsAtUs(cost, nowUs), this.#bannedUntilUs);
  }

  strike(nowUs: number): void {
    const { ban } = this.#limit;
    if (ban === null) return;
    this.#strikes = this.state.fullAtUs(nowUs) <= nowUs ? 1 : this.#strikes + 1;
    if (this.#strikes < ban.afterThrottles) return;
    this.#forget(nowUs);
    this.#strikes = 0;
    this.#bannedUntilUs = nowUs + (ban.stepsUs[Math.min(this.#banCount, ban.stepsUs.length - 1)] ?? 0);
    this.#banCount = Math.min(this.#banCount + 1, ban.stepsUs.length);
  }

  admit(cost: number, nowUs: number): void {
    this.#strikes = 0;
    this.state.charge(cost, nowUs);
  }

  /** Of a request that others refuse. */
  chargeRefused(cost: number, nowUs: number): void {
    if (this.state.fullAtUs(nowUs) <= nowUs) this.#strikes = 0;
    this.state.charge(cost, nowUs);
  }

  /** The same under other numbers. */
  become(limit: LimitSpec, nowUs: number): void {
    this.#forget(nowUs);
    this.#limit = limit;
    this.state.become(limit.numbers, nowUs);
    this.#banCount = Math.min(this.#banCount, limit.ban?.stepsUs.length ?? 0);
  }

  #forget(nowUs: number): void {
    if (nowUs >= this.#bannedUntilUs + (this.#limit.ban?.forgetUs ?? 0)) this.#banCount = 0;
  }
}
