/** `floodproof capture`: what an API of this machine is asked, as a HAR without secrets. */
import process from 'node:process';
import { harEntry, type SeenExchange } from '../capture/har-entry.js';
import { HarJournal } from '../capture/har-journal.js';
import { CaptureProxy } from '../capture/proxy.js';
import { ExitCode } from '../errors.js';
import { checkTarget } from '../targets/loopback.js';
import { grouped } from '../trace/line-tally.js';
import type { Console } from './console.js';
import { catchInterrupt } from './interrupt.js';
import { ownCommand, quote } from './own-command.js';
import { versions } from './versions.js';

export interface CaptureFlags {
  readonly to: string;
  readonly port: number;
  readonly out: string;
  /** null = until Ctrl-C. */
  readonly forUs: number | null;
  readonly maxRequests: number;
  readonly maxBytes: number;
}

/**
 * Ends by itself at a bound, else at Ctrl-C; both are a success.
 * @throws {FloodproofError} FP_USAGE, FP_TARGET_FORBIDDEN, FP_TARGET_UNREACHABLE, FP_PORT_TAKEN, FP_DISK.
 */
export async function captureCommand(flags: CaptureFlags, console: Console): Promise<number> {
  const target = await checkTarget(flags.to, undefined, { option: '--to', names: [], onlyNear: 'capture' });
  const capture = new Capture(flags);
  const proxy = new CaptureProxy(target, flags.to, (seen) => capture.take(seen));
  const port = await proxy.listen(flags.port);
  const interrupt = catchInterrupt(() => capture.end('Ctrl-C'));
  const timer =
    flags.forUs === null ? undefined : setTimeout(() => capture.end('--for'), Math.ceil(flags.forUs / 1000));
  try {
    capture.open();
    console.result(`capturing http://127.0.0.1:${port} -> ${flags.to} into ${flags.out}; Ctrl-C ends it`);
    await capture.ended;
  } finally {
    clearTimeout(timer);
    await proxy.close();
    interrupt.release();
    capture.seal();
  }
  if (capture.failure !== null) throw capture.failure;
  for (const line of capture.summary(proxy)) console.result(line);
  return ExitCode.pass;
}

class Capture {
  failure: unknown = null;
  readonly ended: Promise<void>;
  readonly #flags: CaptureFlags;
  #journal: HarJournal | null = null;
  #why = '';
  #resolve: () => void = () => undefined;
  readonly #statuses = new Map<number, number>();
  readonly #fields = new Map<string, number>();
  #broken = 0;
  #leftOut = 0;

  constructor(flags: CaptureFlags) {
    this.#flags = flags;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  open(): void {
    this.#journal = new HarJournal(this.#flags.out);
  }

  end(why: string): void {
    this.#why ||= why;
    this.#resolve();
  }

  take(seen: SeenExchange): void {
    const journal = this.#journal;
    const { maxRequests, maxBytes } = this.#flags;
    if (journal === null || this.failure !== null || journal.entries >= maxRequests) {
      this.#leftOut++;
      return;
    }
    const { text, fields } = harEntry(seen);
    const isOver = journal.bytes + Buffer.byteLength(text) >= maxBytes;
    if (isOver) {
      this.#leftOut++;
      this.end('--max-bytes');
      return;
    }
    try {
      journal.append(text);
    } catch (error) {
      this.failure = error;
      this.end('an error');
      return;
    }
    this.#statuses.set(seen.status, (this.#statuses.get(seen.status) ?? 0) + 1);
    for (const field of fields) this.#fields.set(field, (this.#fields.get(field) ?? 0) + 1);
    if (seen.error !== '') this.#broken++;
    if (journal.entries >= maxRequests) this.end('--max-requests');
  }

  seal(): void {
    try {
      this.#journal?.seal({ name: 'floodproof', version: versions().floodproof ?? '' });
    } catch (error) {
      this.failure ??= error;
    }
  }

  summary(proxy: CaptureProxy): readonly string[] {
    const { out } = this.#flags;
    const entries = this.#journal?.entries ?? 0;
    const statuses = [...this.#statuses].sort(([a], [b]) => a - b);
    const counted = statuses.map(([status, count]) => `${status === 0 ? 'no answer' : status}: ${grouped(count)}`);
    const fields = [...this.#fields].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, n]) => `${name} (${grouped(n)})`);
    const line = (count: number, text: string): string[] => (count === 0 ? [] : [`  ${grouped(count)} ${text}`]);
    return [
      `${grouped(entries)} requests of ${grouped(proxy.callers.count)} callers in ${out}; ended by ${this.#why}`,
      ...(counted.length === 0 ? [] : [`  answers  ${counted.join(', ')}`]),
      `  redacted  ${fields.length === 0 ? 'nothing, as nothing secret was found' : fields.join(', ')}`,
      ...line(this.#broken, 'broken: the API or the client ended it in the middle'),
      ...line(proxy.upgrades, 'changes of protocol refused (WebSocket and the like do not pass)'),
      ...line(proxy.garbage, 'connections that did not speak HTTP/1.1'),
      ...line(this.#leftOut, 'passed on and not written, beyond the bound'),
      `next: ${ownCommand(process.argv[1] ?? 'floodproof', process.cwd())} record ${quote(out)}`,
    ];
  }
}
