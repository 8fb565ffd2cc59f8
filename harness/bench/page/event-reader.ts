/** Reads a live page's events in a process of its own, as a browser would, and keeps none. A forked child; its argument is the URL. */
import { get } from 'node:http';
import process from 'node:process';

let bytes = 0;
const request = get(process.argv[2] ?? '', { agent: false }, (response) => {
  process.send?.('open');
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  response.once('close', () => process.send?.(bytes, () => process.disconnect?.()));
});
request.once('error', () => process.exit(1));
