/** The passwords of virtual time: nobody hashes anything, but a login takes as long as it would. */
import type { Policy } from '../../scenario/plan.js';

/** One unit of scrypt's work, N x r x p, on one core of a server of today: 50 ms at N = 2^14, r = 8, p = 1. */
const NS_PER_UNIT = 381;

export class Passwords {
  /** How long one hash takes. */
  readonly workUs: number;
  private readonly passwordOf: (account: string) => string | null;
  private readonly skipsUnknown: boolean;

  /**
   * @param passwordOf - the password of an account; null when there is none of this name.
   * @param options.skipsUnknown - a name that does not exist is answered without a hash: the weakness `quick-unknown-names`.
   */
  constructor(
    passwordOf: (account: string) => string | null,
    cost: Policy['password'],
    options: { readonly skipsUnknown: boolean },
  ) {
    this.passwordOf = passwordOf;
    this.workUs = Math.ceil((cost.scryptN * cost.scryptR * cost.scryptP * NS_PER_UNIT) / 1000);
    this.skipsUnknown = options.skipsUnknown;
  }

  isRight(account: string, password: string): boolean {
    return this.passwordOf(account) === password;
  }

  /** How long it takes to say so. */
  workUsFor(account: string): number {
    return this.skipsUnknown && this.passwordOf(account) === null ? 0 : this.workUs;
  }
}
