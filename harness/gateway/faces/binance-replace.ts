/**
 * Binance's `order/cancelReplace`: one order is cancelled and another placed in its stead, with the weight and the place of a
 * new order. Statuses and codes are of rest-api.md ("Cancel an Existing Order and Send a New Order"): 409 and -2021 when one
 * of the two went well, 400 and -2022 when none did.
 */
import type { Admission } from '../gatekeeper.js';
import { fault } from './binance-markets.js';
import { cancelOrder, missingOf, placeOrder } from './binance-orders.js';
import type { FaceAnswer, FaceRequest, VenueApi } from './face.js';
import { jsonAnswer, textField } from './fields.js';

export function cancelReplace(request: FaceRequest, admission: Admission, api: VenueApi): FaceAnswer {
  const { params } = request;
  const missing = missingOf(params, ['symbol', 'side', 'type', 'cancelReplaceMode']);
  if (missing !== null) return missing;
  const mode = textField(params, 'cancelReplaceMode');
  if (mode !== 'STOP_ON_FAILURE' && mode !== 'ALLOW_FAILURE') {
    return fault(400, -1130, "Data sent for parameter 'cancelReplaceMode' is not valid.");
  }
  const orderId = textField(params, 'cancelOrderId');
  const origClientOrderId = textField(params, 'cancelOrigClientOrderId');
  if (orderId === '' && origClientOrderId === '') {
    const msg = "Param 'cancelOrigClientOrderId' or 'cancelOrderId' must be sent, but both were empty/null!";
    return fault(400, -1102, msg);
  }
  // "Filters and Order Count are evaluated before the processing of the cancellation and order placement occurs."
  const looked = placeOrder(request, admission, api, true);
  if (looked.status !== 200) return looked;
  const named = { symbol: textField(params, 'symbol'), orderId, origClientOrderId };
  const cancelled = cancelOrder({ ...partsOf(request), params: named }, admission, api);
  const isCancelled = cancelled.status === 200;
  const placed = isCancelled || mode === 'ALLOW_FAILURE' ? placeOrder(request, admission, api) : null;
  const isPlaced = placed?.status === 200;
  const data = {
    cancelResult: isCancelled ? 'SUCCESS' : 'FAILURE',
    newOrderResult: placed === null ? 'NOT_ATTEMPTED' : isPlaced ? 'SUCCESS' : 'FAILURE',
    cancelResponse: JSON.parse(cancelled.body) as unknown,
    newOrderResponse: placed === null ? null : (JSON.parse(placed.body) as unknown),
  };
  if (isCancelled && isPlaced) return jsonAnswer(data);
  return isCancelled || isPlaced
    ? jsonAnswer({ code: -2021, msg: 'Order cancel-replace partially failed.', data }, 409)
    : jsonAnswer({ code: -2022, msg: 'Order cancel-replace failed.', data }, 400);
}

/** Of a received request, whose parts are no properties of its own. */
function partsOf({ method, path, headers, list }: FaceRequest): Omit<FaceRequest, 'params'> {
  return { method, path, headers, list };
}
