/** nginx as a rate limiter in front of one small file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.js';

const READY_DEADLINE_MS = 10_000;
const POLL_MS = 20;

export interface LimitReq {
  readonly ratePerSecond: number;
  /** Requests above the rate that pass at once. */
  readonly burst: number;
}

export interface AccessLog {
  readonly file: string;
  /** As in `log_format`. */
  readonly format: string;
}

/** Starts nginx on a free port; it ends with the test. @returns its URL. */
export async function startNginx(program: string, limit: LimitReq, logs: readonly AccessLog[] = []): Promise<string> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'files'));
  writeFileSync(join(folder, 'files/answer.json'), '{"symbol":"BTC-USDT","price":"30000"}\n');
  const port = await freePort();
  const conf = join(folder, 'nginx.conf');
  writeFileSync(conf, configOf(folder, port, limit, logs));
  const child = spawn(program, ['-p', folder, '-e', join(folder, 'error.log'), '-c', conf], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });
  await waitUntilReady(child, port);
  return `http://127.0.0.1:${port}`;
}

/**
 * Every path answers with the file: `limit_req` comes before the content and would not be asked for a bare `return`.
 */
function configOf(
  folder: string,
  port: number,
  { ratePerSecond, burst }: LimitReq,
  logs: readonly AccessLog[],
): string {
  // Workers give up root's rights unless they are told otherwise, and then can't enter a folder that is root's alone.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (what) => `${what}_temp_path ${folder}/${what};`,
  );
  return `${user}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 512; }
http {
  ${logs.length === 0 ? 'access_log off;' : logs.map(accessLog).join('\n  ')}
  ${temporary.join('\n  ')}
  keepalive_requests 1000000;
  limit_req_zone $binary_remote_addr zone=by_ip:1m rate=${ratePerSecond}r/s;
  limit_req_status 429;
  server {
    listen 127.0.0.1:${port};
    root ${folder}/files;
    location / {
      limit_req zone=by_ip burst=${burst} nodelay;
      default_type application/json;
      try_files /answer.json =404;
    }
  }
}
`;
}

function accessLog({ file, format }: AccessLog, index: number): string {
  return `log_format judged${index} '${format}';\n  access_log ${file} judged${index};`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function waitUntilReady(child: ChildProcess, port: number): Promise<void> {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const deadlineMs = Date.now() + READY_DEADLINE_MS;
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with exit code ${child.exitCode}: ${words}`);
    if (Date.now() > deadlineMs) throw new Error(`nginx does not listen after ${READY_DEADLINE_MS} ms: ${words}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
