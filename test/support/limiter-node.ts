/** What a true limiter keeps beside its counter: whose it is, and how long it is banned. */
import type { BanSpec } from '../../harness/core/spec.js';
import type { PolicyLimit } from '../../harness/scenario/plan.js';

/** The counter of an identity, which has the address, the account and the key of its own number, see `testNames`. */
export function counterText({ by, ipPrefix }: PolicyLimit, identity: number, requestClass: number): string {
  const members = {
    ip: ipPrefix === null ? identity : identity >> (32 - ipPrefix.v4),
    master: Math.floor(identity / 3),
    account: identity,
    key: identity,
    class: requestClass,
  };
  return by.map((part) => `${part} ${members[part]}`).join(', ');
}

/** Bans that get longer. */
export class BanLadder {
  private readonly ban: BanSpec | null;
  private strikes = 0;
  private level = 0;
  private untilUs = Number.NEGATIVE_INFINITY;

  constructor(ban: BanSpec | null) {
    this.ban = ban;
  }

  isBanned(nowUs: number): boolean {
    return nowUs < this.untilUs;
  }

  admit(): void {
    this.strikes = 0;
  }

  strike(nowUs: number): void {
    const { ban } = this;
    if (ban === null) return;
    this.strikes++;
    if (this.strikes < ban.afterThrottles) return;
    if (nowUs >= this.untilUs + ban.forgetUs) this.level = 0;
    this.strikes = 0;
    this.untilUs = nowUs + (ban.stepsUs[Math.min(this.level, ban.stepsUs.length - 1)] as number);
    this.level++;
  }
}
