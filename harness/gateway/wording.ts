/** How the gate's decisions are told to callers: which headers an answer has, and what a refusal says. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Decision } from '../core/spec.js';
import type { Decided } from '../venue/defence.js';
import type { Rules } from './rules.js';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** What the gate has said of one request. */
export interface Told {
  readonly decision: Decision;
  /** The gate's own, which the next request overwrites; see `Answer`. */
  readonly answer: Float64Array;
  /** Whole microseconds since 1970. */
  readonly nowUs: number;
  readonly caller: Decided;
  /** What was in force. */
  readonly rules: Rules;
}

/** It is asked before anything else can ask the gate. Status and body of an admitted request are the business's own. */
export interface Wording {
  /** Puts on the headers of an answer that the business gives. */
  admitted(reply: FastifyReply, told: Told): void;
  /** Gives the answer of a refused request. */
  refused(request: FastifyRequest, reply: FastifyReply, told: Told): void;
  /** Hears of cells that a fill has given back to the limit at this index. */
  credited(limit: number, caller: Decided, cells: number, nowUs: number): void;
}
