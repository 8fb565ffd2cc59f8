/** What a doctor asks: of each class a right request, and of one that is signed each way in which it can be wrong. */

import type { Identity, Intent } from '../../actors/actor.js';
import * as api from '../../actors/api.js';
import { Outcome } from '../../actors/outcome.js';
import type { IntentDetails, Setting } from '../../actors/setting.js';
import type { Adapter } from '../../scenario/adapter.js';
import type { PolicyAuth, RequestClass } from '../../scenario/plan.js';
import { profileOf } from '../../signing/profiles.js';

export type TrialKind = 'right' | 'wrong signature' | 'unknown key' | 'stale stamp' | 'missing parameter';

export interface Trial {
  readonly kind: TrialKind;
  readonly requestClass: RequestClass;
  readonly intent: Intent;
  /** Outcomes that such a request should be read as. */
  readonly wanted: readonly Outcome[];
}

const order: api.OrderWish = {
  symbol: 'BTC-USDT',
  side: 'buy',
  type: 'limit',
  price: '61000.00',
  quantity: '0.0100',
  clientOrderId: 'doctor000000000001',
};

/** Far more than any window. */
const STALE_US = 86_400_000_000;
const refused = [Outcome.refused, Outcome.denied] as const;

export interface TrialSetting {
  readonly adapter: Adapter;
  readonly auth: PolicyAuth | null;
  readonly setting: Setting;
  readonly identity: Identity;
  /** Whether there is an account to log in with. */
  readonly hasAccount: boolean;
  /** Whether a request says when it was signed. */
  readonly hasStamp: boolean;
}

/** Those that need no answer to an earlier one. */
export function firstTrials(setting: TrialSetting): readonly Trial[] {
  const { adapter, hasAccount, hasStamp } = setting;
  const classes: readonly RequestClass[] = [
    'time',
    'markets',
    'ticker',
    'book',
    'login',
    'account',
    'order.list',
    'order.place',
  ];
  const offered = classes.filter((name) => adapter.calls[name] !== undefined && (name !== 'login' || hasAccount));
  const right = offered.map((name) => trial(setting, 'right', name, [Outcome.admitted]));
  const signed = signedClass(setting, offered);
  const wrong: Trial[] = [];
  if (signed !== null) {
    const claims = { keyId: `unknown${'0'.repeat(57)}`, signature: '00'.repeat(32) };
    const tamper = { kind: 'bit-flip', seed: 1, otherKeyId: '' } as const;
    // Without a signature there is none that could be wrong.
    if (adapter.sign.kind !== 'none') wrong.push(trial(setting, 'wrong signature', signed, refused, { tamper }));
    wrong.push(trial(setting, 'unknown key', signed, refused, { claims }));
    if (hasStamp) wrong.push(trial(setting, 'stale stamp', signed, refused, { stampOffsetUs: -STALE_US }));
  }
  const lacking = (['order.place', 'ticker'] as const).find((name) => adapter.calls[name] !== undefined);
  const missing = lacking === undefined ? [] : [trial(setting, 'missing parameter', lacking, [Outcome.admitted])];
  return [...right, ...wrong, ...missing];
}

/** Those about an order that was placed. */
export function orderTrials(setting: TrialSetting, orderId: string): readonly Trial[] {
  const classes: readonly RequestClass[] = ['order.amend', 'order.cancel'];
  return classes
    .filter((name) => setting.adapter.calls[name] !== undefined)
    .map((name) => trial(setting, 'right', name, [Outcome.admitted], {}, orderId));
}

/** Whether a request says when it was signed. */
export function hasStamp({ sign }: Adapter, auth: PolicyAuth | null): boolean {
  if (sign.kind === 'none') return false;
  // A module is given the moment, and whoever writes one means it to be looked at.
  if (sign.kind === 'module') return true;
  const name = sign.kind === 'profile' ? sign.profile : auth?.profile;
  return name !== undefined && profileOf(name).freshness === 'window';
}

function signedClass({ auth, setting, identity }: TrialSetting, offered: readonly RequestClass[]): RequestClass | null {
  const isSigned = (name: RequestClass): boolean =>
    auth !== null && setting.intent(identity, callOf(name, ''), { step: 'doctor' }).signed;
  // Nothing is placed by a request that is wrong, if all is well; if not, an account that was read does no harm.
  return (
    offered.filter(isSigned).sort((a, b) => Number(a.startsWith('order')) - Number(b.startsWith('order')))[0] ?? null
  );
}

function trial(
  { setting, identity }: TrialSetting,
  kind: TrialKind,
  requestClass: RequestClass,
  wanted: readonly Outcome[],
  details: Partial<IntentDetails> = {},
  orderId = '',
): Trial {
  const plain = kind === 'missing parameter' ? lackingCall(requestClass) : callOf(requestClass, orderId, identity);
  const intent = setting.intent(identity, plain, { step: 'doctor', wantsBody: true, ...details });
  return { kind, requestClass, intent, wanted };
}

function lackingCall(requestClass: RequestClass): api.ApiCall {
  return requestClass === 'ticker' ? api.ticker('') : api.placeOrder({ ...order, symbol: '' });
}

function callOf(requestClass: RequestClass, orderId: string, identity?: Identity): api.ApiCall {
  switch (requestClass) {
    case 'login':
      return api.login(identity?.account ?? '', identity?.password ?? '');
    case 'ticker':
      return api.ticker(order.symbol);
    case 'account':
      return api.account();
    case 'order.place':
      return api.placeOrder(order);
    case 'order.amend':
      return api.amendOrder(orderId, { price: '61000.50', quantity: '0.0100' });
    case 'order.cancel':
      return api.cancelOrder(orderId);
    case 'order.list':
      return { requestClass, method: 'GET', path: `/v1/orders?symbol=${order.symbol}`, body: null };
    case 'book':
      return { requestClass, method: 'GET', path: `/v1/book?symbol=${order.symbol}`, body: null };
    default:
      return { requestClass, method: 'GET', path: `/v1/${requestClass}`, body: null };
  }
}
