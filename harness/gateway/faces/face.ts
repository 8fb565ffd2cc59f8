/**
 * A face: the gateway in a venue's clothes. It says which paths the venue serves, which request class each of them is, and
 * how the venue words answers, refusals and the headers that tell of its limits. Decisions are the gate's, as ever.
 */

import type { RequestClass } from '../../scenario/plan.js';
import type { ProfileName } from '../../signing/profile-names.js';
import type { Admission } from '../gatekeeper.js';
import type { TradingApi } from '../trading-api.js';

/** Parameters of a request wherever the venue takes them from: path, query, form or JSON body. */
export type FaceParams = Readonly<Record<string, unknown>>;

export interface FaceRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly params: FaceParams;
  /** Of a batch whose body is a JSON array; null else. */
  readonly list: readonly unknown[] | null;
}

export interface FaceAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FaceRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As Fastify writes it, `/api/v1/orders/:orderId`. */
  readonly path: string;
  /** null = it is no request class and is answered without asking the gate (a list that clients load and no limit counts). */
  readonly requestClass: RequestClass | null;
  /** Elements of the request, 1 to 65,535, for batches; 1 when left out. */
  readonly elements?: (request: FaceRequest) => number;
  /** The business. `admission` is null where the gate was not asked. */
  readonly answer: (request: FaceRequest, admission: Admission | null, api: TradingApi) => FaceAnswer;
}

/** What the gate said to a request that it refused. */
export interface FaceRefusal {
  /** Name of the decision, see `decisionNames`. */
  readonly decision: string;
  /** Name of the limit, '' = none. */
  readonly limit: string;
  /** 0 = not told. */
  readonly retryAfterMs: number;
  readonly requestClass: RequestClass;
}

/** What the gate's answer says of the limit that came nearest; see `Answer`. */
export interface FaceLimits {
  readonly limit: string;
  readonly capacity: number;
  readonly remaining: number;
  /** Whole milliseconds until that counter is full again; 0 = not known. */
  readonly resetMs: number;
  readonly nowMs: number;
}

export interface Face {
  /** As `--venue` has it. */
  readonly name: 'binance' | 'bybit' | 'okx' | 'kraken' | 'deribit' | 'kucoin';
  readonly title: string;
  readonly profile: ProfileName;
  /** The policy that the gateway enforces when none is named, a path under `scenarios/policies`. */
  readonly policy: string;
  readonly routes: readonly FaceRoute[];
  /** How the venue words a refusal. */
  refuse(refusal: FaceRefusal): FaceAnswer;
  /** Headers that tell of limits, on every answer of a class that limits count. */
  limitHeaders(limits: FaceLimits): Readonly<Record<string, string>>;
  /** A path or method that the venue has not. */
  unknown(request: Pick<FaceRequest, 'method' | 'path'>): FaceAnswer;
}
