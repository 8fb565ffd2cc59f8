/** The passwords of virtual time: nobody hashes anything, but a login takes as long as it would. */
import type { RegisteredAccount } from '../../actors/world.js';
import type { Policy } from '../../scenario/plan.js';

/** One unit of scrypt's work, N x r x p, on one core of a server of today: 50 ms at N = 2^14, r = 8, p = 1. */
const NS_PER_UNIT = 381;

export class Passwords {
  /** How long one hash takes. */
  readonly workUs: number;
  private readonly registered: () => Iterable<RegisteredAccount>;
  private readonly skipsUnknown: boolean;
  /** Made at the first login: a run without logins needs none. */
  private byAccount: Map<string, string> | null = null;

  /** @param skipsUnknown - a name that does not exist is answered without a hash: the weakness `quick-unknown-names`. */
  constructor(
    registered: () => Iterable<RegisteredAccount>,
    cost: Policy['password'],
    options: { readonly skipsUnknown: boolean },
  ) {
    this.registered = registered;
    this.workUs = Math.ceil((cost.scryptN * cost.scryptR * cost.scryptP * NS_PER_UNIT) / 1000);
    this.skipsUnknown = options.skipsUnknown;
  }

  isRight(account: string, password: string): boolean {
    return this.known().get(account) === password;
  }

  /** How long it takes to say so. */
  workUsFor(account: string): number {
    return this.skipsUnknown && !this.known().has(account) ? 0 : this.workUs;
  }

  private known(): Map<string, string> {
    this.byAccount ??= new Map([...this.registered()].map(({ account, password }) => [account, password]));
    return this.byAccount;
  }
}
