/**
 * The main of the gateway's own process. It lives exactly as long as its parent wants it: it ends when it is told to,
 * on SIGTERM, and when the IPC channel closes, which also happens when the parent is killed.
 */
import type { RegisteredAccount } from '../actors/world.js';
import { FloodproofError } from '../errors.js';
import type { Gateway } from './gateway.js';
import { startGateway } from './gateway.js';
import type { FromGateway, ToGateway } from './messages.js';

/** A close that hangs must not leave an orphan. */
const CLOSE_DEADLINE_MS = 2_000;

const registered: RegisteredAccount[] = [];
let starting: Promise<Gateway | null> | null = null;
let isEnding = false;

process.on('message', (message: ToGateway) => {
  switch (message.type) {
    case 'accounts':
      for (const account of message.accounts) registered.push(account);
      break;
    case 'start':
      starting ??= start(message);
      break;
    case 'stats':
      void starting?.then((gateway) =>
        gateway === null ? undefined : tell({ type: 'stats', stats: gateway.stats() }),
      );
      break;
    case 'close':
      void end(0);
      break;
  }
});
process.on('disconnect', () => void end(0));
process.on('SIGTERM', () => void end(0));
// Ctrl-C reaches every process of the terminal. The parent still wants answers for what is in flight, so it decides.
process.on('SIGINT', () => undefined);

async function start(message: Extract<ToGateway, { type: 'start' }>): Promise<Gateway | null> {
  const { policy, engine, host, port, face } = message;
  try {
    const gateway = await startGateway({ policy, engine, host, port, face, registered, onBug: reportBug });
    // The plain passwords are of no more use.
    registered.length = 0;
    await tell({ type: 'ready', url: gateway.url, port: gateway.port, engine: gateway.engine, note: gateway.note });
    return gateway;
  } catch (error) {
    await tell(failureOf(error));
    process.exit(1);
  }
}

function failureOf(error: unknown): FromGateway {
  if (error instanceof FloodproofError) {
    return { type: 'failed', code: error.code, message: error.message, hint: error.hint, faults: error.faults };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { type: 'failed', code: null, message, hint: '', faults: [] };
}

/** Done when the message is handed over, or can't be: a parent that is gone hears nothing, and `disconnect` follows. */
function tell(message: FromGateway): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

function reportBug(error: Error): void {
  process.stderr.write(`${error.stack ?? error.message}\n`);
}

async function end(exitCode: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  setTimeout(() => process.exit(1), CLOSE_DEADLINE_MS).unref();
  const gateway = await starting;
  await gateway?.close();
  process.exit(exitCode);
}
