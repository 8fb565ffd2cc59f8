import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../harness/core/gate.js';
import { ConnectionEnds } from '../../../harness/gateway/connection-ends.js';
import { Gatekeeper } from '../../../harness/gateway/gatekeeper.js';
import { PasswordStore } from '../../../harness/gateway/password-store.js';
import { addRoutes } from '../../../harness/gateway/routes.js';
import { SessionStore } from '../../../harness/gateway/session-store.js';
import { WaitingLine } from '../../../harness/gateway/waiting-line.js';
import { Defence } from '../../../harness/venue/defence.js';
import type { Order } from '../../../harness/venue/order-store.js';
import { OrderStore } from '../../../harness/venue/order-store.js';
import { aPolicy } from '../../support/plan-builder.js';
import { hashSecret } from '../core/specs.js';

class BrokenOrderStore extends OrderStore {
  override place(): Order {
    throw new Error('the book has no more pages');
  }
}

const originUs = 1_700_000_000_000_000;
const policy = aPolicy([], { auth: null });
const clock = { originUs, nowUs: () => originUs };

function brokenApi() {
  const bugs: Error[] = [];
  const app = Fastify();
  const defence = new Defence({ policy, createGate, hashSecret, originUs, fallsUs: 0 });
  const ends = new ConnectionEnds();
  const gatekeeper = new Gatekeeper({ policy, defence, clock, ends, accountByKey: new Map() });
  addRoutes(app, {
    gatekeeper,
    orders: new BrokenOrderStore({ openPerAccountMax: 1, newId: () => 'id' }),
    passwords: new PasswordStore({ cost: { scryptN: 16, scryptR: 1, scryptP: 1 }, runningMax: 1, waitingMax: 1 }),
    sessions: new SessionStore({ perAccountMax: 1, newToken: () => 'token' }),
    line: new WaitingLine({ clock, ends, waitingMax: 1, waitMsMax: 1 }),
    clock,
    engine: 'ts',
    onUnasked: () => undefined,
    onBug: (error) => bugs.push(error),
  });
  return { app, bugs };
}

describe('a bug behind the gate', () => {
  it('is reported, told to nobody outside, and leaves the word of the gate standing', async () => {
    const { app, bugs } = brokenApi();
    const payload = { symbol: 'BTC-USDT', side: 'buy', type: 'limit', price: '10.5', quantity: '1' };
    const answer = await app.inject({ method: 'POST', url: '/v1/orders', payload });
    expect(answer.statusCode).toBe(500);
    expect(answer.headers['x-gate']).toBe('admitted');
    expect(answer.json()).toEqual({ error: { reason: 'internal' } });
    expect(bugs.map(({ message }) => message)).toEqual(['the book has no more pages']);
  });
});
