/**
 * The rival of a run: a closed loop of undici's `dispatch` with nothing around it but the same signing of the same
 * request. A piscina task, so that it lives in a thread as a run's worker does.
 */
import { Client, type Dispatcher } from 'undici';
import { openEngine } from '../../native/engine.js';
import { requestClasses } from '../../scenario/plan.js';
import { headersFor } from '../../signing/hmac-lines.js';

export interface BareLoopTask {
  readonly origin: string;
  readonly connections: number;
  readonly requests: number;
  readonly engine: 'native' | 'ts';
}

const KEY_ID = 'k'.repeat(64);

/** @returns requests per second. */
export default async function bareLoop(task: BareLoopTask): Promise<number> {
  const gate = openEngine(task.engine).createGate({ classes: requestClasses, limits: [], auth: null, originUs: 0 });
  gate.addKey(KEY_ID, 's'.repeat(64), 'trader');
  const sign = (keyId: string, text: string): string => gate.sign(keyId, text);
  const clients = Array.from({ length: task.connections }, () => new Client(task.origin, { pipelining: 1 }));
  let started = 0;
  let ended = 0;
  const beganMs = performance.now();
  await new Promise<void>((resolve, reject) => {
    const send = (client: Client): void => {
      if (started === task.requests) return;
      const request = {
        keyId: KEY_ID,
        timestampMs: Date.now(),
        nonce: (started++).toString(36),
        windowMs: 5000,
        method: 'GET',
        path: '/v1/account',
        body: '',
      };
      const headers = ['user-agent', 'bare-loop'];
      for (const [name, value] of Object.entries(headersFor(request, sign))) headers.push(name, value);
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: () => undefined,
        onResponseEnd: () => {
          if (++ended === task.requests) resolve();
          else send(client);
        },
        onResponseError: (_controller, error) => reject(error),
      };
      client.dispatch({ method: 'GET', path: '/v1/account', headers }, handler);
    };
    for (const client of clients) send(client);
  });
  const seconds = (performance.now() - beganMs) / 1000;
  await Promise.all(clients.map((client) => client.destroy()));
  return task.requests / seconds;
}
