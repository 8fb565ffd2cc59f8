import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FloodproofError } from '../../errors.js';
import type { CheckedTarget } from '../../targets/loopback.js';

const READY_DEADLINE_MS = 10_000;

export interface LaunchedRelay {
  /** The same target, by way of the relay: its Host header and base path stay. */
  readonly target: CheckedTarget;
  /** Resolves when the process has ended: null after `close`, an FP_GATEWAY_FAILED when it ended by itself. */
  readonly ended: Promise<FloodproofError | null>;
  /** Ends the process; done when it is gone. */
  close(): Promise<void>;
}

/**
 * Starts a relay before `target` in a process of its own.
 *
 * @param delayUs - Each way, 1 us to 10 s.
 * @throws {FloodproofError} FP_GATEWAY_FAILED when it is not ready within 10 s. No process is left behind then.
 */
export async function launchRelay(target: CheckedTarget, delayUs: number): Promise<LaunchedRelay> {
  const here = import.meta.url;
  // No child can run TypeScript sources: from them the one that the build has made is run.
  const entry = new URL(
    here.endsWith('.ts') ? '../../../dist/engine/relay/relay-process.js' : './relay-process.js',
    here,
  );
  const { protocol, hostname, port } = new URL(target.origin);
  const usual = protocol === 'https:' ? '443' : '80';
  const child = fork(fileURLToPath(entry), [hostname, port === '' ? usual : port, String(delayUs / 1000)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let isClosing = false;
  const ended = new Promise<FloodproofError | null>((resolve) => {
    const finish = (how: string): void =>
      resolve(isClosing ? null : new FloodproofError('FP_GATEWAY_FAILED', `the relay of --delay ${how}`));
    child.once('exit', (code, signal) => finish(`ended by itself (${signal ?? `exit code ${code}`})`));
    child.once('error', (error) => finish(`can't be started: ${error.message}`));
  });
  const close = async (): Promise<void> => {
    isClosing = true;
    child.kill('SIGKILL');
    await ended;
  };
  try {
    const relayPort = await portOf(child, ended);
    return { target: { ...target, origin: `${protocol}//127.0.0.1:${relayPort}` }, ended, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function portOf(child: ChildProcess, ended: Promise<FloodproofError | null>): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `the relay of --delay is not ready after ${READY_DEADLINE_MS} ms`;
    timer = setTimeout(() => reject(new FloodproofError('FP_GATEWAY_FAILED', message)), READY_DEADLINE_MS);
  });
  const told = new Promise<number>((resolve) => child.once('message', (port) => resolve(Number(port))));
  const gone = ended.then((error) => {
    throw error ?? new FloodproofError('FP_GATEWAY_FAILED', 'the relay of --delay is closed already');
  });
  try {
    return await Promise.race([told, gone, late]);
  } finally {
    clearTimeout(timer);
  }
}
