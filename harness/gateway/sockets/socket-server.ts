import type { IncomingMessage, Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { createGate, type HashSecret } from '../../core/index.js';
import { faultBody } from '../answer.js';
import type { Clock } from '../clock.js';
import { GATE_HEADER, JSON_TYPE, UNASKED } from '../gatekeeper.js';
import { SocketLimits } from './socket-limits.js';
import type { SocketProtocol } from './socket-protocol.js';
import { SocketSession } from './socket-session.js';

/** A peer that does not answer the end of a connection is cut off after so long. */
const CLOSE_WITHIN_MS = 2_000;

/** A protocol with what is counted of its connections. */
interface Served {
  readonly protocol: SocketProtocol;
  readonly limits: SocketLimits;
  readonly server: WebSocketServer;
}

interface Admitted extends Served {
  readonly connection: Socket;
  readonly query: URLSearchParams;
  readonly ip: string;
}

interface Refused {
  readonly status: number;
  readonly reason: string;
  /** 0 or left out = nobody knows when. */
  readonly retryAfterMs?: number;
}

export interface SocketServer {
  /** Open connections. */
  size(): number;
  /** Breaks every connection, and takes no more. */
  close(): void;
}

/**
 * Serves WebSockets on a server of HTTP. A request to open one that is not served is answered in HTTP and ends its
 * connection: 404 for a path that no protocol has, 400 for a broken handshake, 429 for an address with too many
 * connections or attempts, 503 when there are too many from everywhere.
 */
export function serveSockets(
  http: Server,
  options: {
    protocols: readonly SocketProtocol[];
    clock: Clock;
    hashSecret: HashSecret;
    clientIp: (request: IncomingMessage) => string;
    /** Hears of a bug: an error that no caller should be able to cause. */
    onBug: (error: Error) => void;
  },
): SocketServer {
  const { clock, hashSecret, onBug } = options;
  const served = options.protocols.map((protocol): Served => {
    const { bounds } = protocol;
    const limits = new SocketLimits({ bounds, createGate, hashSecret, originUs: clock.originUs });
    // Frames are never compressed: a few bytes would unpack to many. Pings are answered by the session, which counts them.
    const settings = {
      noServer: true,
      clientTracking: true,
      perMessageDeflate: false,
      maxPayload: bounds.messageBytesMax,
      autoPong: false,
      closeTimeout: CLOSE_WITHIN_MS,
    };
    return { protocol, limits, server: new WebSocketServer(settings) };
  });
  const size = (): number => served.reduce((sum, { server }) => sum + server.clients.size, 0);
  let opened = 0;
  const admit = (request: IncomingMessage, stream: Duplex): Admitted | Refused => {
    const [path, query] = splitUrl(request.url ?? '');
    const found = served.find(({ protocol }) => protocol.paths.includes(path));
    if (found === undefined || !(stream instanceof Socket)) return { status: 404, reason: 'unknown-path' };
    if (found.server.clients.size >= found.protocol.bounds.connectionsMax) {
      return { status: 503, reason: 'too-many-connections' };
    }
    const ip = options.clientIp(request);
    const attempt = found.limits.open(clock.nowUs(), ip);
    if (attempt !== 'opened') return { status: 429, reason: 'too-many-connections', ...attempt };
    return { ...found, connection: stream, query: new URLSearchParams(query), ip };
  };
  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', () => stream.destroy());
    const admitted = admit(request, stream);
    if ('status' in admitted) {
      refuse(stream, admitted);
      return;
    }
    const { protocol, limits, server, connection, query, ip } = admitted;
    // Also of a handshake that ws refuses: it ends the stream.
    stream.once('close', () => limits.close(clock.nowUs(), ip));
    server.handleUpgrade(request, stream, head, (socket) => {
      opened += 1;
      const name = String(opened);
      new SocketSession({ name, ip, query, socket, connection, protocol, limits, clock, onBug });
    });
  };
  // Without this a request to open a WebSocket is one of HTTP like any other.
  if (served.length > 0) http.on('upgrade', upgrade);
  return {
    size,
    close: () => {
      http.off('upgrade', upgrade);
      for (const { server } of served) {
        for (const socket of server.clients) socket.terminate();
        server.close();
      }
    },
  };
}

function splitUrl(url: string): [path: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

function refuse(stream: Duplex, { status, reason, retryAfterMs = 0 }: Refused): void {
  const body = faultBody(reason);
  const retryAfter = retryAfterMs > 0 ? `retry-after: ${Math.ceil(retryAfterMs / 1_000)}\r\n` : '';
  // A peer that never ends its own side would hold the connection.
  stream.once('finish', () => stream.destroy());
  stream.end(
    `HTTP/1.1 ${status} Refused\r\n${GATE_HEADER}: ${UNASKED}\r\ncontent-type: ${JSON_TYPE}\r\n${retryAfter}` +
      `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}
