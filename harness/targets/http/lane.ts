/**
 * The connections of one source address, each with one request at a time. Requests that find none free wait here, in
 * order, and not inside the client: so they are signed when a connection is there, and can be taken back.
 */
import { Client } from 'undici';
import type { Outcome } from '../../actors/outcome.js';
import type { Flight, FlightCarrier } from './flight.js';
import type { HeldBody } from './held-body.js';
import { clientTls, type TlsSettings } from './tls.js';

export interface LaneOptions {
  readonly origin: string;
  /** Address that sockets are bound to; null = the system's choice. */
  readonly localAddress: string | null;
  readonly connectionsMax: number;
  /** Whole answer or failure within this long of a connection attempt. */
  readonly connectTimeoutMs: number;
  /** Each request has a connection of its own, which ends with it. */
  readonly isFresh: boolean;
  /** Whom to trust and who we are, over https; null or left out = as the system has it. Verification can't be left out. */
  readonly tls?: TlsSettings | null;
}

/** What a lane needs to put on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values by turns. */
  readonly headers: string[];
  readonly body: string | HeldBody | null;
}

/** Makes (and signs) the wire form at the moment at which a connection takes the flight; null = nothing can be made any more. */
export type WireMaker = (flight: Flight) => WireRequest | null;

// As long as a browser keeps one: longer than a suite's pauses, since reopening counts as target time, but an identity
// that is heard of once does not hold a file descriptor for the whole run.
const KEEP_ALIVE_MS = 60_000;

export class Lane implements FlightCarrier {
  private readonly options: LaneOptions;
  private readonly make: WireMaker;
  private readonly clients = new Set<Client>();
  private readonly idle: Client[] = [];
  private readonly waiting: Flight[] = [];
  private waitingHead = 0;

  constructor(options: LaneOptions, make: WireMaker) {
    this.options = options;
    this.make = make;
  }

  send(flight: Flight): void {
    const client = this.idle.pop() ?? this.open();
    if (client === null) this.waiting.push(flight);
    else this.carry(client, flight);
  }

  /** Stops a flight that has not begun, and takes away for good the connection that was stuck with it, if any. */
  abandon(flight: Flight, outcome: Outcome): void {
    const client = flight.carrier;
    flight.carrier = null;
    flight.carriedBy = null;
    // Before the connection goes, which would conclude it as a failure to connect.
    flight.stop(outcome);
    if (client === null) return;
    this.clients.delete(client);
    client.destroy().catch(() => undefined);
    this.next();
  }

  released(flight: Flight): void {
    const client = flight.carrier;
    flight.carrier = null;
    flight.carriedBy = null;
    if (client === null) return;
    if (this.options.isFresh) {
      this.clients.delete(client);
      // Ends by itself when the client has let go of this request.
      client.close().catch(() => undefined);
      this.next();
      return;
    }
    const following = this.takeWaiting();
    if (following === undefined) this.idle.push(client);
    else this.carry(client, following);
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.clients, (client) => client.destroy().catch(() => undefined)));
  }

  private open(): Client | null {
    if (this.clients.size >= this.options.connectionsMax) return null;
    const client = new Client(this.options.origin, {
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      connectTimeout: this.options.connectTimeoutMs,
      // Deadlines are the dispatcher's: one clock for all of them.
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(this.options.localAddress === null ? {} : { localAddress: this.options.localAddress }),
      ...clientTls(this.options),
    });
    this.clients.add(client);
    return client;
  }

  private carry(client: Client, flight: Flight): void {
    flight.carrier = client;
    flight.carriedBy = this;
    const wire = this.make(flight);
    // The run is about to be stopped, and takes back what is open.
    if (wire === null) return;
    client.dispatch(this.options.isFresh ? { ...wire, reset: true } : wire, flight);
  }

  /** Lets the next waiting request have a new connection, if there may be one. */
  private next(): void {
    const following = this.takeWaiting();
    if (following !== undefined) this.send(following);
  }

  private takeWaiting(): Flight | undefined {
    while (this.waitingHead < this.waiting.length) {
      const flight = this.waiting[this.waitingHead] as Flight;
      this.waitingHead++;
      if (this.waitingHead > 1024 && this.waitingHead * 2 > this.waiting.length) {
        this.waiting.splice(0, this.waitingHead);
        this.waitingHead = 0;
      }
      if (!flight.isConcluded) return flight;
    }
    this.waiting.length = 0;
    this.waitingHead = 0;
    return undefined;
  }
}
