/** What a client of virtual time sends: the request as its intent says, signed by the client's own clock. */
import type { CapturedRequest, Identity, Intent } from '../../actors/actor.js';
import type { OrderWish } from '../../actors/api.js';
import type { Plan } from '../../scenario/plan.js';
import { headersFor, type Sign, type SigningFields, textToSign } from '../../signing/hmac-lines.js';
import type { SigningProfile, Stamp } from '../../signing/profile.js';
import { profileOf } from '../../signing/profiles.js';
import { RequestSigner } from '../../signing/request-signer.js';
import { RisingNumbers } from '../../signing/rising-numbers.js';
import { applyTamper, type SignedWire } from '../../signing/tampers/tampers.js';
import type { SentRequest } from '../../targets/core/sent-request.js';
import { EPOCH_US } from '../../targets/core/server-clock.js';
import { VIRTUAL_HOST } from '../../targets/core/virtual-host.js';

export interface ClientOptions {
  readonly plan: Plan;
  readonly sign: Sign;
  /** How far an identity's clock is ahead of the true one at a run time, whole microseconds. */
  readonly clockOffsetUs: (identity: Identity, runUs: number) => number;
}

/** What is fixed of a request when it is launched. */
export interface Launched {
  /** Among all of the run: its nonce. */
  readonly number: number;
  /** Run time at which it is signed. */
  readonly stampedUs: number;
  /** What `rising` has given it. */
  readonly rising: number;
}

export class Client {
  private readonly sign: Sign;
  /** null: requests are signed by hmac-lines, which has a way of its own. */
  private readonly signer: RequestSigner | null;
  private readonly risen = new RisingNumbers();
  private readonly clockOffsetUs: ClientOptions['clockOffsetUs'];
  private readonly windowMs: number;

  constructor({ plan, sign, clockOffsetUs }: ClientOptions) {
    this.sign = sign;
    const { auth } = plan.policy;
    const profile: SigningProfile | null = auth === null ? null : profileOf(auth.profile, auth);
    this.signer = profile === null || profile.name === 'hmac-lines' ? null : new RequestSigner(profile, sign);
    this.clockOffsetUs = clockOffsetUs;
    this.windowMs = Math.floor((plan.policy.auth?.windowUs ?? 5_000_000) / 1000);
  }

  /** The number that a signed request is launched with: it rises from launch to launch of one key. 0 where none is sent. */
  rising(intent: Intent, stampedUs: number): number {
    if (this.signer === null) return 0;
    const { claims, identity } = intent;
    if (claims?.rising !== undefined) return claims.rising;
    const clockUs = Math.max(0, EPOCH_US + stampedUs + this.clockOffsetUs(identity, stampedUs));
    // A key that nobody has given out has no last number, and there may be any number of such keys.
    return claims === null ? this.risen.next(identity.keyId, clockUs) : clockUs;
  }

  /** Fills `sent` with what goes over the wire. */
  fill(sent: SentRequest, intent: Intent, launched: Launched): void {
    const { replay } = intent;
    sent.method = replay?.method ?? intent.method;
    sent.path = replay?.path ?? intent.path;
    sent.body = (replay === null ? intent.body : replay.body) ?? '';
    sent.order = orderIn(sent.body, intent);
    sent.headers = replay?.headers ?? null;
    sent.isOwn = false;
    if (replay !== null) return;
    if (!intent.signed) return;
    if (this.signer !== null) {
      const wire = this.wireOf(this.signer, intent, launched, intent.tamper);
      this.fillWire(sent, intent, wire);
      // The server is to read what stands in the request, wherever the profile has put it.
      if (intent.claims === null && intent.tamper === null) sent.order = orderIn(intent.body ?? '', intent);
      return;
    }
    const fields = this.fieldsOf(intent, launched);
    if (intent.claims !== null || intent.tamper !== null) {
      this.fillSpoiled(sent, intent, fields);
      return;
    }
    sent.isOwn = true;
    sent.keyId = fields.keyId;
    sent.timestampUs = fields.timestampMs * 1000;
    sent.windowUs = fields.windowMs * 1000;
    sent.message = textToSign(fields);
  }

  /** The same request for whoever listens. It is made again, so that nothing is kept of those that nobody asks for. */
  capture(intent: Intent, launched: Launched & { readonly signature: number }): CapturedRequest {
    const { requestClass, elements } = intent;
    const { accountIndex, keyIndex } = intent.identity;
    const { method, path, headers, body } =
      this.signer === null ? this.linesOf(intent, launched) : this.wireOf(this.signer, intent, launched, null);
    const { signature } = launched;
    return { method, path, headers, body, requestClass, elements, accountIndex, keyIndex, signature };
  }

  private linesOf(intent: Intent, launched: Launched): SignedWire {
    const { method, path, body } = intent;
    return { method, path, headers: headersFor(this.fieldsOf(intent, launched), this.sign), body };
  }

  /** The request as its profile signs it. @param tamper - what spoils it afterwards; null: nothing. */
  private wireOf(
    signer: RequestSigner,
    intent: Intent,
    { number, stampedUs, rising }: Launched,
    tamper: Intent['tamper'],
  ): SignedWire {
    const { method, path, body, claims, identity, stampOffsetUs } = intent;
    const nowUs = Math.max(0, EPOCH_US + stampedUs + this.clockOffsetUs(identity, stampedUs) + stampOffsetUs);
    const stamp: Stamp = { nowUs, nonce: String(number), rising, windowMs: this.windowMs };
    const contentType = body === null ? null : (intent.contentType ?? 'application/json');
    const request = { method, path, body: body ?? '', host: VIRTUAL_HOST, contentType };
    if (claims !== null) return signer.forged(request, stamp, claims);
    if (tamper !== null) return signer.spoiled(request, stamp, identity, tamper);
    return signer.signed(request, stamp, identity);
  }

  /** With headers, which the server has to read: a signature that was claimed, or spoiled after it was made. */
  private fillSpoiled(sent: SentRequest, intent: Intent, fields: SigningFields): void {
    const { method, path, body, claims, tamper } = intent;
    const headers = headersFor(fields, claims === null ? this.sign : () => claims.signature);
    const wire = { method, path, headers, body };
    this.fillWire(sent, intent, tamper === null ? wire : applyTamper(wire, tamper, this.sign));
  }

  private fillWire(sent: SentRequest, intent: Intent, wire: SignedWire): void {
    sent.method = wire.method;
    sent.path = wire.path;
    sent.body = wire.body ?? '';
    sent.order = orderIn(sent.body, intent);
    sent.headers = wire.headers;
  }

  private fieldsOf(intent: Intent, { number, stampedUs }: Launched): SigningFields {
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
