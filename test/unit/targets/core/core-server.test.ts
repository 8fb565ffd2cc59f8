import { describe, expect, it, test } from 'vitest';
import type { Identity, Intent } from '../../../../harness/actors/actor.js';
import { buildWorld } from '../../../../harness/actors/identities/world.js';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { Client } from '../../../../harness/engine/virtual/client.js';
import { openEngine } from '../../../../harness/native/engine.js';
import { type Plan, type Policy, requestClasses, type Weakness } from '../../../../harness/scenario/plan.js';
import { CoreServer } from '../../../../harness/targets/core/core-server.js';
import { SentRequest } from '../../../../harness/targets/core/sent-request.js';
import type { Decided } from '../../../../harness/venue/defence.js';
import {
  aFillCounter,
  aFixedWindow,
  aLeakyQueue,
  aPlan,
  aPolicy,
  aTokenBucket,
  costs,
  SECOND_US,
} from '../../../support/plan-builder.js';
import { rightPlan } from '../../../support/virtual-acquittal.js';

const order = { symbol: 'BTC-USDT', side: 'buy', type: 'limit', price: '65000.00', quantity: '0.1' };

/** A server whose callers are those of a plan with customers. */
function aServer(policy: Policy, virtual: Partial<Plan['virtual']> = {}) {
  const plan = { ...rightPlan('token-bucket', 1), warmupUs: 0, policy };
  const played = { ...plan, virtual: { ...aPlan().virtual, ...virtual } };
  const world = buildWorld(played, 1);
  const server = new CoreServer({ plan: played, policy, seed: 1, world, engine: openEngine('ts') });
  const client = new Client({
    plan: played,
    sign: (keyId, text) => server.sign(keyId, text),
    clockOffsetUs: () => 0,
  });
  let requests = 0;
  const sent = new SentRequest();
  const ask = (runUs: number, changes: Partial<Intent> = {}): CoreServer => {
    const intent = anIntent(world.identity(0), changes);
    client.fill(sent, intent, { number: requests++, stampedUs: runUs, rising: client.rising(intent, runUs) });
    server.decide(runUs, intent, sent);
    if (server.outcome !== Outcome.admitted) return server;
    const { requestClass, wantsBody } = intent;
    const asked = { requestClass, path: sent.path, body: sent.body, order: sent.order, wantsBody };
    server.serve(server.turnUs, asked, server.decided as Decided);
    return server;
  };
  return { server, ask, identity: world.identity(0), other: world.identity(1) };
}

function anIntent(identity: Identity, changes: Partial<Intent>): Intent {
  const requestClass = changes.requestClass ?? requestClasses.indexOf('order.place');
  return {
    identity,
    kind: IntentKind.arrival,
    requestClass,
    method: 'POST',
    path: '/v1/orders',
    body: JSON.stringify(order),
    signed: requestClass >= requestClasses.indexOf('account'),
    accountIndex: identity.accountIndex,
    headers: null,
    replay: null,
    elements: 1,
    tamper: null,
    claims: null,
    stampOffsetUs: 0,
    lastByteUs: null,
    wantsBody: true,
    attempt: 0,
    step: '',
    ...changes,
  };
}

const LOGIN = requestClasses.indexOf('login');
const CANCEL = requestClasses.indexOf('order.cancel');

function login(username: string, password: string): Partial<Intent> {
  return { requestClass: LOGIN, path: '/v1/login', body: JSON.stringify({ username, password }) };
}

describe('the server of virtual time', () => {
  it('places and cancels orders, for those whose they are', () => {
    const { ask, server, other } = aServer(aPolicy([]));
    ask(1);
    expect(server.status).toBe(201);
    const { orderId } = server.business.body as { orderId: string };
    const cancel = { requestClass: CANCEL, method: 'DELETE', path: `/v1/orders/${orderId}`, body: null } as const;
    expect(ask(2, { ...cancel, identity: other }).status).toBe(403);
    expect(ask(3, cancel).status).toBe(200);
    expect([ask(4, cancel).status, server.reason]).toEqual([403, 'order-not-yours']);
  });

  it('takes batches, each order by itself, and calls a bad order bad', () => {
    const { ask, server } = aServer(aPolicy([]));
    ask(1, { elements: 2, body: JSON.stringify([order, { ...order, side: 'up' }]) });
    expect(server.status).toBe(200);
    expect(server.business.body).toMatchObject([{ status: 'open' }, { error: { reason: 'bad-order' } }]);
    expect(ask(2, { body: '{}' }).status).toBe(400);
  });

  it('logs in who knows the password, and takes as long for a name that does not exist', () => {
    const { ask, server, identity } = aServer(aPolicy([], { password: { scryptN: 16_384, scryptR: 8, scryptP: 1 } }));
    const results = [
      login(identity.account, identity.password),
      login(identity.account, 'wrong'),
      login('nobody', identity.password),
    ].map((wish) => [ask(1, wish).status, server.business.workUs]);
    expect(results).toEqual([
      [200, 49_939],
      [401, 49_939],
      [401, 49_939],
    ]);
    expect(server.outcome).toBe(Outcome.admitted);
  });

  it('refuses as the gateway does, with the limit and how long to wait', () => {
    const limit = aTokenBucket({ name: 'orders', capacity: 1, refillCells: 1, refillPeriodUs: 3 * SECOND_US });
    const { ask, server } = aServer(aPolicy([limit]));
    ask(0);
    ask(500_000);
    expect([server.outcome, server.status, server.reason]).toEqual([Outcome.throttled, 429, 'throttled']);
    expect([server.limit, server.retryAfterMs]).toEqual([0, 2_500]);
  });

  test.each([
    { days: 24, heardMs: 24 * 86_400_000 },
    { days: 25, heardMs: 2 ** 31 - 1 },
    { days: 115, heardMs: 2 ** 31 - 1 },
    { days: 116, heardMs: -1 },
  ])('tells of a wait of $days days what a client over HTTP understands', ({ days, heardMs }) => {
    const windowUs = days * 86_400 * SECOND_US;
    const { ask } = aServer(aPolicy([aFixedWindow({ capacity: 1, windowUs, anchor: 'first-hit' })]));
    expect(ask(0).outcome).toBe(Outcome.admitted);
    const { outcome, retryAfterMs } = ask(0);
    expect([outcome, retryAfterMs]).toEqual([Outcome.throttled, heardMs]);
  });

  it('lets a request wait for its turn', () => {
    const queue = aLeakyQueue({ capacity: 1, queueCells: 5, refillCells: 10 });
    const { ask } = aServer(aPolicy([queue]));
    expect([ask(7).turnUs, ask(7).turnUs, ask(7).turnUs]).toEqual([7, 100_007, 200_007]);
  });

  it('gives back what a market order fills', () => {
    const filling = aFillCounter({ capacity: 2, costs: costs({ 'order.place': 1 }, 0) });
    const { ask } = aServer(aPolicy([filling]));
    const { price: _price, ...market } = { ...order, type: 'market' };
    for (let i = 0; i < 6; i++) expect(ask(i, { body: JSON.stringify(market) }).status).toBe(201);
    const outcomes = [10, 11, 12].map((runUs) => ask(runUs).outcome);
    expect(outcomes).toEqual([Outcome.admitted, Outcome.admitted, Outcome.throttled]);
  });

  it('charges a young cancel as its policy says, by the age of the order', () => {
    const ageCosts = requestClasses.map((_, id) => (id === CANCEL ? [{ underUs: SECOND_US, cells: 5 }] : []));
    const bucket = aTokenBucket({ capacity: 7, refillCells: 1, refillPeriodUs: 3_600 * SECOND_US, ageCosts });
    const { ask, server } = aServer(aPolicy([bucket]));
    const place = (): string => {
      ask(1);
      return (server.business.body as { orderId: string }).orderId;
    };
    const cancel = (runUs: number, orderId: string): number => {
      const path = `/v1/orders/${orderId}`;
      return ask(runUs, { requestClass: CANCEL, method: 'DELETE', path, body: null }).outcome;
    };
    expect(cancel(10, place())).toBe(Outcome.admitted);
    expect(ask(20).outcome).toBe(Outcome.throttled);
  });

  it('goes by the address that the policy says, whatever the caller writes of himself', () => {
    const limit = aTokenBucket({ by: ['ip'], capacity: 1, refillCells: 1, refillPeriodUs: 3_600 * SECOND_US });
    const forged = (n: number): Partial<Intent> => ({ headers: { 'x-forwarded-for': `10.0.0.${n}` } });
    for (const [clientIp, expected] of [
      [{ from: 'socket' }, Outcome.throttled],
      [{ from: 'trusted-hop', hops: 1 }, Outcome.throttled],
      [{ from: 'trusted-proxies', ranges: ['10.0.0.0/8'] }, Outcome.throttled],
      [{ from: 'forwarded-leftmost' }, Outcome.admitted],
    ] as const) {
      const { ask } = aServer(aPolicy([limit], { clientIp }));
      ask(1, forged(1));
      expect([clientIp.from, ask(2, forged(2)).outcome]).toEqual([clientIp.from, expected]);
    }
  });
});

describe('a weakness of the server of virtual time', () => {
  const day = 86_400 * SECOND_US;
  const window = aFixedWindow({ capacity: 1, windowUs: day, costs: costs({ 'order.place': 1 }, 0) });
  const step = { steps: [{ atUs: SECOND_US, byUs: day }] };
  const weak = (...weaknesses: Weakness[]): Policy => aPolicy([window], { weaknesses });

  it('wall-clock-limits: a step of the wall clock refills limits, which it does not reach otherwise', () => {
    const outcomeUnder = (policy: Policy): number => {
      const { ask } = aServer(policy, step);
      ask(1);
      return ask(2 * SECOND_US, { stampOffsetUs: day }).outcome;
    };
    expect(outcomeUnder(weak())).toBe(Outcome.throttled);
    expect(outcomeUnder(weak('wall-clock-limits'))).toBe(Outcome.admitted);
  });

  test.each([[[] as Weakness[]], [['wall-clock-limits'] as Weakness[]]])(
    'does not change that signatures go by the wall clock: %j',
    (weaknesses) => {
      const { ask, server } = aServer(aPolicy([], { weaknesses }), { steps: [{ atUs: SECOND_US, byUs: -day }] });
      expect(ask(2 * SECOND_US).reason).toBe('from-future');
      expect(ask(2 * SECOND_US, { stampOffsetUs: -day }).outcome).toBe(Outcome.admitted);
      expect(ask(2 * SECOND_US, { stampOffsetUs: -day - 6 * SECOND_US }).reason).toBe('stale');
      expect(server.outcome).toBe(Outcome.refused);
    },
  );

  it('quick-unknown-names: a name that does not exist is answered at once', () => {
    const password = { scryptN: 16_384, scryptR: 8, scryptP: 1 };
    const { ask, server, identity } = aServer(aPolicy([], { password, weaknesses: ['quick-unknown-names'] }));
    ask(1, login('nobody', 'secret'));
    expect([server.status, server.business.workUs]).toEqual([401, 0]);
    ask(2, login(identity.account, 'secret'));
    expect([server.status, server.business.workUs]).toEqual([401, 49_939]);
  });

  it('lenient-text: a body that is spelled otherwise is taken for the one that was signed', () => {
    const spoiled: Partial<Intent> = { tamper: { kind: 'body-whitespace', seed: 1, otherKeyId: '' } };
    expect(aServer(aPolicy([])).ask(1, spoiled).reason).toBe('bad-signature');
    expect(aServer(aPolicy([], { weaknesses: ['lenient-text'] })).ask(1, spoiled).outcome).toBe(Outcome.admitted);
  });

  it('lenient-text: changes nothing for the honest', () => {
    expect(aServer(aPolicy([], { weaknesses: ['lenient-text'] })).ask(1).status).toBe(201);
  });

  it('unsigned-orders: a made-up signature is not looked at', () => {
    const { identity } = aServer(aPolicy([]));
    const claims = { keyId: identity.keyId, signature: '0'.repeat(64) };
    expect(aServer(aPolicy([])).ask(1, { claims }).reason).toBe('bad-signature');
    expect(aServer(aPolicy([], { weaknesses: ['unsigned-orders'] })).ask(1, { claims }).status).toBe(201);
  });
});
