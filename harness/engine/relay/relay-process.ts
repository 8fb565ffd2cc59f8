/**
 * The process of a relay (`node relay-process.js HOST PORT DELAY_MS`, started by `launch-relay.ts`), so that neither the
 * generator's load nor the target's delays what it holds. It prints nothing, tells its port to its parent, and ends with it.
 */
import process from 'node:process';
import { startRelay } from './relay.js';

if (process.send !== undefined) {
  const [host = '', port = '', delayMs = ''] = process.argv.slice(2);
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(0));
  const relay = await startRelay({ host, port: Number(port), delayMs: Number(delayMs) });
  process.send(relay.port);
}
