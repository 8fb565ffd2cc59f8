/**
 * Signatures that were used, remembered outside of any gate: where several nodes share one memory, and where a memory is
 * lost although the counters beside it are not. The rules are those of a gate's own memory.
 */
import { macBytesOf } from '../core/hmac-key.js';
import { ReplayWindow } from '../core/replay-window.js';
import { SignatureReader } from '../core/signature-form.js';
import { type AuthSpec, Decision, type HashSecret } from '../core/spec.js';
import type { Policy } from '../scenario/plan.js';

export class UsedSignatures {
  readonly #auth: AuthSpec;
  readonly #spanUs: number;
  readonly #hashSecret: HashSecret;
  readonly #reader: SignatureReader;
  readonly #keyNumbers = new Map<string, number>();
  #memory: ReplayWindow;
  /** Whose signature was looked at last. */
  #keyId = '';

  /** @param spanUs - how long after it is made a claim can last at most. */
  constructor(options: { auth: AuthSpec; spanUs: number; hashSecret: HashSecret }) {
    this.#auth = options.auth;
    this.#spanUs = options.spanUs;
    this.#hashSecret = options.hashSecret;
    this.#reader = new SignatureReader(options.auth.encoding, macBytesOf[options.auth.hash]);
    this.#memory = this.#fresh();
  }

  forgetAll(): void {
    this.#memory = this.#fresh();
  }

  /** Whether a valid signature under this key can be used now; `claim` uses the one that was looked at last. */
  look(keyId: string, signature: string, nowUs: number): Decision {
    // What has no form of a signature is refused before anybody asks whether it was used.
    if (!this.#reader.read(signature)) return Decision.admitted;
    this.#keyId = keyId;
    // A key gets its number with its first claim: a signature is looked at before anybody knows that it is right, and whoever
    // makes up keys would fill the table.
    const keyNumber = this.#keyNumbers.get(keyId) ?? this.#keyNumbers.size;
    return this.#memory.look(this.#reader.bytes, keyNumber, nowUs);
  }

  claim(lastFreshUs: number): void {
    if (!this.#keyNumbers.has(this.#keyId)) this.#keyNumbers.set(this.#keyId, this.#keyNumbers.size);
    this.#memory.claim(lastFreshUs);
  }

  #fresh(): ReplayWindow {
    const { replayCapacity, replayPerKey } = this.#auth;
    return new ReplayWindow(
      { capacity: replayCapacity ?? 1, perKey: replayPerKey, spanUs: this.#spanUs },
      this.#hashSecret,
    );
  }
}

/** One for all nodes, or one a node; none where the one gate's own memory does. */
export function memoriesOf(
  { nodes, weaknesses }: Pick<Policy, 'nodes' | 'weaknesses'>,
  auth: AuthSpec | null,
  hashSecret: HashSecret,
): readonly UsedSignatures[] {
  const isApart = nodes > 1 || weaknesses.includes('forgets-replays-on-restart');
  if (auth === null || auth.replayCapacity === null || !isApart) return [];
  const count = weaknesses.includes('node-local-replays') ? nodes : 1;
  const spanUs = auth.windowUsMax + auth.futureUs;
  return Array.from({ length: count }, () => new UsedSignatures({ auth, spanUs, hashSecret }));
}
