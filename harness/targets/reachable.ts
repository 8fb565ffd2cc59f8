import { connect } from 'node:net';
import { FloodproofError } from '../errors.js';

const DEADLINE_MS = 3000;

/**
 * Makes one connection and closes it, so that a target which is not there is an error before the run and not a run full
 * of errors. @throws FP_TARGET_UNREACHABLE
 */
export async function assertReachable(origin: string): Promise<void> {
  const url = new URL(origin);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  await new Promise<void>((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
      timeout: DEADLINE_MS,
    });
    const fail = (reason: string): void => {
      socket.destroy();
      reject(new FloodproofError('FP_TARGET_UNREACHABLE', `nobody answers at ${origin}: ${reason}`));
    };
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => fail(`no connection within ${DEADLINE_MS} ms`));
    socket.once('error', (error) => fail(error.message));
  });
}
