/** The hooks of an adapter: what the user's own code does before, between and after runs. Each has a deadline. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { FloodproofError } from '../../errors.js';
import type { AdapterHooks } from '../../scenario/adapter.js';
import { type Holder, nobody, unfit } from '../http/adapted/holders.js';
import type { HookAnswer, HookCall, HookName } from './hooks-thread.js';

/** So long a hook has to end when it was told that its time is up. */
const GRACE_MS = 500;
const CREDENTIALS_MAX = 100_000;

export class Hooks {
  readonly #settings: AdapterHooks;
  readonly #note: (line: string) => void;
  #thread: Worker | null = null;

  /** @param note - Told each line that the module writes to its console. */
  constructor(settings: AdapterHooks, note: (line: string) => void) {
    this.#settings = settings;
    this.#note = note;
  }

  /**
   * @param stop - Aborted: the hook's time is up at once.
   * @returns What the hook has returned; undefined when the module does not have it.
   * @throws {FloodproofError} FP_HOOK_FAILED when it throws, ends its thread, or does not return in time. FP_INTERRUPTED
   * instead, whatever came of it, when `stop` was aborted before it had returned.
   */
  async call(hook: HookName, context: HookCall['context'], stop?: AbortSignal): Promise<unknown> {
    if (stop?.aborted) throw this.#interrupted(hook, 'not called any more');
    try {
      const answer = await this.#ask({ hook, context }, stop);
      if (answer.kind === 'threw') throw this.#fault(hook, `threw: ${answer.message}`);
      if (answer.kind === 'unloadable') throw new FloodproofError('FP_HOOK_FAILED', answer.message);
      return answer.kind === 'returned' ? answer.value : undefined;
    } catch (error) {
      if (!stop?.aborted) throw error;
      throw this.#interrupted(hook, error instanceof Error ? error.message : String(error));
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
  }

  async #ask(call: HookCall, stop: AbortSignal | undefined): Promise<HookAnswer> {
    const { deadlineMs } = this.#settings;
    const thread = this.#open();
    return await new Promise<HookAnswer>((resolve, reject) => {
      let grace: NodeJS.Timeout | undefined;
      const end = (): void => {
        clearTimeout(deadline);
        clearTimeout(grace);
        stop?.removeEventListener('abort', onStop);
        thread.off('message', onAnswer).off('error', onError).off('exit', onExit);
      };
      const giveUp = (why: string): void => {
        if (grace !== undefined) return;
        thread.postMessage('abort');
        grace = setTimeout(() => {
          end();
          void this.close();
          reject(this.#fault(call.hook, why));
        }, GRACE_MS);
      };
      const onAnswer = (answer: HookAnswer): void => {
        end();
        resolve(answer);
      };
      const onError = (error: Error): void => {
        end();
        this.#thread = null;
        reject(this.#fault(call.hook, `ended its thread: ${error.message}`));
      };
      const onExit = (code: number): void => {
        end();
        this.#thread = null;
        reject(this.#fault(call.hook, `ended its thread with the code ${code}`));
      };
      const onStop = (): void => giveUp('was still at work when the run was stopped');
      const deadline = setTimeout(() => giveUp(`did not return within ${deadlineMs / 1000} s`), deadlineMs);
      thread.on('message', onAnswer).once('error', onError).once('exit', onExit);
      stop?.addEventListener('abort', onStop, { once: true });
      thread.postMessage(call);
    });
  }

  #open(): Worker {
    if (this.#thread !== null) return this.#thread;
    const here = import.meta.url;
    // Run from the sources, the thread is the built one.
    const entry = new URL(
      here.endsWith('.ts') ? '../../../dist/targets/user/hooks-thread.js' : './hooks-thread.js',
      here,
    );
    const thread = new Worker(fileURLToPath(entry), {
      workerData: this.#settings.file,
      // What a module prints is no result of the run.
      stdout: true,
      stderr: true,
      execArgv: [],
    });
    for (const stream of [thread.stdout, thread.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) if (line.trim() !== '') this.#note(line);
      });
    }
    this.#thread = thread;
    return thread;
  }

  #interrupted(hook: HookName, what: string): FloodproofError {
    return new FloodproofError('FP_INTERRUPTED', `interrupted at the hook ${hook} of ${this.#settings.file}: ${what}`);
  }

  #fault(hook: HookName, what: string): FloodproofError {
    return new FloodproofError('FP_HOOK_FAILED', `the hook ${hook} of ${this.#settings.file} ${what}`);
  }
}

const texts = ['account', 'password', 'keyId', 'secret', 'passphrase', 'privateKey', 'token'] as const;

/**
 * What `provision` has returned, as holders: `{ credentials: [{ keyId, secret, ... }] }`.
 * @throws {FloodproofError} FP_HOOK_FAILED for anything else; values are never repeated.
 */
export function readProvisioned(value: unknown, file: string): readonly Holder[] {
  const refuse = (what: string): never => {
    throw new FloodproofError('FP_HOOK_FAILED', `the hook provision of ${file} returned ${what}`, {
      hint: 'return { credentials: [{ account, password, keyId, secret, passphrase, privateKey, token }] }, each a text',
    });
  };
  const credentials = (value as { credentials?: unknown } | null | undefined)?.credentials;
  if (!Array.isArray(credentials)) return refuse('no list of credentials');
  if (credentials.length > CREDENTIALS_MAX) return refuse(`more than ${CREDENTIALS_MAX} credentials`);
  return credentials.map((entry: unknown, index): Holder => {
    if (typeof entry !== 'object' || entry === null) return refuse(`no mapping as credentials[${index}]`);
    const given = entry as Readonly<Record<string, unknown>>;
    const holder: Record<string, string> = { ...nobody };
    for (const name of texts) {
      const text = given[name];
      if (text === undefined || text === null || text === '') continue;
      if (typeof text !== 'string') return refuse(`no text as credentials[${index}].${name}`);
      const complaint = unfit(text, name === 'privateKey');
      if (complaint !== null) return refuse(`credentials[${index}].${name}, which ${complaint}`);
      holder[name] = text;
    }
    return holder as unknown as Holder;
  });
}
