/** How Bybit words an answer, and what its lists are asked for. */
import { type Market, markets } from '../../venue/markets.js';
import type { Admission } from '../gatekeeper.js';
import type { FaceAnswer, FaceParams, FaceRequest, VenueApi } from './face.js';
import { textField } from './fields.js';
import { nowMsOf } from './wished-order.js';

export type Answering = (request: FaceRequest, admission: Admission | null, api: VenueApi) => FaceAnswer;

export interface Fault {
  readonly code: number;
  readonly message: string;
}

export const badParameter: Fault = { code: 10001, message: 'Request parameter error' };
export const unknownSymbol: Fault = { code: 170121, message: 'Invalid symbol.' };

const byId = new Map(markets.map((market) => [idOf(market), market]));

/** Of a parameter `symbol` that must be there. */
export function marketIn(params: FaceParams): Market | undefined {
  return byId.get(textField(params, 'symbol'));
}

export function idOf({ base, quote }: Market): string {
  return `${base}${quote}`;
}

/** @param retExtInfo - of a batch: what became of each of its orders. */
export function answer(
  nowMs: number,
  result: unknown,
  { code, message }: Fault = { code: 0, message: 'OK' },
  retExtInfo: unknown = {},
): FaceAnswer {
  return { status: 200, body: JSON.stringify({ retCode: code, retMsg: message, result, retExtInfo, time: nowMs }) };
}

export function fault(api: VenueApi, what: Fault): FaceAnswer {
  return answer(nowMsOf(api), {}, what);
}

/** A list of one category; there is nothing in any but `spot`. */
export function list(api: VenueApi, { params }: FaceRequest, entries: () => readonly unknown[]): FaceAnswer {
  const category = textField(params, 'category');
  return answer(nowMsOf(api), { category, list: category === 'spot' ? entries() : [], nextPageCursor: '' });
}

/** Of a parameter `symbol`: that market, or all when there is none, or null when it is not known. */
export function marketsAsked({ params }: FaceRequest): readonly Market[] | null {
  const symbol = textField(params, 'symbol');
  if (symbol === '') return markets;
  const market = byId.get(symbol);
  return market === undefined ? null : [market];
}
