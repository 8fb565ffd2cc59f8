/**
 * A server that answers every request with the same bytes and notes when it came, on the monotonic clock. Runs as a
 * process of its own (`node stamping-server.js`), prints its port, gives its stamps when it is asked, ends with its parent.
 *
 * A stamp is taken when the process reads the bytes from the socket: what the kernel and its own loop took is in it. It
 * understands requests without a body.
 */
import { createServer, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import process from 'node:process';

/** Later requests are answered and not noted. */
const STAMPS_MAX = 2_000_000;
const ANSWER = Buffer.from(
  'HTTP/1.1 200 OK\r\nx-gate: admitted\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
  'latin1',
);
const HEAD_END = '\r\n\r\n';

export type ToStampingServer = 'give';
export type FromStampingServer =
  | { readonly kind: 'port'; readonly port: number }
  /** Microseconds, since the last time they were given. */
  | { readonly kind: 'stamps'; readonly stampsUs: Float64Array };

class Stamps {
  private readonly stampsUs = new Float64Array(STAMPS_MAX);
  private count = 0;

  add(atUs: number): void {
    if (this.count < STAMPS_MAX) this.stampsUs[this.count++] = atUs;
  }

  take(): Float64Array {
    const taken = this.stampsUs.slice(0, this.count);
    this.count = 0;
    return taken;
  }
}

function serve(socket: Socket, stamps: Stamps): void {
  let rest = '';
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    const atUs = performance.now() * 1000;
    rest += chunk.toString('latin1');
    for (let end = rest.indexOf(HEAD_END); end >= 0; end = rest.indexOf(HEAD_END)) {
      rest = rest.slice(end + HEAD_END.length);
      stamps.add(atUs);
      socket.write(ANSWER);
    }
  });
  socket.on('error', () => socket.destroy());
}

if (process.send !== undefined) {
  const tell = (message: FromStampingServer): void => void process.send?.(message);
  const stamps = new Stamps();
  const server = createServer((socket) => serve(socket, stamps));
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, () => {
    const address = server.address();
    tell({ kind: 'port', port: typeof address === 'object' && address !== null ? address.port : 0 });
  });
  process.on('message', () => tell({ kind: 'stamps', stampsUs: stamps.take() }));
  process.on('disconnect', () => process.exit(0));
}
