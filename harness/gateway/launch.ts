import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { RegisteredAccount } from '../actors/world.js';
import { FloodproofError } from '../errors.js';
import type { Policy } from '../scenario/plan.js';
import type { FaceName } from './faces/face.js';
import { LastWords } from './last-words.js';
import type { FromGateway, ToGateway } from './messages.js';
import type { GatewayStats } from './stats.js';

const READY_DEADLINE_MS = 10_000;
const STATS_DEADLINE_MS = 5_000;
const CLOSE_DEADLINE_MS = 4_000;
/** Keeps one IPC message below a megabyte. */
const ACCOUNTS_PER_MESSAGE = 2_000;

export interface LaunchOptions {
  readonly policy: Policy;
  readonly engine: 'auto' | 'native' | 'ts';
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly registered: Iterable<RegisteredAccount>;
  /** The venue whose clothes it wears; null or left out = its own. */
  readonly face?: FaceName | null;
  /** The module that the process runs, when not the built one. */
  readonly entry?: string;
  readonly readyDeadlineMs?: number;
  /** The core that the process runs on, by `taskset`, which must be on the PATH; null or left out = where the system likes. */
  readonly core?: number | null;
}

export interface LaunchedGateway {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly engine: 'native' | 'ts';
  /** One line that says why TypeScript serves; '' when the native engine does. */
  readonly note: string;
  /** Resolves when the process has ended: null after `close`, an FP_GATEWAY_FAILED when it ended by itself. */
  readonly ended: Promise<FloodproofError | null>;
  /** @throws {FloodproofError} FP_GATEWAY_FAILED when the process has ended or does not answer within 5 s. */
  stats(): Promise<GatewayStats>;
  /** Ends the process; done when it is gone. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Starts the embedded gateway in a process of its own, so that it and the generator do not share an event loop.
 *
 * @throws {FloodproofError} what `startGateway` throws, and FP_GATEWAY_FAILED when the process ends early or is not
 * ready within 10 s. No process is left behind then.
 */
export async function launchGateway(options: LaunchOptions): Promise<LaunchedGateway> {
  const child = forkChild(options.entry ?? builtEntry(), options.core ?? null);
  const lastWords = new LastWords(child.stderr);
  const life = watch(child, lastWords);
  try {
    const ready = waitForReady(child, life, options.readyDeadlineMs ?? READY_DEADLINE_MS);
    await Promise.all([tellAll(child, options), ready]);
    const { url, port, engine, note } = await ready;
    return {
      url,
      port,
      pid: child.pid ?? 0,
      engine,
      note,
      ended: life.ended,
      stats: () => askStats(child, life),
      close: () => closeChild(child, life),
    };
  } catch (error) {
    child.kill('SIGKILL');
    await life.ended;
    throw error;
  }
}

/** What is known of the child's end. */
interface Life {
  readonly ended: Promise<FloodproofError | null>;
  isOver: boolean;
  isClosing: boolean;
}

/** The module beside this one; from TypeScript sources, which no child can run, the one that the build has made of it. */
function builtEntry(): string {
  const here = import.meta.url;
  const entry = fileURLToPath(new URL(here.endsWith('.ts') ? '../../dist/gateway/process.js' : './process.js', here));
  if (existsSync(entry)) return entry;
  throw new FloodproofError('FP_GATEWAY_FAILED', `the gateway is not built: ${entry} is not there`, {
    hint: 'run "npm run build"',
  });
}

function forkChild(entry: string, core: number | null): ChildProcess {
  // `taskset` becomes what it starts, so the child's pid and its channel to the parent are the gateway's.
  const how =
    core === null ? { execArgv: [] } : { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath] };
  // The parent's own flags (a debugger's port, a loader) are not for the child.
  return fork(entry, [], { ...how, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

function watch(child: ChildProcess, lastWords: LastWords): Life {
  const life: { isOver: boolean; isClosing: boolean } = { isOver: false, isClosing: false };
  const ended = new Promise<FloodproofError | null>((resolve) => {
    const finish = (how: string): void => {
      life.isOver = true;
      resolve(life.isClosing ? null : new FloodproofError('FP_GATEWAY_FAILED', lastWords.after(how)));
    };
    // `close` comes after `exit` and after the last of stderr.
    child.once('close', (code, signal) =>
      finish(`the gateway process ended by itself (${signal ?? `exit code ${code}`})`),
    );
    child.once('error', (error) => finish(`the gateway process can't be started: ${error.message}`));
  });
  return Object.assign(life, { ended });
}

async function tellAll(child: ChildProcess, options: LaunchOptions): Promise<void> {
  const { policy, engine, host, port, registered, face = null } = options;
  let accounts: RegisteredAccount[] = [];
  for (const account of registered) {
    accounts.push(account);
    if (accounts.length < ACCOUNTS_PER_MESSAGE) continue;
    await tell(child, { type: 'accounts', accounts });
    accounts = [];
  }
  if (accounts.length > 0) await tell(child, { type: 'accounts', accounts });
  await tell(child, { type: 'start', policy, engine, host, port, face });
}

/** Done when the message is on its way. A child that is gone says so by its end, not here. */
function tell(child: ChildProcess, message: ToGateway): Promise<void> {
  return new Promise((resolve) => {
    if (!child.connected) resolve();
    else child.send(message, () => resolve());
  });
}

async function waitForReady(
  child: ChildProcess,
  life: Life,
  deadlineMs: number,
): Promise<Extract<FromGateway, { type: 'ready' }>> {
  const message = await waitForMessage(child, life, {
    wanted: (candidate) => candidate.type === 'ready' || candidate.type === 'failed',
    deadlineMs,
    late: `the gateway process is not ready after ${deadlineMs} ms`,
  });
  if (message.type === 'ready') return message;
  if (message.type === 'stats') throw new FloodproofError('FP_GATEWAY_FAILED', 'the gateway process spoke out of turn');
  const { code, hint, faults } = message;
  if (code === null) throw new FloodproofError('FP_GATEWAY_FAILED', message.message);
  throw new FloodproofError(code, message.message, { hint, faults });
}

async function askStats(child: ChildProcess, life: Life): Promise<GatewayStats> {
  const answer = waitForMessage(child, life, {
    wanted: (candidate) => candidate.type === 'stats',
    deadlineMs: STATS_DEADLINE_MS,
    late: `the gateway process has not told its numbers after ${STATS_DEADLINE_MS} ms`,
  });
  await Promise.all([tell(child, { type: 'stats' }), answer]);
  const message = await answer;
  if (message.type === 'stats') return message.stats;
  throw new FloodproofError('FP_GATEWAY_FAILED', 'the gateway process spoke out of turn');
}

/** The next message of the wanted kind; the child's end or the deadline, whichever comes first, is an error. */
function waitForMessage(
  child: ChildProcess,
  life: Life,
  options: { wanted: (message: FromGateway) => boolean; deadlineMs: number; late: string },
): Promise<FromGateway> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(new FloodproofError('FP_GATEWAY_FAILED', options.late)), options.deadlineMs);
    const onMessage = (message: FromGateway): void => {
      if (options.wanted(message)) settle(message);
    };
    const settle = (result: FromGateway | FloodproofError): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('close', onEnd).off('error', onEnd);
      if (result instanceof FloodproofError) reject(result);
      else resolve(result);
    };
    const onEnd = (): void => {
      const closed = new FloodproofError('FP_GATEWAY_FAILED', 'the gateway process is closed already');
      void life.ended.then((error) => settle(error ?? closed));
    };
    child.on('message', onMessage).once('close', onEnd).once('error', onEnd);
    if (life.isOver) onEnd();
  });
}

async function closeChild(child: ChildProcess, life: Life): Promise<void> {
  life.isClosing = true;
  if (!life.isOver) {
    await tell(child, { type: 'close' });
    const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_DEADLINE_MS);
    await life.ended;
    clearTimeout(timer);
  }
}
