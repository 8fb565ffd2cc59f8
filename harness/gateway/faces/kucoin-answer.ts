/** How KuCoin words an answer. */
import type { Admission } from '../gatekeeper.js';
import type { FaceAnswer, FaceRequest, VenueApi } from './face.js';

export type Answering = (request: FaceRequest, admission: Admission | null, api: VenueApi) => FaceAnswer;

export function answer(data: unknown): FaceAnswer {
  return { status: 200, body: JSON.stringify({ code: '200000', data }) };
}

export function refused(status: number, code: string, message: string): FaceAnswer {
  return { status, body: JSON.stringify({ code, msg: message }) };
}
