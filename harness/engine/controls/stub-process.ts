/**
 * A server that answers every request at once with 200 and an empty object, in a process of its own (`node
 * stub-process.js`, started by `stub-server.ts`): what the generator measures of itself. It prints nothing, tells its port to
 * its parent, and ends with it.
 */
import { createServer } from 'node:http';
import process from 'node:process';

const HEADERS = { 'x-gate': 'admitted', 'content-type': 'application/json', 'content-length': '2' } as const;

if (process.send !== undefined) {
  const server = createServer((request, response) => {
    // The body is read to its end, or the connection could not be used again.
    request.resume();
    request.once('end', () => response.writeHead(200, HEADERS).end('{}'));
  });
  server.keepAliveTimeout = 60_000;
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
    const address = server.address();
    process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
  });
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(0));
}
