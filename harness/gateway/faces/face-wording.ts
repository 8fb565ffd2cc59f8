import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answer, Decision, decisionNames } from '../../core/spec.js';
import { type RequestClass, requestClasses } from '../../scenario/plan.js';
import type { Decided } from '../../venue/defence.js';
import { retryAfterMsOf } from '../../venue/refusal.js';
import { JSON_TYPE, type Told, type Wording } from '../wording.js';
import type { Face, FaceLimits, FaceRefusal, FaceRequest } from './face.js';
import { ReceivedRequest } from './received-request.js';
import { WindowUse } from './window-use.js';

/** The gate's decisions in a venue's words. */
export class FaceWording implements Wording {
  readonly #face: Face;
  readonly #use = new WindowUse();

  constructor(face: Face) {
    this.#face = face;
  }

  admitted(reply: FastifyReply, told: Told): void {
    this.#use.count(told);
    reply.headers(this.#face.limitHeaders(this.#limits(told)));
  }

  refused(request: FastifyRequest, reply: FastifyReply, told: Told): void {
    this.#use.count(told);
    const { status, body, headers } = this.#face.refuse(refusalOf(new ReceivedRequest(request), told));
    reply.headers(this.#face.limitHeaders(this.#limits(told)));
    if (headers !== undefined) reply.headers(headers);
    reply.code(status).header('content-type', JSON_TYPE).send(body);
  }

  /** For an answer that does not go over HTTP; counts the request as the two above do. */
  hear(request: FaceRequest, told: Told): { readonly limits: FaceLimits; readonly refusal: FaceRefusal } {
    this.#use.count(told);
    return { limits: this.#limits(told), refusal: refusalOf(request, told) };
  }

  credited(limit: number, caller: Decided, cells: number, nowUs: number): void {
    this.#use.credit(limit, caller, cells, nowUs);
  }

  #limits(told: Told): FaceLimits {
    const { answer, nowUs, rules } = told;
    const index = answer[Answer.limit] ?? -1;
    const resetUs = Math.max(0, (answer[Answer.resetAtUs] ?? 0) - nowUs);
    return {
      limit: rules.limits[index]?.name ?? '',
      capacity: rules.limits[index]?.capacity ?? 0,
      remaining: answer[Answer.remaining] ?? 0,
      resetMs: index < 0 ? 0 : Math.ceil(resetUs / 1000),
      nowMs: Math.floor(nowUs / 1000),
      windows: this.#use.windows(told),
    };
  }
}

function refusalOf(request: FaceRequest, { decision, answer, nowUs, caller, rules }: Told): FaceRefusal {
  // A request that the verifier refuses names no limit.
  const isLimited = decision === Decision.throttled || decision === Decision.never || decision === Decision.banned;
  const limit = isLimited ? rules.limits[answer[Answer.limit] ?? -1] : undefined;
  return {
    request,
    decision: decisionNames[decision] ?? '',
    limit: limit?.name ?? '',
    by: limit?.by ?? [],
    capacity: limit?.capacity ?? 0,
    windowMs: limit !== undefined && 'windowUs' in limit ? Math.round(limit.windowUs / 1000) : 0,
    retryAfterMs: retryAfterMsOf(decision, answer, nowUs),
    requestClass: requestClasses[caller.classId] as RequestClass,
    nowMs: Math.floor(nowUs / 1000),
  };
}
