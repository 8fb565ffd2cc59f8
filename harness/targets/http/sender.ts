/** Puts flights on the wire of an HTTP target: one lane of connections a source address, each request signed freshly. */
import type { CapturedRequest, CaptureRing, Identity } from '../../actors/actor.js';
import type { Outcome } from '../../actors/outcome.js';
import { headersFor, type Sign } from '../../signing/hmac-lines.js';
import type { SigningProfile, Stamp } from '../../signing/profile.js';
import { RequestSigner } from '../../signing/request-signer.js';
import { RisingNumbers } from '../../signing/rising-numbers.js';
import { applyTamper, type SignedWire } from '../../signing/tampers/tampers.js';
import type { IdentityTransport } from '../source-address.js';
import type { AdaptedTarget } from './adapted/adapted-target.js';
import type { Flight } from './flight.js';
import { HeldBody } from './held-body.js';
import { Lane, type WireRequest } from './lane.js';
import type { TlsSettings } from './tls.js';

export interface SenderOptions {
  readonly origin: string;
  readonly host: string;
  readonly basePath: string;
  readonly transport: IdentityTransport;
  /** Trusted proxies that stand between caller and target by the policy: each adds an entry to X-Forwarded-For. 0 = none. */
  readonly trustedHops: number;
  /** Header that every request carries, whoever sends it; null or left out = none. */
  readonly mark?: { readonly name: string; readonly value: string } | null;
  /** Connections at most that one address of an actor's keeps from here. */
  readonly connectionsPerIp: (actor: number) => number;
  readonly connectTimeoutMs: number;
  /** The MAC of a text under a key's secret, as the policy has it. */
  readonly sign: Sign;
  /** How requests are signed; null or left out = by hmac-lines. */
  readonly profile?: SigningProfile | null;
  /** Wall clock for signed timestamps, whole milliseconds since 1970. */
  readonly wallMs: () => number;
  /** The same in whole microseconds, of which numbers that rise are made; left out = by `wallMs`. */
  readonly wallUs?: () => number;
  /** How far an identity's clock is ahead at a moment of the run, whole microseconds. */
  readonly clockOffsetUs: (identity: Identity, nowUs: number) => number;
  /** Window that signed requests ask for, milliseconds. */
  readonly windowMs: number;
  /** Makes this worker's nonces differ from every other worker's. */
  readonly noncePrefix: string;
  /** Actors whose signed requests are to be kept for `capture`. */
  readonly keepFor: ReadonlySet<number>;
  /** Actors that open a connection for each request. */
  readonly freshFor: ReadonlySet<number>;
  /** Somebody's own API; null or left out = the actors' own. */
  readonly adapted?: AdaptedTarget | null;
  /** Told once when no request can be made any more: the adapter does not fit, or its module is broken. */
  readonly onBroken?: (error: unknown) => void;
  /** See `LaneOptions.tls`. */
  readonly tls?: TlsSettings | null;
}

/** Of bodies that nothing else is said of. */
const JSON_TYPE = 'application/json';

export class FlightSender {
  private readonly options: SenderOptions;
  private readonly lanes: (Lane | undefined)[] = [];
  private readonly captured = new WeakMap<Flight, CapturedRequest>();
  private readonly hasOtherHost: boolean;
  private nonces = 0;
  /** null: requests are signed by hmac-lines, which has a way of its own. */
  private readonly signer: RequestSigner | null;
  private readonly rising = new RisingNumbers();
  private readonly wallUs: () => number;
  /** Whether anything that is signed here may hold a number that rises; what an adapter's module signs nobody knows. */
  private readonly usesRising: boolean;
  private isBroken = false;
  private readonly make = (flight: Flight): WireRequest | null => this.toWireOrNone(flight);

  constructor(options: SenderOptions) {
    this.options = options;
    this.hasOtherHost = new URL(options.origin).host !== options.host;
    const { profile = null, sign, wallMs } = options;
    this.wallUs = options.wallUs ?? (() => Math.floor(wallMs() * 1000));
    this.usesRising = profile?.freshness === 'nonce' || (options.adapted ?? null) !== null;
    this.signer = profile === null || profile.name === 'hmac-lines' ? null : new RequestSigner(profile, sign);
  }

  /** Hands the flight to a connection, or lets it wait for one; stamps `dispatchedUs`. */
  send(flight: Flight): void {
    this.lane(flight).send(flight);
    // Not taken yet: the generator has done its part, the rest is waiting for the target.
    if (flight.dispatchedUs === 0) flight.dispatchedUs = flight.now();
  }

  /** Stops a flight that has not begun, and frees the connection that is stuck with it. */
  abandon(flight: Flight, outcome: Outcome): void {
    this.lane(flight).abandon(flight, outcome);
  }

  /** Shows a concluded signed request to those who listen. */
  capture(flight: Flight, ring: CaptureRing): void {
    const request = this.captured.get(flight);
    if (request !== undefined) ring.push(request, flight.concludedUs);
  }

  async close(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane?.close()));
  }

  private lane(flight: Flight): Lane {
    const { ip, ipIndex, actor } = flight.intent.identity;
    let lane = this.lanes[ipIndex];
    if (lane === undefined) {
      lane = new Lane(
        {
          origin: this.options.origin,
          localAddress: this.options.transport === 'source-address' ? ip : null,
          connectionsMax: this.options.connectionsPerIp(actor),
          connectTimeoutMs: this.options.connectTimeoutMs,
          // No two actors share an address.
          isFresh: this.options.freshFor.has(actor),
          tls: this.options.tls ?? null,
        },
        this.make,
      );
      this.lanes[ipIndex] = lane;
    }
    return lane;
  }

  private toWireOrNone(flight: Flight): WireRequest | null {
    if (this.isBroken) return null;
    try {
      return this.toWire(flight);
    } catch (error) {
      this.isBroken = true;
      // Not from within the launch of a flight.
      queueMicrotask(() => this.options.onBroken?.(error));
      if (this.options.onBroken === undefined) throw error;
      return null;
    }
  }

  /** A call of somebody's own API. */
  private toAdapted(flight: Flight, adapted: AdaptedTarget, headers: string[]): WireRequest {
    const { intent } = flight;
    const { host, basePath } = this.options;
    const wire = adapted.request(intent, this.stampOf(flight), { host, basePath });
    for (const [name, value] of Object.entries(wire.headers)) {
      // The connection's own Host is there already.
      if (name !== 'host') headers.push(name, value);
    }
    this.addForwardedFor(flight, headers);
    const isKept = intent.signed && intent.claims === null && intent.tamper === null;
    if (isKept && this.options.keepFor.has(intent.identity.actor)) {
      this.keep(flight, { ...wire, path: wire.path.slice(basePath.length) });
    }
    if (flight.dispatchedUs === 0) flight.dispatchedUs = flight.now();
    const { method, path, body } = wire;
    return { method, path, headers, body: holdBack(flight, body, headers) };
  }

  private toWire(flight: Flight): WireRequest {
    const { intent } = flight;
    const { basePath } = this.options;
    const headers = ['user-agent', intent.identity.device];
    const { mark = null } = this.options;
    if (mark !== null) headers.push(mark.name, mark.value);
    // The client adds the Host of its own connection; a name that was resolved to it has to be told.
    if (this.hasOtherHost) headers.push('host', this.options.host);
    const { adapted = null } = this.options;
    if (adapted !== null && intent.replay === null) return this.toAdapted(flight, adapted, headers);
    let { method, path, body }: Pick<SignedWire, 'method' | 'path' | 'body'> = intent.replay ?? intent;
    path = basePath + path;
    let type = body === null ? null : (intent.contentType ?? JSON_TYPE);
    let carried: SignedWire['headers'] = {};
    if (intent.replay !== null) {
      carried = intent.replay.headers;
    } else if (intent.signed) {
      const wire = this.signed(flight, path);
      ({ method, path, body, headers: carried } = wire);
    }
    for (const [name, value] of Object.entries(carried)) {
      // The connection's own Host is there already.
      if (name !== 'host') headers.push(name, value);
      if (name === 'content-type') type = null;
    }
    if (type !== null && body !== null) headers.push('content-type', type);
    this.addForwardedFor(flight, headers);
    if (flight.dispatchedUs === 0) flight.dispatchedUs = flight.now();
    return { method, path, headers, body: holdBack(flight, body, headers) };
  }

  /** The request with the headers of its signature: made now, claimed, or spoiled after it was made, as the intent has it. */
  private signed(flight: Flight, path: string): SignedWire {
    const { intent } = flight;
    const { method, body, claims, tamper, identity } = intent;
    const { sign } = this.options;
    if (this.signer !== null) return this.signedBy(this.signer, flight, path);
    const fields = {
      keyId: claims?.keyId ?? identity.keyId,
      timestampMs: this.stampMs(flight),
      nonce: `${this.options.noncePrefix}${(this.nonces++).toString(36)}`,
      windowMs: this.options.windowMs,
      method,
      path,
      body: body ?? '',
    };
    const headers = headersFor(fields, claims === null ? sign : () => claims.signature);
    const wire = { method, path, headers, body };
    if (tamper !== null) return applyTamper(wire, tamper, sign);
    if (claims === null && this.options.keepFor.has(identity.actor)) this.keep(flight, { ...intent, headers });
    return wire;
  }

  /** The same by any profile. */
  private signedBy(signer: RequestSigner, flight: Flight, path: string): SignedWire {
    const { method, body, claims, tamper, identity } = flight.intent;
    const { host, basePath, keepFor } = this.options;
    const stamp = this.stampOf(flight);
    const contentType = body === null ? null : (flight.intent.contentType ?? JSON_TYPE);
    const request = { method, path, body: body ?? '', host, contentType };
    if (claims === null && tamper !== null) return signer.spoiled(request, stamp, identity, tamper);
    const wire = claims === null ? signer.signed(request, stamp, identity) : signer.forged(request, stamp, claims);
    if (claims === null && keepFor.has(identity.actor)) {
      this.keep(flight, { ...wire, path: wire.path.slice(basePath.length) });
    }
    return wire;
  }

  private stampOf(flight: Flight): Stamp {
    const { noncePrefix, windowMs } = this.options;
    const nowUs = this.stampUs(flight);
    const nonce = `${noncePrefix}${(this.nonces++).toString(36)}`;
    return { nowUs, nonce, rising: this.usesRising ? this.risingOf(flight) : nowUs, windowMs };
  }

  private risingOf(flight: Flight): number {
    const { claims, identity } = flight.intent;
    const clockUs = Math.max(0, this.wallUs() + this.options.clockOffsetUs(identity, flight.now()));
    // A key that nobody has given out has no last number, and there may be any number of such keys.
    return claims === null ? this.rising.next(identity.keyId, clockUs) : (claims.rising ?? clockUs);
  }

  /** What the identity's own clock shows now, and what the intent adds on purpose. Not before 1970. */
  private stampMs(flight: Flight): number {
    return Math.floor(this.stampUs(flight) / 1000);
  }

  private stampUs(flight: Flight): number {
    const { identity, stampOffsetUs } = flight.intent;
    const offsetUs = this.options.clockOffsetUs(identity, flight.now()) + stampOffsetUs;
    return Math.max(0, Math.floor(this.options.wallMs() * 1000 + offsetUs));
  }

  /** @param wire - without what the target's base path has put in front. */
  private keep(flight: Flight, wire: SignedWire): void {
    const { requestClass, elements, identity } = flight.intent;
    const { method, path, headers, body } = wire;
    const { accountIndex, keyIndex } = identity;
    const { signature } = flight;
    const captured = { method, path, headers, body, requestClass, elements, accountIndex, keyIndex, signature };
    this.captured.set(flight, captured);
  }

  /** What the identity claims, and behind it what the trusted proxies would have added: its address, then their own. */
  private addForwardedFor(flight: Flight, headers: string[]): void {
    const { intent } = flight;
    let forwarded = '';
    for (const [name, value] of Object.entries(intent.headers ?? {})) {
      if (name === 'x-forwarded-for') forwarded = value;
      else headers.push(name, value);
    }
    for (let hop = 0; hop < this.options.trustedHops; hop++) {
      const address = hop === 0 ? intent.identity.ip : '127.0.0.1';
      forwarded = forwarded === '' ? address : `${forwarded}, ${address}`;
    }
    if (forwarded !== '') headers.push('x-forwarded-for', forwarded);
  }
}

/**
 * The body whose last byte waits for its moment, where the intent has one and it is still to come. There is nothing to
 * hold back of a request without a body.
 */
function holdBack(flight: Flight, body: string | null, headers: string[]): string | HeldBody | null {
  if (flight.intent.lastByteUs === null || flight.isReleased || body === null || body === '') return body;
  flight.held = new HeldBody(body);
  // Told, or the client would send the body in chunks, as nobody does with JSON.
  headers.push('content-length', String(flight.held.bytes));
  return flight.held;
}
