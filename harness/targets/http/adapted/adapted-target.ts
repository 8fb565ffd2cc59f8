/** Somebody's own API as the sender and its flights see it: makes requests by the adapter, and reads answers by its rules. */
import type { Intent } from '../../../actors/actor.js';
import { readOrderId } from '../../../actors/api.js';
import { Outcome } from '../../../actors/outcome.js';
import { NO_INDEX, type World } from '../../../actors/world.js';
import type { Adapter, Pointer } from '../../../scenario/adapter.js';
import type { Policy } from '../../../scenario/plan-policy.js';
import type { Stamp } from '../../../signing/profile.js';
import { profileOf } from '../../../signing/profiles.js';
import { AnswerReader, memberAt, type RawAnswer, type Reading } from './answer-reader.js';
import { CallMaker } from './call-maker.js';
import { type AdapterSecrets, type Holder, nobody } from './holders.js';
import { classNameOf, meaningOf } from './meaning.js';
import { OrderMemory } from './order-memory.js';
import { otherPrivateKey } from './other-key.js';
import { ModuleSigner, ProfileSigner, type RequestSigner, type SignFunction, unsigned } from './request-signer.js';

export interface AdaptedParts {
  readonly adapter: Adapter;
  readonly secrets: AdapterSecrets;
  readonly world: Pick<World, 'holderOf' | 'passwordOf' | 'accountName'>;
  readonly policy: Pick<Policy, 'auth'>;
  /** Where the adapter signs by a module; null = it does not. */
  readonly signFunction: SignFunction | null;
  /** Wall clock, milliseconds since 1970. */
  readonly wallMs: () => number;
}

/** A request as it goes over the wire. */
export interface AdaptedRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  /** Lower-case names; the type of the body is among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** A session's token goes into a header: visible characters alone. */
const tokenForm = /^[\x21-\x7e]{1,8192}$/;

export class AdaptedTarget {
  readonly reader: AnswerReader;
  readonly #parts: AdaptedParts;
  readonly #orders = new OrderMemory();
  readonly #calls: CallMaker;
  readonly #signer: RequestSigner;
  /** Holders by the key that goes over the wire. */
  readonly #byKey = new Map<string, Holder>();

  constructor(parts: AdaptedParts) {
    const { adapter, secrets, wallMs } = parts;
    this.#parts = parts;
    for (const holder of Object.values(secrets.holders ?? {})) this.#byKey.set(holder.keyId, holder);
    this.reader = new AnswerReader(adapter, wallMs);
    this.#signer = this.#openSigner();
    this.#calls = new CallMaker({
      adapter,
      environment: secrets.environment,
      holderOf: (intent) => this.#holderOf(intent),
      passwordOf: (username, password) => this.#passwordOf(username, password),
      orders: this.#orders,
    });
  }

  /**
   * @param target.host - As the Host header has it.
   * @param target.basePath - Stands before the adapter's paths, and is signed with them.
   * @throws {FloodproofError} FP_ADAPTER_UNFIT, FP_ADAPTER_MODULE
   */
  request(intent: Intent, stamp: Stamp, { host, basePath }: { host: string; basePath: string }): AdaptedRequest {
    const call = this.#calls.make(intent);
    const path = basePath + call.path;
    const type = call.contentType === null ? {} : { 'content-type': call.contentType };
    if (!intent.signed) return { method: call.method, path, headers: { ...call.headers, ...type }, body: call.body };
    const { method, contentType } = call;
    const plain = { method, path, body: call.body ?? '', host, contentType };
    const wire = this.#signer.sign(plain, stamp, this.#holderOf(intent), this.#tamperOf(intent));
    return { ...wire, headers: { ...call.headers, ...type, ...wire.headers } };
  }

  /** Reads an answer, and keeps what later calls may have to repeat. */
  read(intent: Intent, answer: Omit<RawAnswer, 'requestClass' | 'isSigned'>): Reading & { readonly body: unknown } {
    const reading = this.reader.read({ ...answer, requestClass: classNameOf(intent), isSigned: intent.signed });
    return { ...reading, body: this.#learn(intent, reading.outcome, answer) };
  }

  /** Whether the body of an answer of this status is looked at. */
  wantsBody(intent: Intent, status: number): boolean {
    return status >= 400 || this.reader.readsBodies || intent.wantsBody || this.#pointers(intent).length > 0;
  }

  #pointers(intent: Intent): readonly Pointer[] {
    const answer = this.#parts.adapter.calls[classNameOf(intent)]?.answer;
    return [answer?.orderId ?? null, answer?.token ?? null].filter((pointer) => pointer !== null);
  }

  /** The answer as behaviours know it: `{ orderId }`, or a list of such for a batch. */
  #learn(intent: Intent, outcome: Outcome, { text }: { readonly text: string }): unknown {
    const call = this.#parts.adapter.calls[classNameOf(intent)];
    if (outcome !== Outcome.admitted || call === undefined || text === '') return null;
    const json = parseJson(text);
    const meaning = meaningOf(intent);
    if (meaning === null) return json;
    const { accountIndex } = intent.identity;
    if (meaning.orders !== null && call.batch !== null) {
      const { list, orderId } = call.batch.answer;
      const answers = memberAt(json, list);
      return meaning.orders.map((order, place) => {
        const id = idAt(Array.isArray(answers) ? answers[place] : undefined, orderId);
        if (id !== null) this.#orders.placed(accountIndex, id, order);
        return { orderId: id };
      });
    }
    const { orderId, token } = call.answer;
    const session = token === null ? undefined : memberAt(json, token);
    if (typeof session === 'string' && tokenForm.test(session)) {
      this.#orders.loggedIn(intent.accountIndex === NO_INDEX ? accountIndex : intent.accountIndex, session);
    }
    const id = orderId === null ? null : idAt(json, orderId);
    if (id === null) return null;
    const about = meaning.fields.orderId === undefined ? {} : this.#orders.of(accountIndex, meaning.fields.orderId);
    this.#orders.placed(accountIndex, id, { ...about, ...meaning.fields });
    return { orderId: id };
  }

  #openSigner(): RequestSigner {
    const { adapter, policy, secrets, signFunction } = this.#parts;
    const { sign } = adapter;
    if (sign.kind === 'none') return unsigned;
    if (sign.kind === 'module') return signFunction === null ? unsigned : new ModuleSigner(sign.file, signFunction);
    const { auth } = policy;
    if (sign.kind === 'policy' && auth === null) return unsigned;
    const name = sign.kind === 'profile' ? sign.profile : (auth?.profile ?? 'hmac-lines');
    const profile = name === 'hmac-lines' && auth !== null ? profileOf(name, auth) : profileOf(name);
    return new ProfileSigner(profile, secrets.holders === null, (keyId) => this.#ofKey(keyId));
  }

  #ofKey(keyId: string): Holder | null {
    const { world, secrets } = this.#parts;
    if (secrets.holders !== null) return this.#byKey.get(keyId) ?? null;
    const identity = world.holderOf(keyId);
    return identity === null ? null : { ...nobody, keyId, secret: identity.secret };
  }

  /** A made-up key is held by nobody: it signs with a secret that was made up with it. */
  #holderOf({ identity, claims }: Intent): Holder {
    if (claims !== null) {
      const { keyId, signature } = claims;
      // A profile that signs with a private key needs one of that kind, whosever it is.
      const privateKey = otherPrivateKey(this.#ofIdentity(identity).privateKey);
      return { ...nobody, keyId, secret: signature, token: signature, privateKey };
    }
    return this.#ofIdentity(identity);
  }

  #ofIdentity({ account, keyId, secret }: Intent['identity']): Holder {
    const { holders } = this.#parts.secrets;
    if (holders === null) return { ...nobody, account, keyId, secret };
    return (Object.hasOwn(holders, account) ? holders[account] : undefined) ?? nobody;
  }

  #passwordOf(username: string, password: string): { username: string; password: string } {
    const { world, secrets } = this.#parts;
    const holder =
      secrets.holders !== null && Object.hasOwn(secrets.holders, username) ? secrets.holders[username] : null;
    if (holder == null || holder.account === '') return { username, password };
    const isRight = world.passwordOf(username) === password;
    return { username: holder.account, password: isRight ? holder.password : password };
  }

  /** Somebody else's key by the name that it has on the wire. */
  #tamperOf({ tamper }: Intent): Intent['tamper'] {
    const { world, secrets } = this.#parts;
    if (tamper === null || tamper.otherKeyId === '' || secrets.holders === null) return tamper;
    const account = world.holderOf(tamper.otherKeyId)?.account ?? '';
    return { ...tamper, otherKeyId: secrets.holders[account]?.keyId ?? '' };
  }
}

/** An order's id; numbers count where they are exact. */
function idAt(json: unknown, pointer: Pointer): string | null {
  const id = memberAt(json, pointer);
  return readOrderId({ orderId: Number.isSafeInteger(id) ? String(id) : id });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
