/**
 * Kraken's spot REST API, after docs.kraken.com/api ("REST API", "Spot REST rate limits", "Spot trading rate limits", "API
 * error messages"). Every answer is HTTP 200; what went wrong stands in `error`. No header tells of a limit.
 *
 * A number of nonces is this venue's freshness, so a clock that is wrong is none of its business, as long as it goes on.
 */
import type { Admission } from '../gatekeeper.js';
import type { Face, FaceAnswer, FaceRefusal, FaceRequest, FaceRoute, VenueApi } from './face.js';
import { jsonAnswer, textField } from './fields.js';
import * as market from './kraken-markets.js';
import { fault, ok } from './kraken-markets.js';
import * as orders from './kraken-orders.js';

const PLACE_36 = 6;

type Signed = (request: FaceRequest, admission: Admission, api: VenueApi) => FaceAnswer;

/** A route whose class is signed always has an admission. */
function signed(answer: Signed): FaceRoute['answer'] {
  return (request, admission, api) =>
    admission === null ? fault('EGeneral:Internal error') : answer(request, admission, api);
}

function open(path: string, requestClass: FaceRoute['requestClass'], answer: FaceRoute['answer']): FaceRoute {
  return { method: 'GET', path: `/0/public/${path}`, requestClass, answer };
}

function own(
  path: string,
  requestClass: FaceRoute['requestClass'],
  answer: Signed,
  more: Pick<FaceRoute, 'elements' | 'orderId'> = {},
): FaceRoute {
  return { method: 'POST', path: `/0/private/${path}`, requestClass, answer: signed(answer), ...more };
}

const nowMs = (api: VenueApi): number => Math.floor(api.clock.nowUs() / 1000);

const routes: readonly FaceRoute[] = [
  open('Time', 'time', (_request, _admission, api) => {
    const now = nowMs(api);
    return ok({ unixtime: Math.floor(now / 1000), rfc1123: new Date(now).toUTCString() });
  }),
  open('SystemStatus', 'time', (_request, _admission, api) => {
    return ok({ status: 'online', timestamp: new Date(nowMs(api)).toISOString() });
  }),
  open('Assets', 'markets', market.assets),
  open('AssetPairs', 'markets', market.assetPairs),
  open('Ticker', 'ticker', market.ticker),
  open('Depth', 'book', (request, _admission, api) => market.depth(request, nowMs(api))),
  own('Balance', 'account', (_request, admission, api) => orders.balances(admission, api)),
  own('BalanceEx', 'account', (_request, admission, api) => orders.extendedBalances(admission, api)),
  own('OpenOrders', 'order.list', (_request, admission, api) => orders.openOrders(admission, api)),
  own('ClosedOrders', 'order.list', (_request, admission, api) => orders.closedOrders(admission, api)),
  own('QueryOrders', 'order.list', orders.queryOrders),
  own('AddOrder', 'order.place', orders.addOrder),
  own('AddOrderBatch', 'order.place', orders.addOrders, { elements: orders.batchElements }),
  own('AmendOrder', 'order.amend', orders.amendOrder, { orderId: orders.orderIdOf }),
  own('CancelOrder', 'order.cancel', orders.cancelOrder, { orderId: orders.orderIdOf }),
  own('CancelAll', 'order.cancel', (_request, admission, api) => orders.cancelAll(admission, api)),
];

function refuse({ request, decision, by }: FaceRefusal): FaceAnswer {
  switch (decision) {
    case 'throttled':
    case 'never':
      // By address: public calls. By account: the trading engine. By key: the counter of REST calls.
      if (by.includes('ip')) return fault('EGeneral:Too many requests');
      return fault(by.includes('account') ? 'EOrder:Rate limit exceeded' : 'EAPI:Rate limit exceeded');
    case 'banned':
      return fault('EGeneral:Temporary lockout');
    case 'unknown-key':
      return fault('EAPI:Invalid key');
    case 'bad-signature':
      return fault('EAPI:Invalid signature');
    case 'stale':
    case 'from-future':
    case 'replayed':
      return fault('EAPI:Invalid nonce');
    case 'replay-full':
      return fault('EService:Busy');
    default:
      return malformed(request);
  }
}

/** What the venue says of a request that is not signed as it should be. */
function malformed({ headers, params }: FaceRequest): FaceAnswer {
  const has = (name: string): boolean => typeof headers[name] === 'string' && headers[name] !== '';
  if (!has('api-key')) return fault('EAPI:Invalid key');
  if (!/^\d{1,20}$/.test(textField(params, 'nonce'))) return fault('EAPI:Invalid nonce');
  return fault('EAPI:Invalid signature');
}

export const kraken: Face = {
  name: 'kraken',
  title: 'Kraken spot',
  profile: 'kraken',
  policy: 'kraken.yaml',
  routes,
  orderId: (count) => `OFLOOD-PROOF-${count.toString(36).toUpperCase().padStart(PLACE_36, '0')}`,
  refuse,
  limitHeaders: () => ({}),
  unknown: () => jsonAnswer({ error: ['EGeneral:Unknown method'] }, 404),
};
