/**
 * A whole run against a host that is not loopback, within a network that has nobody else in it:
 * `node consent-host.mjs TASK`, TASK being JSON. Serves a consent and an API at one address, runs the command line once,
 * and prints what both have seen. Nothing leaves the network namespace, which has no way out.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { networkInterfaces } from 'node:os';
import process from 'node:process';

const task = JSON.parse(process.argv[2] ?? '{}');
const names = Object.keys(networkInterfaces());
// Not within a namespace of its own: nothing is to be sent from here.
if (names.some((name) => name !== 'lo')) throw new Error(`there is a way out: ${names.join(', ')}`);

const seen = { consentGets: 0, requests: 0, marks: [], agents: [], sinceGone: 0, followed: 0 };
const marks = new Set();
const agents = new Set();
let isGone = false;

function giveConsent(response) {
  seen.consentGets++;
  if (seen.requests >= (task.withdrawAfter ?? Number.POSITIVE_INFINITY)) {
    isGone = true;
    response.writeHead(404).end();
    return;
  }
  response.writeHead(task.status ?? 200, task.headers ?? {}).end(task.consent ?? '');
}

const take = (request, response) => {
  request.resume();
  if (request.url === '/.well-known/floodproof-consent') return giveConsent(response);
  if (request.url === '/elsewhere') seen.followed++;
  seen.requests++;
  if (isGone) seen.sinceGone++;
  marks.add(request.headers['floodproof-run'] ?? 'none');
  agents.add(request.headers['user-agent']);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ orderId: `o${seen.requests}`, token: 't' }));
};
const server = task.tls === undefined ? createServer(take) : createTlsServer(task.tls, take);
server.on('tlsClientError', () => undefined);

await new Promise((resolve) => server.listen(task.port, task.address, resolve));
const { FLOODPROOF_CONSENT_KEY: _key, FLOODPROOF_CONSENT_KEY_FILE: _file, ...environment } = process.env;
const child = spawn(process.execPath, task.args, {
  env: { ...environment, ...task.env },
  stdio: ['ignore', 'pipe', 'pipe'],
});
const said = { stdout: '', stderr: '' };
for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (said[name] += chunk));
const code = await new Promise((resolve) => child.once('close', resolve));
server.closeAllConnections();
server.close();
process.stdout.write(JSON.stringify({ code, ...said, ...seen, marks: [...marks], agents: agents.size }));
