/**
 * How an HTTP answer is read: what came of the request, and who says so.
 *
 * The embedded gateway marks each answer with `x-gate`: what its gate decided, so that a 401 for a mistyped password
 * (admitted by the gate) is told from a 401 for a forged signature. Other servers are read by their status.
 */
import { Outcome } from '../../actors/outcome.js';

const outcomeOfGate: Readonly<Record<string, Outcome>> = {
  admitted: Outcome.admitted,
  throttled: Outcome.throttled,
  never: Outcome.never,
  banned: Outcome.banned,
  malformed: Outcome.refused,
  'unknown-key': Outcome.refused,
  'bad-signature': Outcome.refused,
  stale: Outcome.refused,
  'from-future': Outcome.refused,
  replayed: Outcome.refused,
  'replay-full': Outcome.refused,
  // Answered before the gate was asked (no such path, a body too large): an error of whoever made the request.
  unasked: Outcome.garbage,
};

/** Whether the answer says what a gate has decided. @param gate - its `x-gate` header. */
export function isMarked(gate: string | undefined): gate is string {
  return gate !== undefined && Object.hasOwn(outcomeOfGate, gate);
}

/**
 * What came of an answered request. With `x-gate` the target says it; without, the status has to tell:
 *
 * | status | outcome |
 * |---|---|
 * | 2xx | admitted; by its body where the target is spoken to in the actors' own API, see `isHouseAnswer` |
 * | 429 | throttled |
 * | 418 | banned |
 * | 401 of an unsigned request | admitted: the login itself said no, a limiter had let it through |
 * | 401, 403 of a signed request | denied |
 * | 5xx | server error |
 * | anything else | unclear |
 *
 * @param answer.gate - the answer's `x-gate` header, undefined when there is none.
 * @param answer.isSigned - whether the request was signed.
 */
export function outcomeOfStatus(answer: {
  readonly status: number;
  readonly gate: string | undefined;
  readonly isSigned: boolean;
}): Outcome {
  const { status, gate, isSigned } = answer;
  if (isMarked(gate)) {
    const outcome = outcomeOfGate[gate] as Outcome;
    return outcome === Outcome.admitted && status >= 500 ? Outcome.serverError : outcome;
  }
  if (status >= 500) return Outcome.serverError;
  if (status === 429) return Outcome.throttled;
  if (status === 418) return Outcome.banned;
  if (status === 401 && !isSigned) return Outcome.admitted;
  if (status === 401 || status === 403) return isSigned ? Outcome.denied : Outcome.unclear;
  if (status >= 200 && status < 300) return Outcome.admitted;
  return status >= 200 ? Outcome.unclear : Outcome.garbage;
}

/** Out of file descriptors, ports or buffers, or no such source address: errors of the generator's own machine. */
const ownFaults: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EINVAL', 'ENOBUFS', 'ENOMEM']);

export function isOwnFault(code: string): boolean {
  return ownFaults.has(code);
}

/** @param wasSent - whether the request had been written to a socket. */
export function outcomeOfError(error: Error, wasSent: boolean): Outcome {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code.startsWith('HPE_') || error.name === 'HTTPParserError') return Outcome.garbage;
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return Outcome.garbage;
  // What undici makes of an answer that it has not asked for: 100 (Continue) and 101 (Switching Protocols).
  if (code === 'UND_ERR_SOCKET' && /^bad (?:response|upgrade)$/.test(error.message)) return Outcome.garbage;
  if (!wasSent) return Outcome.unconnected;
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return Outcome.timeout;
  return Outcome.reset;
}

/** Milliseconds of a Retry-After header in its form of whole seconds; -1 = none or a form without them (a date). */
export function retryAfterMsOf(header: string | undefined): number {
  if (header === undefined || !/^\d{1,7}$/.test(header)) return -1;
  return Math.min(Number(header) * 1000, 0x7fffffff);
}

export interface Refusal {
  readonly reason: string;
  readonly limit: string;
  readonly retryAfterMs: number;
}

const unreadable: Refusal = { reason: '', limit: '', retryAfterMs: -1 };

/** Reads `{"error":{"reason","limit","retryAfterMs"}}`; anything else is a refusal without a reason. */
export function readRefusal(text: string): Refusal {
  if (!text.startsWith('{')) return unreadable;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return unreadable;
  }
  const error = (parsed as { error?: unknown }).error;
  if (typeof error !== 'object' || error === null) return unreadable;
  const { reason, limit, retryAfterMs } = error as Record<string, unknown>;
  const isWait = typeof retryAfterMs === 'number' && retryAfterMs >= 0 && retryAfterMs <= 0x7fffffff;
  return {
    reason: typeof reason === 'string' ? reason : '',
    limit: typeof limit === 'string' ? limit : '',
    retryAfterMs: isWait ? Math.ceil(retryAfterMs) : -1,
  };
}
