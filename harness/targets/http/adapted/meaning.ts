/** What an intent means, read back from the call that it was made of: the fields that an adapter's templates have places for. */
import type { Intent } from '../../../actors/actor.js';
import type { AdapterField } from '../../../scenario/adapter.js';
import { requestClasses } from '../../../scenario/plan-policy.js';

/** A field that is not there is ''. */
export type Fields = Readonly<Partial<Record<AdapterField, string>>>;

export interface Meaning {
  readonly fields: Fields;
  /** The orders of a batch; null = it is none. */
  readonly orders: readonly Fields[] | null;
}

/** Paths of the actors' own API; a call that goes elsewhere was not made by it and is sent as it stands. */
const ownPath = /^\/v1\/(?:login|ticker|account|orders|time|markets|book)(?:\/([A-Za-z0-9_-]{1,64}))?(?:\?(.*))?$/;
const queryFields: ReadonlySet<string> = new Set(['symbol', 'page']);

export function meaningOf(intent: Intent): Meaning | null {
  const match = ownPath.exec(intent.path);
  if (match === null) return null;
  const [, orderId, query] = match;
  const fields: Partial<Record<AdapterField, string>> = {};
  if (orderId !== undefined) fields.orderId = orderId;
  if (query !== undefined) {
    for (const pair of query.split('&')) {
      const [name = '', value = ''] = pair.split('=', 2);
      if (queryFields.has(name)) fields[name as AdapterField] = value;
    }
  }
  if (intent.order != null && intent.order.text === intent.body) {
    return { fields: { ...fields, ...orderFields(intent.order.wish) }, orders: null };
  }
  const body = intent.body === null ? null : parsed(intent.body);
  if (Array.isArray(body)) return { fields, orders: body.map(orderFields) };
  return { fields: { ...fields, ...orderFields(body) }, orders: null };
}

const bodyFields: readonly AdapterField[] = [
  'symbol',
  'side',
  'type',
  'price',
  'quantity',
  'clientOrderId',
  'username',
  'password',
];

function orderFields(body: unknown): Fields {
  if (typeof body !== 'object' || body === null) return {};
  const fields: Partial<Record<AdapterField, string>> = {};
  for (const name of bodyFields) {
    const value = (body as Readonly<Record<string, unknown>>)[name];
    if (typeof value === 'string') fields[name] = value;
  }
  // The actors' orders stand until they are cancelled; one that is filled at once has no such time.
  if (fields.type === 'limit') fields.timeInForce = 'GTC';
  return fields;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function classNameOf(intent: Intent): (typeof requestClasses)[number] {
  return requestClasses[intent.requestClass] as (typeof requestClasses)[number];
}
