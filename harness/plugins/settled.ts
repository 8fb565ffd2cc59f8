/** What becomes of a request that the gate of an app was asked about. */
import { faultBody } from '../gateway/answer.js';
import { GATE_HEADER, UNASKED } from '../gateway/gatekeeper.js';
import { JSON_TYPE } from '../gateway/wording.js';
import type { GatePass } from './gate-options.js';

export type AnswerHeaders = Readonly<Record<string, string>>;

/** `pass`: the app serves it, under these headers. `answer`: it is refused so. `gone`: nobody is left to answer. */
export type Settled =
  | { readonly kind: 'pass'; readonly pass: GatePass; readonly headers: AnswerHeaders }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; readonly headers: AnswerHeaders }
  | { readonly kind: 'gone' };

export const GONE: Settled = { kind: 'gone' };

/** Admitted, and too many wait for their turn already: without `x-gate`, since nobody serves what was admitted. */
export const BUSY: Settled = {
  kind: 'answer',
  status: 503,
  body: faultBody('busy'),
  headers: { 'content-type': JSON_TYPE },
};

/** The answer to what the gate was not asked about. */
export function unaskedAnswer(status: number, reason: string, headers: AnswerHeaders = {}): Settled {
  return {
    kind: 'answer',
    status,
    body: faultBody(reason),
    headers: { [GATE_HEADER]: UNASKED, 'content-type': JSON_TYPE, ...headers },
  };
}
