/**
 * A signing module in a thread of its own: one that never returns is given up, and what it prints stays out of the results.
 * The caller waits in place for each signature, so this is for few requests; workers of a run call the module themselves.
 */
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { FloodproofError } from '../../errors.js';
import type { SignFunction } from '../http/adapted/request-signer.js';
import type { SigningAnswer, SigningTask } from './signing-thread-entry.js';

/** A signature takes microseconds; a module that asks a key store on the way takes less than this. */
const RETURN_MS_MAX = 5_000;

export class SigningThread {
  readonly #file: string;
  readonly #returnMsMax: number;
  readonly #thread: Worker;
  readonly #port: MessagePort;
  /** Raised by one for each answer. */
  readonly #answers = new Int32Array(new SharedArrayBuffer(4));

  private constructor(file: string, returnMsMax: number, note: (line: string) => void) {
    this.#file = file;
    this.#returnMsMax = returnMsMax;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const here = import.meta.url;
    // Run from the sources, the thread is the built one.
    const from = here.endsWith('.ts')
      ? '../../../dist/targets/user/signing-thread-entry.js'
      : './signing-thread-entry.js';
    const task: SigningTask = { file, port: port2, answers: this.#answers };
    this.#thread = new Worker(fileURLToPath(new URL(from, here)), {
      workerData: task,
      transferList: [port2],
      stdout: true,
      stderr: true,
      execArgv: [],
    });
    // What ends the thread is told by the answer that does not come.
    this.#thread.on('error', () => undefined);
    for (const stream of [this.#thread.stdout, this.#thread.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) if (line.trim() !== '') note(line);
      });
    }
  }

  /**
   * @param note - Told each line that the module writes to its console.
   * @throws {FloodproofError} FP_ADAPTER_MODULE when the module can't be loaded, exports no function `sign`, or loads for too
   * long.
   */
  static async open(
    file: string,
    { note, returnMsMax = RETURN_MS_MAX }: { readonly note: (line: string) => void; readonly returnMsMax?: number },
  ): Promise<SigningThread> {
    const made = new SigningThread(file, returnMsMax, note);
    const answer = await new Promise<SigningAnswer>((resolve) => {
      const timer = setTimeout(() => resolve(made.#silent()), returnMsMax);
      const end = (answer: SigningAnswer): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      made.#port.once('message', end);
      made.#thread.once('exit', () => end({ kind: 'failed', message: `the signing module ${file} ended its thread` }));
    });
    if (answer.kind !== 'failed') return made;
    await made.close();
    throw failure(answer);
  }

  /** @throws {FloodproofError} FP_ADAPTER_MODULE when it does not return in time, or returns what is no plain data. */
  readonly sign: SignFunction = (request) => {
    const before = Atomics.load(this.#answers, 0);
    this.#port.postMessage(request);
    Atomics.wait(this.#answers, 0, before, this.#returnMsMax);
    const answer: SigningAnswer = receiveMessageOnPort(this.#port)?.message ?? this.#silent();
    switch (answer.kind) {
      case 'returned':
        return answer.value;
      case 'promise':
        return Promise.resolve();
      case 'threw':
        throw new Error(answer.message);
      case 'failed':
        throw failure(answer);
    }
  };

  async close(): Promise<void> {
    this.#port.close();
    await this.#thread.terminate();
  }

  #silent(): SigningAnswer & { kind: 'failed' } {
    const message = `the signing module ${this.#file} has not returned for ${this.#returnMsMax / 1000} s`;
    return { kind: 'failed', message };
  }
}

function failure({ message, hint }: Extract<SigningAnswer, { kind: 'failed' }>): FloodproofError {
  return new FloodproofError('FP_ADAPTER_MODULE', message, hint === undefined ? {} : { hint });
}
