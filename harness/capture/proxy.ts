/** A proxy in front of an API of this machine: everything passes as it comes, and each exchange is told of when it is over. */
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { FloodproofError } from '../errors.js';
import type { CheckedTarget } from '../targets/loopback.js';
import { CallerNames } from './callers.js';
import { Exchange, type Upstream } from './exchange.js';
import type { SeenExchange } from './har-entry.js';

/** Clients that are connected at once; others wait in the system's own line. */
const CONNECTIONS_MAX = 1024;
/** Towards the API, from one address. */
const UPSTREAM_PER_ADDRESS = 256;
const IDLE_MS = 120_000;
/** What is under way when the capture ends may go on for so long. */
const GRACE_MS = 2_000;

export class CaptureProxy {
  readonly callers = new CallerNames();
  /** Requests for another protocol, which are refused. */
  upgrades = 0;
  /** What could not be read as HTTP. */
  garbage = 0;
  readonly #server: Server;
  readonly #agent = new Agent({
    keepAlive: true,
    maxSockets: UPSTREAM_PER_ADDRESS,
    maxTotalSockets: CONNECTIONS_MAX,
    maxFreeSockets: UPSTREAM_PER_ADDRESS,
  });
  readonly #upstream: Upstream;
  readonly #onSeen: (seen: SeenExchange) => void;
  readonly #open = new Set<Exchange>();
  #whenQuiet: () => void = () => undefined;

  /** @throws {FloodproofError} FP_USAGE for a target that is not spoken to in plain HTTP. */
  constructor(target: CheckedTarget, url: string, onSeen: (seen: SeenExchange) => void) {
    const origin = new URL(target.origin);
    if (origin.protocol !== 'http:') {
      throw new FloodproofError('FP_USAGE', `${url} is not spoken to in plain HTTP`, {
        hint: 'capture stands in front of an API on loopback; let it listen without TLS there',
      });
    }
    this.#upstream = {
      hostname: origin.hostname.replace(/^\[|\]$/g, ''),
      port: Number(origin.port || 80),
      origin: new URL(url).origin,
      basePath: target.basePath,
      keepsAddresses: target.sources === 'many',
      agent: this.#agent,
      idleMs: IDLE_MS,
    };
    this.#onSeen = onSeen;
    this.#server = createServer({ insecureHTTPParser: false }, (req, res) => this.#pass(req, res, false));
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.setTimeout(IDLE_MS);
    this.#server.on('checkContinue', (req, res) => this.#pass(req, res, true));
    this.#server.on('upgrade', (_req, socket) => this.#refuseUpgrade(socket));
    this.#server.on('connect', (_req, socket) => this.#refuseUpgrade(socket));
    this.#server.on('clientError', (_error, socket) => {
      this.garbage++;
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      else socket.destroy();
    });
  }

  /** @returns the port. @throws {FloodproofError} FP_PORT_TAKEN */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) => {
        const why = cause.code === 'EADDRINUSE' ? 'is taken' : `can not be had: ${cause.message}`;
        reject(new FloodproofError('FP_PORT_TAKEN', `port ${port} ${why}`, { cause }));
      });
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes nothing new, lets what is under way come to its end for a moment, and ends the rest. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.#quiet(),
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, GRACE_MS);
      }),
    ]);
    clearTimeout(timer);
    this.#server.closeAllConnections();
    await this.#quiet();
    this.#agent.destroy();
    await closed;
  }

  #quiet(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenQuiet = resolve;
    });
  }

  #pass(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void {
    const exchange = new Exchange({ req, res, expectsContinue }, this.#upstream, (seen, address) => {
      this.#open.delete(exchange);
      this.#onSeen({ ...seen, who: this.callers.nameOf(address, seen.headers) });
      if (this.#open.size === 0) this.#whenQuiet();
    });
    this.#open.add(exchange);
    exchange.pass();
  }

  #refuseUpgrade(socket: Duplex): void {
    this.upgrades++;
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }
}
