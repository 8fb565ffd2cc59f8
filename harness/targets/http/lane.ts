/**
 * The connections of one source address, each with one request at a time. Requests that find none free wait here, in
 * order, and not inside the client: so they are signed when a connection is there, and can be taken back.
 */
import { Client } from 'undici';
import type { Flight } from './flight.js';

export interface LaneOptions {
  readonly origin: string;
  /** Address that sockets are bound to; null = the system's choice. */
  readonly localAddress: string | null;
  readonly connectionsMax: number;
  /** Whole answer or failure within this long of a connection attempt. */
  readonly connectTimeoutMs: number;
}

/** What a lane needs to put on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values by turns. */
  readonly headers: string[];
  readonly body: string | null;
}

/** Makes (and signs) the wire form at the moment at which a connection takes the flight. */
export type WireMaker = (flight: Flight) => WireRequest;

// Far longer than a run's pauses: a connection that the client closes and reopens would count as target time.
const KEEP_ALIVE_MS = 600_000;

export class Lane {
  private readonly options: LaneOptions;
  private readonly make: WireMaker;
  private readonly idle: Client[] = [];
  private readonly carrying = new Map<Flight, Client>();
  private readonly waiting: Flight[] = [];
  private waitingHead = 0;
  private clients = 0;

  constructor(options: LaneOptions, make: WireMaker) {
    this.options = options;
    this.make = make;
  }

  send(flight: Flight): void {
    const client = this.idle.pop() ?? this.open();
    if (client === null) this.waiting.push(flight);
    else this.carry(client, flight);
  }

  /** Takes a flight's connection away for good: it was stuck before its request had begun. */
  abandon(flight: Flight): void {
    const client = this.carrying.get(flight);
    if (client === undefined) return;
    this.carrying.delete(flight);
    flight.release = null;
    this.discard(client);
    this.next();
  }

  async close(): Promise<void> {
    const all = [...this.idle, ...this.carrying.values()];
    this.idle.length = 0;
    await Promise.all(all.map((client) => client.destroy().catch(() => undefined)));
  }

  private open(): Client | null {
    if (this.clients >= this.options.connectionsMax) return null;
    this.clients++;
    return new Client(this.options.origin, {
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      connectTimeout: this.options.connectTimeoutMs,
      // Deadlines are the dispatcher's: one clock for all of them.
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(this.options.localAddress === null ? {} : { localAddress: this.options.localAddress }),
    });
  }

  private carry(client: Client, flight: Flight): void {
    this.carrying.set(flight, client);
    flight.release = () => {
      this.carrying.delete(flight);
      const following = this.takeWaiting();
      if (following === undefined) this.idle.push(client);
      else this.carry(client, following);
    };
    client.dispatch(this.make(flight), flight);
  }

  /** Lets the next waiting request have a new connection, if there may be one. */
  private next(): void {
    const following = this.takeWaiting();
    if (following === undefined) return;
    const client = this.idle.pop() ?? this.open();
    if (client !== null) this.carry(client, following);
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

  private discard(client: Client): void {
    this.clients--;
    client.destroy().catch(() => undefined);
  }
}
