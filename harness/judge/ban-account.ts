/**
 * Whether an identity's own throttles explain a ban. A ban comes after so many throttles of one limit without an
 * admission in between, and lasts for a stated time.
 */
import { Outcome } from '../actors/outcome.js';
import type { PolicyBan } from '../scenario/plan.js';
import type { Charge } from './charge.js';
import type { Row } from './row.js';

export class BanAccount {
  private readonly ban: PolicyBan;
  private readonly grainUs: number;
  /** Own requests that may have been strikes, since the start: throttles, and whatever may have been one. */
  private possibleStrikes = 0;
  /** Own throttles, called for and by this limit, since its last request that was or may have been admitted. */
  private certainStrikes = 0;
  /** Send time of the last throttle that certainly began a ban. */
  private begunUs = Number.NEGATIVE_INFINITY;

  constructor(ban: PolicyBan, grainUs: number) {
    this.ban = ban;
    this.grainUs = grainUs;
  }

  /**
   * An own request goes out. Where `charge` is 'maybe' its answer was lost or does not tell: it may have been admitted
   * as well as throttled.
   */
  send(row: Row, charge: Charge): void {
    if (charge !== 'none') this.certainStrikes = 0;
    if (row.outcome === Outcome.throttled || charge === 'maybe') this.possibleStrikes++;
  }

  settle(charge: Charge): void {
    if (charge !== 'none') this.certainStrikes = 0;
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
