/**
 * An adapter: how the actors' wishes become calls of somebody's own API, and how its answers are read. Plain, frozen data:
 * it can be saved with a run and sent to worker threads. It never holds a secret, only names of environment variables.
 */
import type { ProfileName } from '../signing/profile-names.js';
import type { RequestClass } from './plan-policy.js';

/** What a wish may hold; a field that it does not hold is ''. */
export const adapterFields = [
  'symbol',
  'side',
  'type',
  'timeInForce',
  'price',
  'quantity',
  'clientOrderId',
  'orderId',
  'username',
  'password',
  'page',
  'account',
  'keyId',
  'token',
] as const;
export type AdapterField = (typeof adapterFields)[number];

/** Text with places for fields and for values of the environment. */
export type Template = readonly (string | { readonly field: AdapterField } | { readonly env: string })[];

export interface Entry {
  readonly name: string;
  readonly value: Template;
}

/** JSON with places in it. `number`: written as it is, without quotes. `orders`: the orders of a batch. */
export type JsonTemplate =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'text'; readonly text: Template }
  | { readonly kind: 'number'; readonly text: Template }
  | { readonly kind: 'list'; readonly items: readonly JsonTemplate[] }
  | { readonly kind: 'members'; readonly members: readonly (readonly [string, JsonTemplate])[] }
  | { readonly kind: 'orders' };

/** How a request is put together. An entry whose fields are all empty is left out of query, form and JSON members. */
export interface CallForm {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: Template;
  readonly query: readonly Entry[];
  readonly headers: readonly Entry[];
  readonly form: readonly Entry[] | null;
  readonly json: JsonTemplate | null;
}

export interface AdapterCall extends CallForm {
  /** Parts of the path of a member of the answer; null = it is not looked for. */
  readonly answer: { readonly orderId: Pointer | null; readonly token: Pointer | null };
  /** null = this class has no batches. */
  readonly batch: AdapterBatch | null;
}

export interface AdapterBatch extends CallForm {
  /** One order of the list. */
  readonly each: JsonTemplate;
  /** Where the list of answers stands, and in each of them the order's id. */
  readonly answer: { readonly list: Pointer; readonly orderId: Pointer };
}

/** A JSON Pointer (RFC 6901) in its parts. */
export type Pointer = readonly string[];

/** How a field is written by this API. */
export interface ValueForm {
  readonly map: Readonly<Record<string, string>>;
  /** Texts that are taken out of what `map` does not name. */
  readonly remove: string;
  readonly case: 'upper' | 'lower' | null;
}

/** What a text must be like. */
export type Match =
  | { readonly kind: 'there'; readonly wanted: boolean }
  | { readonly kind: 'equals'; readonly values: readonly string[] }
  | { readonly kind: 'begins'; readonly text: string }
  | { readonly kind: 'holds'; readonly text: string };

/** All of its parts must hold; a part that is null or empty always does. */
export interface Condition {
  readonly classes: readonly RequestClass[] | null;
  readonly isSigned: boolean | null;
  /** Ranges, both ends included. */
  readonly statuses: readonly (readonly [number, number])[] | null;
  readonly headers: readonly { readonly name: string; readonly match: Match }[];
  readonly body: readonly { readonly at: Pointer; readonly match: Match }[];
  readonly text: Match | null;
}

export const outcomeWords = [
  'admitted',
  'throttled',
  'never',
  'banned',
  'refused',
  'denied',
  'unclear',
  'server-error',
] as const;
export type OutcomeWord = (typeof outcomeWords)[number];

/** Where an answer holds something. */
export type Source = { readonly in: 'header'; readonly name: string } | { readonly in: 'body'; readonly at: Pointer };

export const waitUnits = ['s', 'ms', 'us', 'epoch-s', 'epoch-ms'] as const;
export interface WaitSource {
  readonly source: Source;
  readonly unit: (typeof waitUnits)[number];
}

/** Which limit spoke. `names` turns the API's words into names of the policy; a word that is not in it stands for itself. */
export type LimitSource =
  | { readonly kind: 'fixed'; readonly name: string }
  | { readonly kind: 'read'; readonly source: Source; readonly names: Readonly<Record<string, string>> };

export interface OutcomeRule {
  readonly when: Condition;
  readonly is: OutcomeWord;
  readonly limit: LimitSource | null;
  readonly retryAfter: WaitSource | null;
}

export interface AnsweredBy {
  /** Marks of the limiter's own refusals, any of them; empty = they have none. */
  readonly limiter: readonly Condition[];
  /** Those who may answer in its place. */
  readonly others: readonly { readonly name: string; readonly when: Condition }[];
}

export type AdapterSign =
  /** As the policy says. */
  | { readonly kind: 'policy' }
  | { readonly kind: 'none' }
  | { readonly kind: 'profile'; readonly profile: ProfileName }
  | { readonly kind: 'module'; readonly file: string };

/** One holder of a key; names of environment variables, null = has none. */
export interface EnvironmentCredential {
  readonly keyId: string | null;
  readonly secret: string | null;
  readonly passphrase: string | null;
  readonly privateKey: string | null;
  readonly account: string | null;
  readonly password: string | null;
  readonly token: string | null;
}

export type AdapterCredentials =
  /** The accounts and keys that the seed makes, which the target must know. */
  | { readonly from: 'seed' }
  | { readonly from: 'environment'; readonly holders: readonly EnvironmentCredential[] }
  /** What `provision` of the hooks returns. */
  | { readonly from: 'hooks' };

export interface AdapterHooks {
  readonly file: string;
  readonly deadlineMs: number;
}

export interface Adapter {
  readonly schema: 'floodproof/adapter/1';
  readonly name: string;
  /** Path as the user gave it, for messages. */
  readonly file: string;
  readonly http2: boolean;
  readonly sign: AdapterSign;
  readonly credentials: AdapterCredentials;
  readonly hooks: AdapterHooks | null;
  /** Of every call. */
  readonly headers: readonly Entry[];
  readonly values: Readonly<Partial<Record<AdapterField, ValueForm>>>;
  readonly calls: Readonly<Partial<Record<RequestClass, AdapterCall>>>;
  /** The first whose condition holds decides; where none does, the status tells. */
  readonly outcomes: readonly OutcomeRule[];
  readonly answeredBy: AnsweredBy;
  /** Where a wait may stand, for rules that say nothing of it; the first that can be read counts. */
  readonly retryAfter: readonly WaitSource[];
}

/** Names of the environment's variables that an adapter needs, each once, in their order. */
export function environmentNames(adapter: Adapter): readonly string[] {
  const names = new Set<string>();
  if (adapter.credentials.from === 'environment') {
    for (const holder of adapter.credentials.holders) {
      for (const name of Object.values(holder)) if (name !== null) names.add(name as string);
    }
  }
  for (const template of templatesOf(adapter)) {
    for (const part of template) if (typeof part !== 'string' && 'env' in part) names.add(part.env);
  }
  return [...names];
}

function* templatesOf(adapter: Adapter): Generator<Template> {
  for (const { value } of adapter.headers) yield value;
  for (const call of Object.values(adapter.calls)) {
    yield* templatesOfCall(call);
    if (call.batch === null) continue;
    yield* templatesOfCall(call.batch);
    yield* templatesOfJson(call.batch.each);
  }
}

function* templatesOfCall(call: CallForm): Generator<Template> {
  yield call.path;
  for (const { value } of [...call.query, ...call.headers, ...(call.form ?? [])]) yield value;
  if (call.json !== null) yield* templatesOfJson(call.json);
}

function* templatesOfJson(json: JsonTemplate): Generator<Template> {
  if (json.kind === 'text' || json.kind === 'number') yield json.text;
  else if (json.kind === 'list') for (const item of json.items) yield* templatesOfJson(item);
  else if (json.kind === 'members') for (const [, value] of json.members) yield* templatesOfJson(value);
}
