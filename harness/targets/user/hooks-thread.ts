/** A thread of its own for one module of hooks: one that does not return, or ends the process, ends this thread alone. */
import { parentPort, workerData } from 'node:worker_threads';
import { FloodproofError } from '../../errors.js';
import { exportedFunction, loadUserModule } from './user-module.js';

export type HookName = 'provision' | 'reset' | 'tearDown';

export interface HookCall {
  readonly hook: HookName;
  /** Plain data; the hook is given it with a `signal` that is aborted when its time is up. */
  readonly context: Readonly<Record<string, unknown>>;
}

export type HookAnswer =
  | { readonly kind: 'returned'; readonly value: unknown }
  /** The module does not have this hook. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'threw'; readonly message: string }
  /** The module can't be loaded, so it has no hook at all. */
  | { readonly kind: 'unloadable'; readonly message: string };

let controller: AbortController | null = null;

async function call({ hook, context }: HookCall): Promise<HookAnswer> {
  try {
    const module = await loadUserModule(String(workerData));
    const found = exportedFunction(module, hook) as ((context: unknown) => unknown) | null;
    if (found === null) return { kind: 'absent' };
    controller = new AbortController();
    const value: unknown = await found({ ...context, signal: controller.signal });
    return { kind: 'returned', value };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof FloodproofError ? 'unloadable' : 'threw', message };
  }
}

parentPort?.on('message', (message: HookCall | 'abort') => {
  if (message === 'abort') {
    controller?.abort(new Error('the time of this hook is up'));
    return;
  }
  void call(message).then((answer) => {
    try {
      parentPort?.postMessage(answer);
    } catch (error) {
      // A function, a socket: nothing that could be sent to another thread.
      const message = `its answer is no plain data: ${(error as Error).message}`;
      parentPort?.postMessage({ kind: 'threw', message } satisfies HookAnswer);
    }
  });
});
