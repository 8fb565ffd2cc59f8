/** Puts flights on the wire of an HTTP target: one lane of connections a source address, each request signed freshly. */
import type { CapturedRequest, CaptureRing } from '../../actors/actor.js';
import type { Outcome } from '../../actors/outcome.js';
import { headersFor, type Sign } from '../../signing/hmac-lines.js';
import type { IdentityTransport } from '../source-address.js';
import type { Flight } from './flight.js';
import { Lane, type WireRequest } from './lane.js';

export interface SenderOptions {
  readonly origin: string;
  readonly host: string;
  readonly basePath: string;
  readonly transport: IdentityTransport;
  /** Trusted proxies that stand between caller and target by the policy: each adds an entry to X-Forwarded-For. 0 = none. */
  readonly trustedHops: number;
  readonly connectionsPerIp: number;
  readonly connectTimeoutMs: number;
  /** HMAC-SHA256 of a text under a key's secret, lower-case hex. */
  readonly sign: Sign;
  /** Wall clock for signed timestamps, whole milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Window that signed requests ask for, milliseconds. */
  readonly windowMs: number;
  /** Makes this worker's nonces differ from every other worker's. */
  readonly noncePrefix: string;
}

export class FlightSender {
  private readonly options: SenderOptions;
  private readonly lanes: (Lane | undefined)[] = [];
  private readonly captured = new WeakMap<Flight, CapturedRequest>();
  private readonly hasOtherHost: boolean;
  private nonces = 0;
  /** Actors whose signed requests are to be kept for `capture`. */
  private readonly keepFor: ReadonlySet<number>;
  private readonly make = (flight: Flight): WireRequest => this.toWire(flight);

  constructor(options: SenderOptions, keepFor: ReadonlySet<number>) {
    this.options = options;
    this.keepFor = keepFor;
    this.hasOtherHost = new URL(options.origin).host !== options.host;
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
    const { ip, ipIndex } = flight.intent.identity;
    let lane = this.lanes[ipIndex];
    if (lane === undefined) {
      lane = new Lane(
        {
          origin: this.options.origin,
          localAddress: this.options.transport === 'source-address' ? ip : null,
          connectionsMax: this.options.connectionsPerIp,
          connectTimeoutMs: this.options.connectTimeoutMs,
        },
        this.make,
      );
      this.lanes[ipIndex] = lane;
    }
    return lane;
  }

  private toWire(flight: Flight): WireRequest {
    const { intent } = flight;
    const { identity } = intent;
    const headers = ['user-agent', identity.device];
    // The client adds the Host of its own connection; a name that was resolved to it has to be told.
    if (this.hasOtherHost) headers.push('host', this.options.host);
    let method: string = intent.method;
    let path = intent.path;
    let body = intent.body;
    if (intent.replay !== null) {
      ({ method, path, body } = intent.replay);
      for (const [name, value] of Object.entries(intent.replay.headers)) headers.push(name, value);
    } else if (intent.signed) {
      this.sign(flight, headers);
    }
    if (body !== null) headers.push('content-type', 'application/json');
    this.addForwardedFor(flight, headers);
    if (flight.dispatchedUs === 0) flight.dispatchedUs = flight.now();
    return { method, path: this.options.basePath + path, headers, body };
  }

  private sign(flight: Flight, headers: string[]): void {
    const { intent } = flight;
    const { keyId } = intent.identity;
    const request = {
      keyId,
      timestampMs: this.options.wallMs(),
      nonce: `${this.options.noncePrefix}${(this.nonces++).toString(36)}`,
      windowMs: this.options.windowMs,
      method: intent.method,
      path: this.options.basePath + intent.path,
      body: intent.body ?? '',
    };
    const signed = headersFor(request, this.options.sign);
    for (const [name, value] of Object.entries(signed)) headers.push(name, value);
    if (this.keepFor.has(intent.identity.actor)) {
      const { method, path, body, requestClass } = intent;
      const { accountIndex, keyIndex } = intent.identity;
      this.captured.set(flight, {
        method,
        path,
        headers: signed,
        body,
        requestClass,
        elements: intent.elements,
        accountIndex,
        keyIndex,
        signature: flight.signature,
      });
    }
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
