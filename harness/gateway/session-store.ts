/**
 * The sessions that logins have opened. An account keeps its newest `perAccountMax`; only its own logins push its older
 * ones out, so nobody can end another's session by logging in often, and memory is bounded by the number of accounts.
 */
export class SessionStore {
  readonly #tokensByAccount = new Map<string, string[]>();
  readonly #perAccountMax: number;
  readonly #newToken: () => string;
  #size = 0;

  constructor(options: { perAccountMax: number; newToken: () => string }) {
    this.#perAccountMax = options.perAccountMax;
    this.#newToken = options.newToken;
  }

  get size(): number {
    return this.#size;
  }

  /** @returns the token of a new session of `account`. */
  open(account: string): string {
    const token = this.#newToken();
    const tokens = this.#tokensByAccount.get(account);
    if (tokens === undefined) {
      this.#tokensByAccount.set(account, [token]);
      this.#size++;
      return token;
    }
    tokens.push(token);
    if (tokens.length > this.#perAccountMax) tokens.shift();
    else this.#size++;
    return token;
  }
}
