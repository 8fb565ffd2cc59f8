import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FloodproofError } from '../../errors.js';

const READY_DEADLINE_MS = 10_000;

export interface StubServer {
  readonly url: string;
  /** Ends the process; done when it is gone. */
  close(): Promise<void>;
}

/**
 * Starts a server that answers at once, in a process of its own.
 *
 * @throws {FloodproofError} FP_GATEWAY_FAILED when it is not ready within 10 s. No process is left behind then.
 */
export async function startStubServer(): Promise<StubServer> {
  const here = import.meta.url;
  // No child can run TypeScript sources: from them the one that the build has made is run.
  const entry = new URL(
    here.endsWith('.ts') ? '../../../dist/engine/controls/stub-process.js' : './stub-process.js',
    here,
  );
  const child = fork(fileURLToPath(entry), [], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    const port = await portOf(child);
    return {
      url: `http://127.0.0.1:${port}`,
      close: async () => {
        child.kill('SIGKILL');
        await ended;
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new FloodproofError('FP_GATEWAY_FAILED', `the server that answers at once ${why}`));
    };
    const timer = setTimeout(() => fail(`is not ready after ${READY_DEADLINE_MS} ms`), READY_DEADLINE_MS);
    child.once('message', (port) => {
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.once('exit', () => fail('ended by itself'));
    child.once('error', (error) => fail(`can't be started: ${error.message}`));
  });
}
