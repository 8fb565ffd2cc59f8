/** The thread of `SigningThread`: loads one module, and answers each request with what the module has returned. */
import { type MessagePort, workerData } from 'node:worker_threads';
import { FloodproofError } from '../../errors.js';
import type { SignFunction } from '../http/adapted/request-signer.js';
import { loadSignFunction } from './user-module.js';

export interface SigningTask {
  readonly file: string;
  readonly port: MessagePort;
  /** Raised by one for each answer. */
  readonly answers: Int32Array;
}

export type SigningAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'promise' }
  | { readonly kind: 'threw'; readonly message: string }
  /** There is nothing that could sign. */
  | { readonly kind: 'failed'; readonly message: string; readonly hint?: string };

const { file, port, answers } = workerData as SigningTask;

function answer(one: SigningAnswer): void {
  try {
    port.postMessage(one);
  } catch {
    // A function, a socket: nothing that could be sent to another thread.
    const failed: SigningAnswer = {
      kind: 'failed',
      message: `the signing module ${file} returned what is no plain data`,
    };
    port.postMessage(failed);
  }
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
}

function signed(sign: SignFunction, request: Parameters<SignFunction>[0]): SigningAnswer {
  try {
    const value = sign(Object.freeze(request));
    if (!(value instanceof Promise)) return { kind: 'returned', value };
    value.catch(() => undefined);
    return { kind: 'promise' };
  } catch (error) {
    return { kind: 'threw', message: error instanceof Error ? error.message : String(error) };
  }
}

try {
  const sign = await loadSignFunction(file);
  port.on('message', (request: Parameters<SignFunction>[0]) => answer(signed(sign, request)));
  answer({ kind: 'ready' });
} catch (error) {
  if (!(error instanceof FloodproofError)) throw error;
  answer({ kind: 'failed', message: error.message, hint: error.hint });
}
