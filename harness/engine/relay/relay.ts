/**
 * A relay that stands for the way between generator and target: it accepts on loopback, connects on from the caller's own
 * source address (so that a limit by ip still sees who calls), and holds what goes either way for the same time.
 *
 * A new connection takes its round trip as it would over such a way: what the caller sends at once arrives three delays
 * after the relay has accepted him, for the two packets that open a connection and the one with the bytes.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { DelayLine, type LineClock, type LineSink } from './delay-line.js';

/** Held for each way of each connection at most, and one more read of the system's. */
const HELD_BYTES_MAX = 1024 * 1024;
/** Packets that go before the first byte of the caller arrives: two that open the connection, and its own. */
const FIRST_BYTE_DELAYS = 3;
const BACKLOG = 4096;

const clock: LineClock = {
  nowMs: () => performance.now(),
  wake: (callback, afterMs) => {
    // Timers may be up to a millisecond early, so the line looks at the clock again.
    const timer = setTimeout(callback, Math.ceil(afterMs));
    return { cancel: () => clearTimeout(timer) };
  },
};

export interface RelayOptions {
  readonly host: string;
  readonly port: number;
  /** Each way, in milliseconds. */
  readonly delayMs: number;
}

export interface Relay {
  readonly port: number;
  /** Ends every connection, and accepts none any more. */
  close(): Promise<void>;
}

/** @throws what the system says when it cannot listen. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (caller) => carry(caller, options, open));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, backlog: BACKLOG }, resolve);
  });
  return { port: portOf(server), close: () => closeAll(server, open) };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server that listens has a port');
  return address.port;
}

async function closeAll(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of open) socket.destroy();
  await closed;
}

function carry(caller: Socket, { host, port, delayMs }: RelayOptions, open: Set<Socket>): void {
  const localAddress = caller.remoteAddress;
  // Gone before anybody could ask where from.
  if (localAddress === undefined) {
    caller.destroy();
    return;
  }
  const acceptedMs = clock.nowMs();
  // Connected to at once: the first bytes wait long enough for what a connection takes to be opened.
  const target = connect({ host, port, localAddress, allowHalfOpen: true, noDelay: true });
  const common = { delayMs, heldBytesMax: HELD_BYTES_MAX, clock };
  const there = new DelayLine({
    ...common,
    notBeforeMs: acceptedMs + FIRST_BYTE_DELAYS * delayMs,
    source: caller,
    sink: sinkOf(target),
  });
  const back = new DelayLine({
    ...common,
    notBeforeMs: acceptedMs + 2 * delayMs,
    source: target,
    sink: sinkOf(caller),
  });
  join(caller, { from: there, to: back }, open);
  join(target, { from: back, to: there }, open);
}

/** @param lines - `from` takes what this socket says, `to` hands on to it. */
function join(socket: Socket, { from, to }: { from: DelayLine; to: DelayLine }, open: Set<Socket>): void {
  open.add(socket);
  socket.on('data', (bytes: Buffer) => from.take(bytes));
  socket.on('end', () => from.takeEnd());
  socket.on('drain', () => to.resume());
  // Its `close` follows, and is told there.
  socket.on('error', () => undefined);
  socket.on('close', (hadError) => {
    open.delete(socket);
    to.close();
    // One that has ended in order has told so already.
    if (hadError || !socket.readableEnded) from.takeReset();
  });
}

function sinkOf(socket: Socket): LineSink {
  return {
    write: (bytes) => socket.write(bytes),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
  };
}
