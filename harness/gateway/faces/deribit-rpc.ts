/** How Deribit words results and errors: JSON-RPC 2.0, whichever way a request has come. */
import type { FaceParams, FaceRefusal } from './face.js';

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export type RpcResult = { readonly result: unknown } | { readonly error: RpcError };

export function done(result: unknown): RpcResult {
  return { result };
}

export function failed(code: number, message: string, data?: RpcError['data']): RpcResult {
  return { error: { code, message, ...(data !== undefined && { data }) } };
}

export function invalidParam(param: string, reason: string): RpcResult {
  return failed(-32_602, 'Invalid params', { param, reason });
}

/**
 * The text of an answer.
 * @param id - of the request, null when it has none.
 * @param nowUs - whole microseconds since 1970, at which it came in and is answered.
 */
export function rpcText(result: RpcResult, id: unknown, nowUs: number): string {
  const times = { usIn: nowUs, usOut: nowUs, usDiff: 0, testnet: false };
  return JSON.stringify({ jsonrpc: '2.0', ...(id !== null && { id }), ...result, ...times });
}

/** Parameters of a request and its id: of JSON-RPC in a body, `params` and `id` of it, else whatever was sent. */
export function rpcParts(params: FaceParams): { readonly params: FaceParams; readonly id: unknown } {
  const { params: inner, id } = params;
  const isRpc = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  const isId = typeof id === 'number' || typeof id === 'string';
  return { params: isRpc ? (inner as FaceParams) : params, id: isId ? id : null };
}

/** What the gate's refusals are called here. */
export function refusalError({ decision }: Pick<FaceRefusal, 'decision'>): RpcError {
  switch (decision) {
    case 'throttled':
    case 'never':
    case 'banned':
      return { code: 10_028, message: 'too_many_requests' };
    case 'unknown-key':
    case 'bad-signature':
      return { code: 13_004, message: 'invalid_credentials' };
    case 'stale':
    case 'from-future':
      return { code: 13_009, message: 'unauthorized', data: { reason: 'timestamp is too far off', param: 'ts' } };
    case 'replayed':
      return { code: 13_009, message: 'unauthorized', data: { reason: 'nonce was used', param: 'nonce' } };
    case 'replay-full':
      return { code: 13_028, message: 'temporarily_unavailable' };
    default:
      return { code: 13_009, message: 'unauthorized' };
  }
}
