/**
 * autocannon in a closed loop, signing each request in its own hook: what a user of the best-known load generator for
 * Node would measure with. A piscina task, as the bare loop is.
 */
import autocannon from 'autocannon';
import { openEngine } from '../../native/engine.js';
import { requestClasses } from '../../scenario/plan.js';
import { headersFor } from '../../signing/hmac-lines.js';
import type { BareLoopTask } from './bare-loop.js';

const KEY_ID = 'k'.repeat(64);

/** @returns requests per second. */
export default async function autocannonLoop(task: BareLoopTask): Promise<number> {
  const gate = openEngine(task.engine).createGate({ classes: requestClasses, limits: [], auth: null, originUs: 0 });
  gate.addKey(KEY_ID, 's'.repeat(64), 'trader');
  const sign = (keyId: string, text: string): string => gate.sign(keyId, text);
  let nonces = 0;
  const beganMs = performance.now();
  let lastMs = beganMs;
  const options: autocannon.Options = {
    url: task.origin,
    connections: task.connections,
    amount: task.requests,
    requests: [
      {
        method: 'GET',
        path: '/v1/account',
        setupRequest: (request) => {
          const fields = {
            keyId: KEY_ID,
            timestampMs: Date.now(),
            nonce: (nonces++).toString(36),
            windowMs: 5000,
            method: 'GET',
            path: '/v1/account',
            body: '',
          };
          request.headers = headersFor(fields, sign);
          return request;
        },
      },
    ],
  };
  let answers = 0;
  // It ends at its next tick of a second, so the moment of the last answer counts.
  await new Promise<void>((resolve, reject) => {
    const instance = autocannon(options, (error) => (error ? reject(error) : resolve()));
    instance.on('response', () => {
      answers++;
      lastMs = performance.now();
    });
  });
  return answers / ((lastMs - beganMs) / 1000);
}
