/**
 * The least that can be called an HTTP/1.1 server: finds the end of each request on a socket and answers the same bytes.
 * Runs as a process of its own (`node trivial-server.js`), prints its port, ends with its parent.
 */
import { createServer, type Socket } from 'node:net';
import process from 'node:process';

const ANSWER = Buffer.from(
  'HTTP/1.1 200 OK\r\nx-gate: admitted\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
  'latin1',
);
const HEAD_END = '\r\n\r\n';

/** Bytes of a whole request at the start of `text`; 0 = not all of it is there. */
export function requestLength(text: string): number {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd < 0) return 0;
  const bodyLength = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
  const length = headEnd + HEAD_END.length + bodyLength;
  return length <= text.length ? length : 0;
}

function serve(socket: Socket): void {
  let rest = '';
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString('latin1');
    let answers = 0;
    for (let length = requestLength(rest); length > 0; length = requestLength(rest)) {
      rest = rest.slice(length);
      answers++;
    }
    if (answers === 1) socket.write(ANSWER);
    else if (answers > 1) socket.write(Buffer.concat(Array.from({ length: answers }, () => ANSWER)));
  });
  socket.on('error', () => socket.destroy());
}

if (process.send !== undefined) {
  const server = createServer(serve);
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, () => {
    const address = server.address();
    process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
  });
  process.on('disconnect', () => process.exit(0));
}
