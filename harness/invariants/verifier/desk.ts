/** A verifier with its keys, as a check asks it: every call becomes a line of the timeline, every answer is looked at. */

import { durationWords } from '../duration-words.js';
import type { Claims } from './claims.js';
import type { Verified, Verifier, VerifierAdapter, VerifyRequest } from './contract.js';
import type { Holder } from './signer.js';
import { requestText, shown } from './timeline.js';

/** A promise that was not kept: what happened instead, and what led to it. */
export class BrokenPromise extends Error {
  readonly timeline: readonly string[];

  constructor(message: string, timeline: readonly string[]) {
    super(message);
    this.name = 'BrokenPromise';
    this.timeline = timeline;
  }
}

/** Calls of `verify` over all desks of a check. */
export interface CallCount {
  calls: number;
  /** Whether one was not answered in time. */
  wasLate: boolean;
}

/** An answer that does not come within this is none. */
const DEADLINE_MS = 2_000;
/** Once one did not come, the others need not be waited for as long. */
const IMPATIENT_MS = 50;

export class Desk {
  readonly claims: Claims;
  readonly verifier: Verifier;
  readonly #count: CallCount;
  readonly #timeline: string[] = [];
  #originUs: number | null = null;

  constructor(claims: Claims, verifier: Verifier, count: CallCount) {
    this.claims = claims;
    this.verifier = verifier;
    this.#count = count;
  }

  static async open(adapter: VerifierAdapter, claims: Claims, count: CallCount): Promise<Desk> {
    try {
      return new Desk(claims, await adapter.create(), count);
    } catch (error) {
      throw new BrokenPromise(`a verifier could not be made: ${String(error)}`, []);
    }
  }

  /** Adds a key that is there from the beginning, so that no report speaks of it. */
  async meet(holder: Holder): Promise<void> {
    await this.addKey(holder);
    this.#timeline.pop();
  }

  async addKey(holder: Holder, what = 'added'): Promise<void> {
    const { keyId, secret, account, scopes } = holder;
    await this.#keep(() => this.verifier.addKey(keyId, secret, account, scopes), `key ${shown(keyId)} ${what}`);
  }

  async removeKey(holder: Holder): Promise<void> {
    await this.#keep(() => this.verifier.removeKey(holder.keyId), `key ${shown(holder.keyId)} removed`);
  }

  /** @returns whether it was accepted. @param what - what is special about this request, '' = nothing. */
  async ask(nowUs: number, request: VerifyRequest, what = ''): Promise<boolean> {
    this.#originUs ??= nowUs;
    this.#count.calls += 1;
    const at = `at ${durationWords(nowUs - this.#originUs)}: `;
    const asked = what === '' ? requestText(request, this.#originUs) : what;
    let answer: Verified;
    try {
      const said = this.verifier.verify(nowUs, request);
      answer = said instanceof Promise ? await this.#inTime(said) : said;
    } catch (error) {
      this.#timeline.push(`${at}${asked}: ${String(error)}`);
      return this.fail(`verify threw instead of answering: ${String(error)}`);
    }
    const accepted = acceptedBy(answer);
    const reason = typeof answer === 'object' && answer?.reason !== undefined ? ` (${answer.reason})` : '';
    this.#timeline.push(
      `${at}${asked}: ${accepted === null ? shown(answer) : accepted ? 'accepted' : 'refused'}${reason}`,
    );
    if (accepted === null) return this.fail(`verify answered ${shown(answer)}, which is neither accepted nor refused`);
    return accepted;
  }

  /** @param broken - the sentence for a report when it is refused. */
  async wantAccepted(nowUs: number, request: VerifyRequest, broken: string, what = ''): Promise<void> {
    if (!(await this.ask(nowUs, request, what))) this.fail(broken);
  }

  async wantRefused(nowUs: number, request: VerifyRequest, broken: string, what = ''): Promise<void> {
    if (await this.ask(nowUs, request, what)) this.fail(broken);
  }

  fail(message: string): never {
    throw new BrokenPromise(message, [...this.#timeline]);
  }

  async close(): Promise<void> {
    await this.verifier.close?.();
  }

  async #keep(change: () => void | Promise<void>, line: string): Promise<void> {
    this.#timeline.push(line);
    try {
      await change();
    } catch (error) {
      this.fail(`${line}: ${String(error)}`);
    }
  }

  async #inTime(answer: Promise<Verified>): Promise<Verified> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const miss = (): void => {
        this.#count.wasLate = true;
        reject(new Error(`no answer within ${DEADLINE_MS / 1000} s`));
      };
      timer = setTimeout(miss, this.#count.wasLate ? IMPATIENT_MS : DEADLINE_MS);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** null: it is no answer, whatever its type says. */
function acceptedBy(answer: Verified): boolean | null {
  if (answer === 'accepted' || answer === 'refused') return answer === 'accepted';
  return typeof answer === 'object' && typeof answer?.accepted === 'boolean' ? answer.accepted : null;
}
