/**
 * Whether an identity's own throttles explain a ban. A ban comes after so many throttles of one limit without an
 * admission in between. Where it lasts longer each time, at which step it stands is not known from outside: it
 * certainly lasts for the first step, the shortest, and is possible for as long as the last, the longest.
 */
import { Outcome } from '../actors/outcome.js';
import type { BanSpec } from '../core/spec.js';
import type { Charge } from './charge.js';
import type { Row } from './row.js';

export class BanAccount {
  private readonly ban: BanSpec;
  private readonly grainUs: number;
  /** Own requests that may have been strikes, since the start: throttles, and whatever may have been one. */
  private possibleStrikes = 0;
  /** Latest moment at which one of them can have been decided. */
  private lastStrikeByUs = Number.NEGATIVE_INFINITY;
  /** Own throttles, called for and by this limit, since its last request that was or may have been admitted. */
  private certainStrikes = 0;
  /** Send time of the last throttle that certainly began a ban. */
  private begunUs = Number.NEGATIVE_INFINITY;

  constructor(ban: BanSpec, grainUs: number) {
    this.ban = ban;
    this.grainUs = grainUs;
  }

  /**
   * An own request goes out. Where `charge` is 'maybe' its answer was lost or does not tell: it may have been admitted
   * as well as throttled.
   */
  send(row: Row, charge: Charge, decidedByUs: number): void {
    if (charge !== 'none') this.certainStrikes = 0;
    if (row.outcome !== Outcome.throttled && charge !== 'maybe') return;
    this.possibleStrikes++;
    this.lastStrikeByUs = Math.max(this.lastStrikeByUs, decidedByUs);
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

  /**
   * Whether a ban certainly held for a request that is sent now and answered at `answeredUs`. By the target's clock it
   * was decided at most `answeredUs - begunUs` and the grain after the ban began, and the ban is over in its last
   * microsecond.
   */
  held(answeredUs: number): boolean {
    return answeredUs + this.grainUs < this.begunUs + (this.ban.stepsUs[0] as number);
  }

  /** Whether own throttles can have reached a ban that held for a request sent at `sentUs` or later. */
  isPossible(sentUs: number): boolean {
    const longestUs = this.ban.stepsUs.at(-1) as number;
    if (this.possibleStrikes < this.ban.afterThrottles) return false;
    return sentUs <= this.lastStrikeByUs + longestUs + this.grainUs;
  }
}
