/** What a client of virtual time sends: the request as its intent says, signed by the client's own clock. */
import type { CapturedRequest, Identity, Intent } from '../../actors/actor.js';
import type { OrderWish } from '../../actors/api.js';
import type { Plan } from '../../scenario/plan.js';
import { headersFor, type Sign, type SigningFields, textToSign } from '../../signing/hmac-lines.js';
import { applyTamper } from '../../signing/tampers.js';
import type { SentRequest } from '../../targets/core/sent-request.js';
import { EPOCH_US } from '../../targets/core/server-clock.js';

export interface ClientOptions {
  readonly plan: Plan;
  readonly sign: Sign;
  /** How far an identity's clock is ahead of the true one at a run time, whole microseconds. */
  readonly clockOffsetUs: (identity: Identity, runUs: number) => number;
}

export class Client {
  private readonly sign: Sign;
  private readonly clockOffsetUs: ClientOptions['clockOffsetUs'];
  private readonly windowMs: number;

  constructor({ plan, sign, clockOffsetUs }: ClientOptions) {
    this.sign = sign;
    this.clockOffsetUs = clockOffsetUs;
    this.windowMs = Math.floor((plan.policy.auth?.windowUs ?? 5_000_000) / 1000);
  }

  /**
   * Fills `sent` with what goes over the wire.
   *
   * @param number - of the request among all of the run: its nonce.
   * @param stampedUs - run time at which it is signed.
   */
  fill(sent: SentRequest, intent: Intent, number: number, stampedUs: number): void {
    const { replay } = intent;
    sent.method = replay?.method ?? intent.method;
    sent.path = replay?.path ?? intent.path;
    sent.body = (replay === null ? intent.body : replay.body) ?? '';
    sent.order = orderIn(sent.body, intent);
    sent.headers = replay?.headers ?? null;
    sent.isSigned = false;
    sent.isOwn = false;
    if (replay !== null) return;
    if (!intent.signed) return;
    const fields = this.fieldsOf(intent, number, stampedUs);
    if (intent.claims !== null || intent.tamper !== null) {
      this.fillSpoiled(sent, intent, fields);
      return;
    }
    sent.isSigned = true;
    sent.isOwn = true;
    sent.keyId = fields.keyId;
    sent.timestampUs = fields.timestampMs * 1000;
    sent.windowUs = fields.windowMs * 1000;
    sent.message = textToSign(fields);
    sent.signature = '';
  }

  /** The same request for whoever listens. It is made again, so that nothing is kept of those that nobody asks for. */
  capture(intent: Intent, request: { number: number; stampedUs: number; signature: number }): CapturedRequest {
    const { number, stampedUs, signature } = request;
    const { method, path, body, requestClass, elements } = intent;
    const { accountIndex, keyIndex } = intent.identity;
    const headers = headersFor(this.fieldsOf(intent, number, stampedUs), this.sign);
    return { method, path, headers, body, requestClass, elements, accountIndex, keyIndex, signature };
  }

  /** With headers, which the server has to read: a signature that was claimed, or spoiled after it was made. */
  private fillSpoiled(sent: SentRequest, intent: Intent, fields: SigningFields): void {
    const { method, path, body, claims, tamper } = intent;
    const headers = headersFor(fields, claims === null ? this.sign : () => claims.signature);
    const honest = { method, path, headers, body };
    const wire = tamper === null ? honest : applyTamper(honest, tamper, this.sign);
    sent.method = wire.method;
    sent.path = wire.path;
    sent.body = wire.body ?? '';
    sent.order = orderIn(sent.body, intent);
    sent.headers = wire.headers;
  }

  private fieldsOf(intent: Intent, number: number, stampedUs: number): SigningFields {
    const clockUs = EPOCH_US + stampedUs + this.clockOffsetUs(intent.identity, stampedUs) + intent.stampOffsetUs;
    return {
      timestampMs: Math.max(0, Math.floor(clockUs / 1000)),
      nonce: String(number),
      keyId: intent.claims?.keyId ?? intent.identity.keyId,
      windowMs: this.windowMs,
      method: intent.method,
      path: intent.path,
      body: intent.body ?? '',
    };
  }
}

/** The order that was written as just this text. */
function orderIn(body: string, { order }: Intent): OrderWish | null {
  return order && order.text === body ? order.wish : null;
}
