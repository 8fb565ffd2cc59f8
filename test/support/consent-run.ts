/** A run of the command line against a host off loopback, in a network namespace that has no way out. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import type { TestContext } from 'vitest';
import { instantText } from '../../harness/targets/consent/consent-document.js';
import { makeOperatorKey } from '../../harness/targets/consent/consent-key.js';
import { needs } from './needs.js';
import { projectRoot } from './run-cli.js';

export const HOST = '10.77.0.1';
export const PORT = 8077;
export const operator = makeOperatorKey();

const DEADLINE_MS = 60_000;
const setUp = `ip link set lo up && ip addr add ${HOST}/32 dev lo && exec "$0" "$@"`;

export interface HostTask {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Text that is served; left out = an empty one. */
  readonly consent?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM: served over TLS; left out = without. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** From so many requests on there is none any more. */
  readonly withdrawAfter?: number;
}

export interface HostResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly consentGets: number;
  /** But for those of the consent. */
  readonly requests: number;
  /** Different values of the header floodproof-run, `none` where it is missing. */
  readonly marks: readonly string[];
  /** How many different ones. */
  readonly agents: number;
  /** Requests after the consent was found to be gone. */
  readonly sinceGone: number;
  /** Requests to where a redirect led. */
  readonly followed: number;
}

/** A consent that covers scenario `consented.yaml`, with what is to be otherwise. */
export function consentText(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    floodproof: 'consent/1',
    host: HOST,
    port: PORT,
    operators: [operator.id],
    expires: instantText(Math.floor(Date.now() / 1000) * 1000 + 3_600_000),
    ratePerSecond: 100,
    durationSeconds: 60,
    kinds: ['flood'],
    ...changes,
  });
}

function unshareArgs(): readonly string[] {
  return process.getuid?.() === 0 ? ['-n'] : ['-r', '-n'];
}

/** Where no namespace can be made the test is skipped, and says what brings one; in CI it fails. */
export function needsNamespace(context: Pick<TestContext, 'skip'>): void {
  needs(context, 'unshare', 'apt-get install util-linux');
  needs(context, 'ip', 'apt-get install iproute2');
  const tried = spawnSync('unshare', [...unshareArgs(), 'sh', '-c', setUp, 'true'], { encoding: 'utf8' });
  if (tried.status === 0) return;
  const message = `no network namespace can be made (${tried.stderr.trim()}): run as root, or "sysctl -w kernel.unprivileged_userns_clone=1"`;
  if (process.env.CI !== undefined && process.env.CI !== '') throw new Error(message);
  context.skip(message);
}

export async function runAtHost(task: HostTask): Promise<HostResult> {
  const env = task.env ?? { FLOODPROOF_CONSENT_KEY: operator.secret };
  const whole = { ...task, env, address: HOST, port: PORT };
  const driver = join(projectRoot, 'test/support/consent-host.mjs');
  const within = ['sh', '-c', setUp, process.execPath, driver, JSON.stringify(whole)];
  const child = spawn('unshare', [...unshareArgs(), ...within], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  if (code !== 0) throw new Error(`the host ended with ${code}: ${stdout}\n${stderr}`);
  return JSON.parse(stdout) as HostResult;
}
