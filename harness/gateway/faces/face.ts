/**
 * A face: the gateway in a venue's clothes. It says which paths the venue serves, which request class each of them is, and
 * how the venue words answers, refusals and the headers that tell of its limits. Decisions are the gate's, as ever.
 */

import type { LimitBy } from '../../core/spec.js';
import type { RequestClass } from '../../scenario/plan.js';
import type { ProfileName } from '../../signing/profile-names.js';
import type { TradingFloor } from '../../venue/trading-floor.js';
import type { Admission } from '../gatekeeper.js';
import type { TradingApi } from '../trading-api.js';

/** Parameters of a request wherever the venue takes them from: path, query, form or JSON body. */
export type FaceParams = Readonly<Record<string, unknown>>;

export interface FaceRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  /** Lower-case names; one that came more than once is joined or an array, as Node has it. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /**
   * Later ones win: members of a JSON object or of a form in the body, then the query, then the path. A name that came more
   * than once in one of them has all its values in an array. Worked out when it is first asked for.
   */
  readonly params: FaceParams;
  /** Of a batch whose body is a JSON array; null else. */
  readonly list: readonly unknown[] | null;
}

/** What the business of a face acts on. */
export interface VenueApi extends TradingApi {
  /** Orders go through it, and through `orders` only for their age. */
  readonly floor: TradingFloor;
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
  /** Elements of the request, 1 to 65,535, for batches and whatever weighs more; 1 when left out. */
  readonly elements?: (request: FaceRequest) => number;
  /** The order that the request is about, whose age may cost; '' = none that is known. */
  readonly orderId?: (request: FaceRequest, account: string, api: VenueApi) => string;
  /** The business. `admission` is null where the gate was not asked. */
  readonly answer: (request: FaceRequest, admission: Admission | null, api: VenueApi) => FaceAnswer;
}

/** What the gate said to a request that it refused. */
export interface FaceRefusal {
  readonly request: FaceRequest;
  /** Name of the decision, see `decisionNames`. */
  readonly decision: string;
  /** Name of the limit, '' = none. */
  readonly limit: string;
  /** What that limit counts by; empty without a limit, and for one that all share. */
  readonly by: LimitBy;
  /** Its cells; 0 without a limit. */
  readonly capacity: number;
  /** Of a limit that counts in windows, else 0. */
  readonly windowMs: number;
  /** 0 = not told. */
  readonly retryAfterMs: number;
  readonly requestClass: RequestClass;
  readonly nowMs: number;
}

/** What the gate's answer says of the limit that came nearest; see `Answer`. */
export interface FaceLimits {
  /** '' = no limit counts requests of this class. */
  readonly limit: string;
  readonly capacity: number;
  readonly remaining: number;
  /** Whole milliseconds until that counter is full again; 0 = not known. */
  readonly resetMs: number;
  readonly nowMs: number;
  /** Every limit of calendar windows that counts requests of this class, in the policy's order. */
  readonly windows: readonly FaceWindow[];
}

/** Cells that a caller has used of one calendar window, this request included. */
export interface FaceWindow {
  readonly limit: string;
  readonly by: LimitBy;
  readonly windowMs: number;
  readonly capacity: number;
  readonly usedCells: number;
}

export interface Face {
  /** As `--venue` has it. */
  readonly name: FaceName;
  readonly title: string;
  readonly profile: ProfileName;
  /** The policy that the gateway enforces when none is named: a file's name under `scenarios/policies`. */
  readonly policy: string;
  readonly routes: readonly FaceRoute[];
  /** The id of the nth order of this gateway, 1 for the first; random UUIDs when it is left out. */
  readonly orderId?: (count: number) => string;
  /** How the venue words a refusal. */
  refuse(refusal: FaceRefusal): FaceAnswer;
  /** Headers that tell of limits, on every answer that the gate was asked about. */
  limitHeaders(limits: FaceLimits): Readonly<Record<string, string>>;
  /** A path or method that the venue has not. */
  unknown(request: Pick<FaceRequest, 'method' | 'path'>): FaceAnswer;
}

/** As `--venue` has them. */
export const faceNames = ['binance', 'bybit', 'deribit', 'kraken', 'kucoin', 'okx'] as const;
export type FaceName = (typeof faceNames)[number];
