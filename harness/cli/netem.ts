/** `--delay netem:20ms`: the whole command once more, in a network of its own whose loopback the kernel delays. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import process from 'node:process';
import { FloodproofError } from '../errors.js';
import { formatDuration } from '../scenario/durations.js';

/** Set for the command within. */
const MARK = 'FLOODPROOF_NETEM';
/** Packets that wait at once, of all connections. */
const PACKETS_MAX = 100_000;
const TRY_DEADLINE_MS = 10_000;

export function isWithinNetem(): boolean {
  return process.env[MARK] !== undefined;
}

/** Who is not root becomes it within a namespace of users. */
function unshareFlags(): readonly string[] {
  return process.getuid?.() === 0 ? ['-n'] : ['-r', '-n'];
}

function setUp(delayUs: number): string {
  return `ip link set lo up && tc qdisc add dev lo root netem delay ${delayUs}us limit ${PACKETS_MAX}`;
}

/**
 * @returns the exit code of the command within.
 * @throws {FloodproofError} FP_SYSTEM_ABSENT where this system has no network namespaces, or no netem.
 */
export async function runWithinNetem(delayUs: number): Promise<number> {
  assertNetem(delayUs);
  const within = [...unshareFlags(), 'sh', '-c', `${setUp(delayUs)} && exec "$0" "$@"`, process.execPath];
  const child = spawn('unshare', [...within, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: '1' },
  });
  // Ctrl-C reaches the command within by itself; what is sent to this process alone is passed on.
  const onInterrupt = (): void => undefined;
  const onTerminate = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(absent(error.message, delayUs)));
      child.once('close', (code, signal) =>
        code === null ? reject(absent(`it was ended by ${signal}`, delayUs)) : resolve(code),
      );
    });
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
  }
}

function assertNetem(delayUs: number): void {
  const tried = spawnSync('unshare', [...unshareFlags(), 'sh', '-c', setUp(delayUs)], {
    encoding: 'utf8',
    timeout: TRY_DEADLINE_MS,
  });
  if (tried.status !== 0) throw absent(reasonOf(tried), delayUs);
}

function reasonOf({ error, stderr }: SpawnSyncReturns<string>): string {
  const [line = ''] = (stderr ?? '').trim().split('\n');
  return error?.message ?? (line === '' ? 'it does not say why' : line);
}

function absent(reason: string, delayUs: number): FloodproofError {
  return new FloodproofError('FP_SYSTEM_ABSENT', `this system cannot delay packets with netem: ${reason}`, {
    hint: `use --delay ${formatDuration(delayUs)}, which needs nothing of the system; or load the module sch_netem, and install iproute2 and util-linux`,
  });
}
