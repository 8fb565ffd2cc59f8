/**
 * Whether an identity's own throttles explain a ban. A ban comes after so many throttles of one limit without an
 * admission in between, and lasts for a stated time.
 */
import { Outcome } from '../actors/outcome.js';
import type { PolicyBan } from '../scenario/plan.js';
import type { Row } from './row.js';

export class BanAccount {
  private readonly ban: PolicyBan;
  private readonly grainUs: number;
  /** Own throttles that may have been strikes, since the start. */
  private possibleStrikes = 0;
  /** Own throttles, called for and by this limit, since its last request that was or may have been admitted. */
  private certainStrikes = 0;
  /** Send time of the last throttle that certainly began a ban. */
  private begunUs = Number.NEGATIVE_INFINITY;

  constructor(ban: PolicyBan, grainUs: number) {
    this.ban = ban;
    this.grainUs = grainUs;
  }

  /** An own request goes out; `mayCharge`: it was or may have been admitted. */
  send(row: Row, mayCharge: boolean): void {
    if (mayCharge) this.certainStrikes = 0;
    if (row.outcome === Outcome.throttled) this.possibleStrikes++;
  }

  settle(mayCharge: boolean): void {
    if (mayCharge) this.certainStrikes = 0;
  }

  /** A throttle of this limit that own use certainly explains. */
  strike(row: Row): void {
    this.certainStrikes++;
    if (this.certainStrikes < this.ban.afterThrottles) return;
    this.begunUs = row.sentUs;
    this.certainStrikes = 0;
  }

  /** Whether a ban certainly held for a request that is sent now and answered at `answeredUs`. */
  held(answeredUs: number): boolean {
    return answeredUs + this.grainUs <= this.begunUs + this.ban.forUs;
  }

  /** Whether own throttles can have reached a ban until now. */
  get isPossible(): boolean {
    return this.possibleStrikes >= this.ban.afterThrottles;
  }
}
