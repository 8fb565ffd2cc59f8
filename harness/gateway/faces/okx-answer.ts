/** How OKX words an answer, and what its lists are asked for. */
import { type Market, marketOf, markets } from '../../venue/markets.js';
import type { Admission } from '../gatekeeper.js';
import type { FaceAnswer, FaceRequest, VenueApi } from './face.js';
import { textField } from './fields.js';

export type Answering = (request: FaceRequest, admission: Admission | null, api: VenueApi) => FaceAnswer;

export interface Fault {
  readonly code: string;
  readonly message: string;
}

export const unknownInstrument: Fault = { code: '51001', message: 'Instrument ID does not exist' };
export const badParameter: Fault = { code: '51000', message: 'Parameter error' };

export function answer(data: readonly unknown[], { code, message }: Fault = { code: '0', message: '' }): FaceAnswer {
  return { status: 200, body: JSON.stringify({ code, msg: message, data }) };
}

/** Of a parameter `instType`: there is nothing but SPOT. */
export function isSpot({ params }: FaceRequest): boolean {
  return ['', 'SPOT'].includes(textField(params, 'instType'));
}

/** The market of `instId`, all when there is none, null when it is not known. */
export function marketsAsked({ params }: FaceRequest): readonly Market[] | null {
  const id = textField(params, 'instId');
  if (id === '') return markets;
  const market = marketOf(id);
  return market === undefined ? null : [market];
}
