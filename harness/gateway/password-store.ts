import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Policy } from '../scenario/plan.js';

const HASH_BYTES = 32;
const SALT_BYTES = 16;

interface StoredPassword {
  readonly salt: Buffer;
  /** scrypt of the password under `salt`, once somebody has logged in with it; until then null. */
  hash: Buffer | null;
  /** Keyed digest of the password; dropped as soon as `hash` is known. */
  digest: Buffer | null;
}

/** `busy`: too many logins wait for their hash already; nothing was compared. */
export type PasswordAnswer = 'right' | 'wrong' | 'busy';

/**
 * The passwords of all accounts, checked at the price of one scrypt each, off the event loop.
 *
 * Ten thousand accounts must be there at once, and ten thousand scrypt hashes take minutes. So an account begins with
 * an HMAC digest of its password under a key that this process alone holds, and gets its scrypt hash from the first
 * login that is right: that login has to derive it anyway. Every check, whether of an account with a hash, of one
 * without, or of a name that does not exist, computes one digest, one scrypt and two constant-time comparisons; a
 * caller can't tell names apart by how long the answer takes.
 */
export class PasswordStore {
  readonly #stored = new Map<string, StoredPassword>();
  readonly #digestKey = randomBytes(HASH_BYTES);
  readonly #cost: Policy['password'];
  readonly #lane: WorkLane;
  readonly #skipsUnknown: boolean;
  /** Stands in for a name that does not exist. */
  readonly #nobody: StoredPassword = {
    salt: randomBytes(SALT_BYTES),
    hash: randomBytes(HASH_BYTES),
    digest: randomBytes(HASH_BYTES),
  };

  /**
   * @param options.waitingMax - Logins that may wait for a place; further ones are told `busy`.
   * @param options.skipsUnknown - A name that does not exist is told so at once: the weakness `quick-unknown-names`.
   */
  constructor(options: { cost: Policy['password']; runningMax: number; waitingMax: number; skipsUnknown?: boolean }) {
    this.#cost = options.cost;
    this.#skipsUnknown = options.skipsUnknown ?? false;
    this.#lane = new WorkLane(options.runningMax, options.waitingMax);
  }

  add(account: string, password: string): void {
    this.#stored.set(account, { salt: randomBytes(SALT_BYTES), hash: null, digest: this.#digestOf(password) });
  }

  async check(account: string, password: string): Promise<PasswordAnswer> {
    const stored = this.#stored.get(account);
    if (stored === undefined && this.#skipsUnknown) return 'wrong';
    const candidate = stored ?? this.#nobody;
    const derived = await this.#lane.run(() => this.#derive(password, candidate.salt));
    if (derived === null) return 'busy';
    const hashFits = timingSafeEqual(derived, candidate.hash ?? derived);
    const digestFits = timingSafeEqual(this.#digestOf(password), candidate.digest ?? this.#digestKey);
    const fits = candidate.hash === null ? digestFits : hashFits;
    if (stored === undefined || !fits) return 'wrong';
    stored.hash = derived;
    stored.digest = null;
    return 'right';
  }

  #digestOf(password: string): Buffer {
    return createHmac('sha256', this.#digestKey).update(password).digest();
  }

  #derive(password: string, salt: Buffer): Promise<Buffer> {
    const { scryptN: N, scryptR: r, scryptP: p } = this.#cost;
    // scrypt needs 128 * r * (N + p) bytes and a little; its own default ceiling of 32 MiB is below a policy's strongest.
    const maxmem = 128 * r * (N + p + 2) + 1024 * 1024;
    return new Promise((resolve, reject) => {
      scrypt(password, salt, HASH_BYTES, { N, r, p, maxmem }, (error, derived) => {
        if (error === null) resolve(derived);
        else reject(error);
      });
    });
  }
}

/** Lets `runningMax` pieces of work run and `waitingMax` wait their turn; more is turned away. */
class WorkLane {
  readonly #runningMax: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(runningMax: number, waitingMax: number) {
    this.#runningMax = runningMax;
    this.#waitingMax = waitingMax;
  }

  /** @returns null when the work was turned away. */
  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.#running < this.#runningMax) {
      this.#running++;
    } else {
      if (this.#waiting.length >= this.#waitingMax) return null;
      // Whoever finishes hands over the place, so `#running` is not counted up here.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
