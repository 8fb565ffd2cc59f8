/** A server that says yes to everything and remembers what it was asked. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { listen } from './listening.js';

export interface ReceivedRequest {
  /** Milliseconds on one monotonic clock. */
  readonly atMs: number;
  /** Requests that wait for their answer then, this one included. */
  readonly open: number;
  readonly address: string;
  readonly method: string;
  /** As in the request line. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RecordingApi {
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
}

/** @param delayMs - From a request to its answer. */
export async function startRecordingApi(delayMs = 0): Promise<RecordingApi> {
  const received: ReceivedRequest[] = [];
  let open = 0;
  const server = createServer(async (request, response) => {
    const atMs = performance.now();
    const openThen = ++open;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({
      atMs,
      open: openThen,
      address: request.socket.remoteAddress ?? '',
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    });
    if (delayMs > 0) await wait(delayMs);
    open--;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"orderId":"order-1","token":"token"}');
  });
  return { url: (await listen(server)).url, received };
}
