import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Identity, Intent } from '../../../harness/actors/actor.js';
import * as api from '../../../harness/actors/api.js';
import { buildWorld } from '../../../harness/actors/identities/world.js';
import { Outcome } from '../../../harness/actors/outcome.js';
import { createSetting, type IntentDetails } from '../../../harness/actors/setting.js';
import { readAdapter } from '../../../harness/scenario/adapter-file.js';
import { AdaptedTarget } from '../../../harness/targets/http/adapted/adapted-target.js';
import { AnswerReader } from '../../../harness/targets/http/adapted/answer-reader.js';
import {
  dealHolders,
  type Holder,
  nobody,
  redacted,
  secretsOf,
} from '../../../harness/targets/http/adapted/holders.js';
import { OrderMemory } from '../../../harness/targets/http/adapted/order-memory.js';
import type { SignFunction } from '../../../harness/targets/http/adapted/request-signer.js';
import { exampleActor, examplePlan } from '../actors/example-plan.js';

const actor = exampleActor('order-flood', { population: 2 });
const plan = examplePlan([actor]);
const world = buildWorld(plan, 1);
const someone: Identity = world.identity(0);
const setting = createSetting(actor, plan, { seed: 1, world, captured: null });
const wish = (call: api.ApiCall, details: Partial<IntentDetails> = {}): Intent =>
  setting.intent(someone, call, { step: 'test', ...details });
const stamp = { nowUs: 1_700_000_000_000_000, nonce: 'n-1', rising: 7, windowMs: 5000 };
const order: api.OrderWish = {
  symbol: 'BTC-USDT',
  side: 'buy',
  type: 'limit',
  price: '61000.50',
  quantity: '0.0100',
  clientOrderId: 'abc',
};

interface Made {
  readonly calls: string;
  readonly more?: string;
  readonly sign?: SignFunction;
  readonly holders?: Readonly<Record<string, Holder>>;
}

function adapted({ calls, more = '', sign, holders }: Made): AdaptedTarget {
  const text = `version: 1\nname: a\n${sign === undefined ? '' : 'sign: { module: s.mjs }\n'}${more}calls:\n${calls}`;
  const { adapter, faults } = readAdapter('a.yaml', text, (path) => path);
  if (adapter === null) throw new Error(JSON.stringify(faults));
  const secrets = { holders: holders ?? null, environment: { MY_PAIR: 'p q' } };
  const { policy } = plan;
  return new AdaptedTarget({ adapter, secrets, world, policy, signFunction: sign ?? null, wallMs: () => 1_000_000 });
}

const at = { host: 'api.example:443', basePath: '/base' };

describe('a call by an adapter', () => {
  it('fills places of path, query and form, encoded, written as the API has them, and leaves out what is empty', () => {
    const target = adapted({
      more: 'sign: none\nvalues: { symbol: { remove: "-" }, side: { map: { buy: B&Y } }, type: { case: upper } }\n',
      calls: `  order.place:
    method: POST
    path: /orders/{side}
    query: { fixed: "a b", pair: "{env:MY_PAIR}", empty: "{page}" }
    headers: { X-Type: "{type}/{timeInForce}" }
    form: { s: "{symbol}", t: "{type}", p: "{price}", f: "{timeInForce}" }
`,
    });
    const { method, path, headers, body } = target.request(wish(api.placeOrder(order)), stamp, at);
    expect(`${method} ${path}`).toBe('POST /base/orders/B%26Y?fixed=a%20b&pair=p%20q');
    expect(headers).toEqual({ 'x-type': 'LIMIT/GTC', 'content-type': 'application/x-www-form-urlencoded' });
    expect(body).toBe('s=BTCUSDT&t=LIMIT&p=61000.50&f=GTC');
    const market = target.request(wish(api.placeOrder({ ...order, type: 'market', price: '' })), stamp, at);
    expect(market.body).toBe('s=BTCUSDT&t=MARKET');
  });

  it('fills JSON, whose numbers keep their digits, and writes a batch order by order', () => {
    const target = adapted({
      more: 'sign: none\n',
      calls: `  order.place:
    method: POST
    path: /orders
    json: { a: ["{symbol}", 1, null], q: "{quantity:number}", p: "{price:number}", gone: "{page}" }
    batch:
      method: PUT
      path: /many
      json: { list: "{orders}" }
      each: { s: "{symbol}", q: "{quantity:number}" }
      answer: { list: /l, orderId: /id }
`,
    });
    expect(target.request(wish(api.placeOrder(order)), stamp, at).body).toBe(
      '{"a":["BTC-USDT",1,null],"q":0.0100,"p":61000.50}',
    );
    const two = [order, { ...order, symbol: 'ETH-USDT' }];
    const batch = wish(api.placeOrders(two), { elements: 2, wantsBody: true });
    const { method, path, body } = target.request(batch, stamp, at);
    expect([method, path, body]).toEqual([
      'PUT',
      '/base/many',
      '{"list":[{"s":"BTC-USDT","q":0.0100},{"s":"ETH-USDT","q":0.0100}]}',
    ]);
    const answer = { status: 200, header: () => undefined, text: '{"l":[{"id":4},{"no":1}]}' };
    expect(target.read(batch, answer).body).toEqual([{ orderId: '4' }, { orderId: null }]);
  });

  it('repeats of an order what is known of it, whatever it was amended to', () => {
    const target = adapted({
      more: 'sign: none\n',
      calls: `  order.place: { method: POST, path: /o, json: {}, answer: { orderId: /id } }
  order.amend: { method: PUT, path: "/o/{orderId}", json: { s: "{symbol}", p: "{price}", q: "{quantity}" }, answer: { orderId: /id } }
  order.cancel: { method: DELETE, path: "/o/{orderId}", query: { s: "{symbol}", c: "{clientOrderId}" } }
`,
    });
    const placed = target.read(wish(api.placeOrder(order)), {
      status: 200,
      header: () => undefined,
      text: '{"id":"x-1"}',
    });
    expect(placed.body).toEqual({ orderId: 'x-1' });
    const amend = wish(api.amendOrder('x-1', { price: '7', quantity: '8' }));
    expect(target.request(amend, stamp, at).body).toBe('{"s":"BTC-USDT","p":"7","q":"8"}');
    target.read(amend, { status: 200, header: () => undefined, text: '{"id":"x-2"}' });
    expect(target.request(wish(api.cancelOrder('x-2')), stamp, at).path).toBe('/base/o/x-2?s=BTC-USDT&c=abc');
    expect(target.request(wish(api.cancelOrder('other')), stamp, at).path).toBe('/base/o/other');
  });

  it('takes no id that could break a path, and no number that was rounded', () => {
    const target = adapted({
      more: 'sign: none\n',
      calls: '  order.place: { method: POST, path: /o, answer: { orderId: /id } }\n',
    });
    const idOf = (text: string): unknown =>
      target.read(wish(api.placeOrder(order)), { status: 200, header: () => undefined, text }).body;
    expect(idOf('{"id":9007199254740991}')).toEqual({ orderId: '9007199254740991' });
    expect(idOf('{"id":9007199254740993}')).toBeNull();
    expect(idOf('{"id":"a/../b"}')).toBeNull();
    expect(idOf('not json')).toBeNull();
  });

  it('is sent as it stands when it was not made by the actors’ own API', () => {
    const target = adapted({ calls: '  ticker: { method: GET, path: /t }\n' });
    const recorded = { requestClass: 'ticker', method: 'POST', path: '/their/own?a=%20', body: '{}' } as const;
    expect(target.request(wish(recorded), stamp, at)).toMatchObject({
      method: 'POST',
      path: '/base/their/own?a=%20',
      body: '{}',
    });
  });

  it('signs what goes over the wire as its holder, and as nobody where a key is made up', () => {
    const seen: unknown[] = [];
    const sign: SignFunction = (request) => {
      seen.push(request);
      return { headers: { 'X-Sign': 's' }, path: `${request.path}?sig=1` };
    };
    const holders = { [someone.account]: { ...nobody, keyId: 'theirs', secret: 'hush', token: 'tok' } };
    const calls = '  account: { method: GET, path: /w, headers: { x-token: "{token}", x-key: "{keyId}" } }\n';
    const target = adapted({ calls, sign, holders });
    const made = target.request(wish(api.account()), stamp, at);
    expect(made).toMatchObject({
      path: '/base/w?sig=1',
      headers: { 'x-sign': 's', 'x-token': 'tok', 'x-key': 'theirs' },
    });
    expect(seen[0]).toMatchObject({
      method: 'GET',
      path: '/base/w',
      keyId: 'theirs',
      secret: 'hush',
      nowMs: 1_700_000_000_000,
      rising: 7,
    });
    target.request(wish(api.account(), { claims: { keyId: 'made-up', signature: 'ab' } }), stamp, at);
    expect(seen[1]).toMatchObject({ keyId: 'made-up', secret: 'ab' });
    target.request(wish(api.account(), { tamper: { kind: 'bit-flip', seed: 1, otherKeyId: '' } }), stamp, at);
    expect(seen[2]).toMatchObject({ keyId: 'theirs' });
    expect(seen[2]).not.toMatchObject({ secret: 'hush' });
  });

  it('signs as nobody with a private key that is nobody’s, where the profile needs one', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const target = adapted({
      more: 'sign: { profile: coinbase-advanced-ed25519 }\n',
      calls: '  account: { method: GET, path: /a }\n',
      holders: { [someone.account]: { ...nobody, keyId: 'theirs', secret: 'x', privateKey: pem } },
    });
    const claims = { keyId: 'made-up', signature: '00' };
    const right = target.request(wish(api.account()), stamp, at).headers.authorization;
    const made = target.request(wish(api.account(), { claims }), stamp, at).headers.authorization;
    expect(made).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    expect(made).not.toBe(right);
    expect(Buffer.from(made?.split('.')[1] ?? '', 'base64url').toString()).toContain('made-up');
  });

  it('logs in under the holder’s name, with his password where the right one was meant', () => {
    const holders = { [someone.account]: { ...nobody, account: 'me@x', password: 'pass&word' } };
    const calls =
      '  login: { method: POST, path: /in, form: { u: "{username}", p: "{password}" }, answer: { token: /t } }\n';
    const target = adapted({
      calls: `${calls}  account: { method: GET, path: /w, headers: { x-t: "{token}" } }\n`,
      more: 'sign: none\n',
      holders,
    });
    const right = wish(api.login(someone.account, someone.password), { accountIndex: someone.accountIndex });
    expect(target.request(right, stamp, at).body).toBe('u=me%40x&p=pass%26word');
    expect(target.request(wish(api.login(someone.account, 'guess')), stamp, at).body).toBe('u=me%40x&p=guess');
    expect(target.request(wish(api.login('stranger', 'guess')), stamp, at).body).toBe('u=stranger&p=guess');
    target.read(right, { status: 200, header: () => undefined, text: '{"t":"tok\\r\\nx: y"}' });
    expect(target.request(wish(api.account()), stamp, at).headers).toEqual({});
    target.read(right, { status: 200, header: () => undefined, text: '{"t":"tok"}' });
    expect(target.request(wish(api.account()), stamp, at).headers).toEqual({ 'x-t': 'tok' });
    // Whose session it is, the login says, and not who has sent it.
    const other = world.identity(1);
    const stolen = wish(api.login(other.account, other.password), { accountIndex: other.accountIndex });
    target.read(stolen, { status: 200, header: () => undefined, text: '{"t":"theirs"}' });
    const look = wish(api.account());
    expect(target.request(look, stamp, at).headers).toEqual({ 'x-t': 'tok' });
    expect(target.request({ ...look, identity: other }, stamp, at).headers).toEqual({ 'x-t': 'theirs' });
  });
});

function reader(rules: string): AnswerReader {
  const { adapter, faults } = readAdapter(
    'a.yaml',
    `version: 1\nname: a\ncalls: { ticker: { method: GET, path: /t } }\n${rules}`,
    (path) => path,
  );
  if (adapter === null) throw new Error(JSON.stringify(faults));
  return new AnswerReader(adapter, () => 1_000_000);
}

const answer = (status: number, text = '', headers: Readonly<Record<string, string>> = {}) => ({
  status,
  requestClass: 'ticker' as const,
  isSigned: false,
  header: (name: string) => headers[name],
  text,
});

describe('an answer by an adapter’s rules', () => {
  it.each([
    { when: '{ status: 429 }', matches: answer(429), not: answer(430) },
    { when: '{ status: 4xx }', matches: answer(499), not: answer(500) },
    { when: '{ status: [500-502, 200] }', matches: answer(502), not: answer(503) },
    { when: '{ header: { X-A: b } }', matches: answer(200, '', { 'x-a': 'b' }), not: answer(200, '', { 'x-a': 'bc' }) },
    { when: '{ header: { x-a: { there: false } } }', matches: answer(200), not: answer(200, '', { 'x-a': '' }) },
    {
      when: '{ body: { /a/0: { begins: "EO:" } } }',
      matches: answer(200, '{"a":["EO:Rate"]}'),
      not: answer(200, '{"a":[" EO:"]}'),
    },
    { when: '{ body: { /ok: false } }', matches: answer(200, '{"ok":false}'), not: answer(200, '{"ok":true}') },
    { when: '{ body: { /a: { there: true } } }', matches: answer(200, '{"a":{}}'), not: answer(200, '{"b":1}') },
    { when: '{ body: { /a: { there: false } } }', matches: answer(200, 'no json'), not: answer(200, '{"a":null}') },
    {
      when: '{ body: { /constructor: { there: true } } }',
      matches: answer(200, '{"constructor":1}'),
      not: answer(200, '{"a":1}'),
    },
    { when: '{ body: { /length: { there: true } } }', matches: answer(200, '{"length":1}'), not: answer(200, '"ab"') },
    { when: '{ text: { holds: slow } }', matches: answer(200, '<p>slow down'), not: answer(200, 'fast') },
    { when: '{ signed: false, class: [ticker, book] }', matches: answer(200), not: { ...answer(200), isSigned: true } },
  ])('fits $when', ({ when, matches, not }) => {
    const rules = reader(`outcomes: [{ when: ${when}, is: never }]`);
    expect(rules.read(matches)).toMatchObject({ outcome: Outcome.never, rule: 0 });
    expect(rules.read(not)).toMatchObject({ rule: -1 });
    expect(rules.read(not).outcome).not.toBe(Outcome.never);
  });

  it('is by the first that fits, and by its status where none does', () => {
    const rules = reader('outcomes: [{ when: { status: 429 }, is: banned }, { when: { status: 4xx }, is: refused }]');
    expect(rules.read(answer(429))).toMatchObject({ outcome: Outcome.banned, rule: 0 });
    expect(rules.read(answer(400))).toMatchObject({ outcome: Outcome.refused, rule: 1 });
    expect(rules.read(answer(200))).toMatchObject({ outcome: Outcome.admitted, rule: -1 });
    expect(rules.read(answer(503))).toMatchObject({ outcome: Outcome.serverError, rule: -1 });
    expect(rules.read(answer(302))).toMatchObject({ outcome: Outcome.unclear, rule: -1 });
  });

  it('with a code that no rule knows is no admission where the body tells what is one', () => {
    const rules = reader('outcomes: [{ when: { status: 200, body: { /code: 0 } }, is: admitted }]');
    expect(rules.read(answer(200, '{"code":0}')).outcome).toBe(Outcome.admitted);
    expect(rules.read(answer(200, '{"code":9}')).outcome).toBe(Outcome.unclear);
    expect(rules.read(answer(201, '{"code":9}')).outcome).toBe(Outcome.admitted);
    const byHeader = reader('outcomes: [{ when: { header: { x-ok: 1 } }, is: admitted }]');
    expect(byHeader.read(answer(200)).outcome).toBe(Outcome.unclear);
    // What is no success by its status stays what it is, and rules about refusals alone leave a success one.
    const anyStatus = reader('outcomes: [{ when: { body: { /code: 0 } }, is: admitted }]');
    expect(anyStatus.read(answer(429, '{"code":9}')).outcome).toBe(Outcome.throttled);
    const refusals = reader('outcomes: [{ when: { status: 200, body: { /code: 1 } }, is: throttled }]');
    expect(refusals.read(answer(200, '{"code":9}')).outcome).toBe(Outcome.admitted);
  });

  it.each([
    { wait: '{ header: retry-after }', headers: { 'retry-after': '3' }, ms: 3000 },
    { wait: '{ header: x, unit: ms }', headers: { x: '1.2' }, ms: 2 },
    { wait: '{ header: x, unit: us }', headers: { x: '1001' }, ms: 2 },
    { wait: '{ header: x, unit: epoch-s }', headers: { x: '1002' }, ms: 2000 },
    { wait: '{ header: x, unit: epoch-ms }', headers: { x: '1000007' }, ms: 7 },
    { wait: '{ header: x, unit: epoch-ms }', headers: { x: '999000' }, ms: 0 },
    { wait: '{ body: /w, unit: ms }', headers: { 'retry-after': '4' }, ms: 12 },
    { wait: '{ body: /absent }', headers: { 'retry-after': '4' }, ms: 4000 },
    { wait: '{ header: x }', headers: { x: 'Wed, 21 Oct' }, ms: -1 },
    { wait: '{ header: x }', headers: { x: '9999999999999999' }, ms: 2_147_483_647 },
  ])('tells by $wait to come back after $ms ms', ({ wait, headers, ms }) => {
    const rules = reader(`outcomes: [{ when: { status: 429 }, is: throttled, retryAfter: ${wait} }]`);
    expect(rules.read(answer(429, '{"w":12}', headers)).retryAfterMs).toBe(ms);
  });

  it('tells which limit spoke', () => {
    const fixed = reader('outcomes: [{ when: { status: 429 }, is: throttled, limit: orders }]');
    expect(fixed.read(answer(429)).limit).toBe('orders');
    const read = reader(
      'outcomes: [{ when: { status: 429 }, is: throttled, limit: { header: x, names: { A: orders } } }]',
    );
    expect(read.read(answer(429, '', { x: 'A' })).limit).toBe('orders');
    expect(read.read(answer(429, '', { x: 'weight' })).limit).toBe('weight');
    expect(read.read(answer(429, '', { x: 'constructor' })).limit).toBe('constructor');
    expect(read.read(answer(429)).limit).toBe('');
  });

  it('that did not come from the limiter says nothing of it', () => {
    const rules = reader(`outcomes: [{ when: { status: 429 }, is: throttled, limit: a }]
answeredBy:
  limiter: [{ header: { x-limiter: { there: true } } }]
  others: [{ name: edge, when: { header: { server: edge } } }]`);
    const own = { 'x-limiter': '1' };
    expect(rules.read(answer(429, '', own))).toMatchObject({ outcome: Outcome.throttled, other: '', limit: 'a' });
    expect(rules.read(answer(429))).toMatchObject({ outcome: Outcome.unclear, isUnmarked: true, limit: '' });
    expect(rules.read(answer(429, '', { ...own, server: 'edge' }))).toMatchObject({
      outcome: Outcome.unclear,
      other: 'edge',
      isUnmarked: false,
    });
    expect(rules.read(answer(429, '', { server: 'edge' }))).toMatchObject({ other: 'edge', isUnmarked: false });
    // Whoever refuses a signed request without the mark is not known.
    expect(rules.read({ ...answer(403), isSigned: true })).toMatchObject({
      outcome: Outcome.unclear,
      isUnmarked: true,
    });
    expect(rules.read(answer(200, '', { server: 'edge' })).outcome).toBe(Outcome.unclear);
    expect(rules.read(answer(200))).toMatchObject({ outcome: Outcome.admitted, isUnmarked: false });
    expect(rules.read(answer(502, '', { server: 'edge' })).outcome).toBe(Outcome.serverError);
  });
});

describe('holders', () => {
  const registered = [
    { account: 'a', password: '1', keyId: 'ka', secret: 's' },
    { account: 'b', password: '2', keyId: '', secret: '' },
  ];
  const key = { ...nobody, keyId: 'k', secret: 'hush-1' };
  const person = { ...nobody, account: 'p', password: 'hush-2' };

  it('are dealt by what is needed of them', () => {
    expect(dealHolders({ registered, logsIn: false }, [key])).toEqual({ a: key });
    const second = { ...person, account: 'q' };
    expect(dealHolders({ registered, logsIn: true }, [key, person, second])).toEqual({
      a: { ...key, account: 'p', password: 'hush-2' },
      b: second,
    });
    const neverLogIn = new Set(['a']);
    expect(dealHolders({ registered, logsIn: true, neverLogIn }, [key, person])).toEqual({ a: key, b: person });
    expect(() => dealHolders({ registered, logsIn: true }, [key, person])).toThrow(
      'needs 2 accounts to log in with, the adapter has 1',
    );
    expect(() => dealHolders({ registered, logsIn: false }, [person])).toThrow('needs 1 keys, the adapter has 0');
  });

  it('are taken out of texts in every form in which they travel', () => {
    const secrets = secretsOf({ holders: { a: { ...nobody, secret: 'hu/sh+' } }, environment: { X_Y: 'hu/sh+more' } });
    const text = `hu/sh+more ${encodeURIComponent('hu/sh+')} ${Buffer.from('hu/sh+').toString('base64')}`;
    expect(redacted(text, secrets)).toBe('[secret] [secret] [secret]');
  });
});

describe('the memory of orders', () => {
  it('is bounded: the oldest are forgotten', () => {
    const memory = new OrderMemory();
    for (let id = 0; id <= 65_536; id++) memory.placed(1, String(id), { symbol: 'S' });
    expect(memory.of(1, '0')).toEqual({});
    expect(memory.of(1, '1')).toEqual({ symbol: 'S' });
    expect(memory.of(2, '1')).toEqual({});
  });
});
