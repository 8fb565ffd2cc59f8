import { describe, expect, it } from 'vitest';
import { fromOpenApi } from '../../../harness/convert/from-openapi.js';
import { classOf } from '../../../harness/convert/openapi-operations.js';
import { FloodproofError } from '../../../harness/errors.js';
import { readAdapter } from '../../../harness/scenario/adapter-file.js';
import { readPolicy } from '../../../harness/scenario/policy.js';
import { readScenario } from '../../../harness/scenario/scenario.js';
import { readYaml } from '../../../harness/scenario/yaml-source.js';

type Tree = Readonly<Record<string, unknown>>;

interface PolicyData {
  readonly limits: readonly unknown[];
  readonly auth: { readonly profile: string };
}

interface AdapterData {
  readonly sign?: unknown;
  readonly headers?: unknown;
  readonly values?: unknown;
  readonly outcomes?: unknown;
  readonly calls: Readonly<Record<string, Tree>>;
  readonly credentials: { readonly environment: readonly unknown[] };
}

/** Makes the files, holds each against its own reader, and gives them back as data. */
function made(document: Tree | string) {
  const result = fromOpenApi('api.yaml', typeof document === 'string' ? document : JSON.stringify(document));
  const texts = new Map(result.files.map(({ name, text }) => [name, text]));
  const [policy = '', adapter = ''] = [texts.get('policy.yaml'), texts.get('adapter.yaml')];
  expect(readPolicy('policy.yaml', policy).faults).toEqual([]);
  expect(readAdapter('adapter.yaml', adapter, (path) => path).faults).toEqual([]);
  const reader = { read: (path: string) => texts.get(path) ?? '', resolve: (_from: string, path: string) => path };
  for (const name of texts.keys()) {
    if (name === 'policy.yaml' || name === 'adapter.yaml') continue;
    expect(readScenario(reader, name).faults, name).toEqual([]);
  }
  const data = (text: string): unknown => readYaml('x', text).source?.value;
  return {
    ...result,
    policy: data(policy) as PolicyData,
    adapter: data(adapter) as AdapterData,
    texts,
    said: result.unsaid.join('\n'),
  };
}

function faultsOf(text: string): readonly string[] {
  try {
    fromOpenApi('api.yaml', text);
  } catch (error) {
    if (!(error instanceof FloodproofError)) throw error;
    return [error.code, ...error.faults.map(({ line, column, message }) => `${line}:${column} ${message}`)];
  }
  return [];
}

const fine = { responses: { '200': { description: 'fine' } } };
const api = (more: Tree) => ({ openapi: '3.0.3', info: { title: 'Shop API', version: '1' }, ...more });

describe('the class of an operation', () => {
  it.each([
    ['post', '/v1/login', '', 'login'],
    ['post', '/auth/token', '', 'login'],
    ['get', '/auth/token', '', null],
    ['post', '/orders', 'createOrder', 'order.place'],
    ['post', '/orders/cancel', '', 'order.cancel'],
    ['delete', '/orders/{id}', '', 'order.cancel'],
    ['put', '/orders/{id}', '', 'order.amend'],
    ['patch', '/orders/{id}', '', 'order.amend'],
    ['get', '/orders', '', 'order.list'],
    ['get', '/orders/{id}', '', null],
    ['post', '/orders/batch', '', null],
    ['get', '/orderbook/{symbol}', '', 'book'],
    ['get', '/account/balances', '', 'account'],
    ['get', '/x', 'getTicker', 'ticker'],
    ['get', '/time', '', 'time'],
    ['get', '/exchange-info', '', 'markets'],
    ['get', '/things', '', null],
  ] as const)('of %s %s %s is %s', (method, path, id, wanted) => {
    const operation = { method, path, id, tags: [], about: '', parameters: [], node: null as never };
    expect(classOf(operation)).toBe(wanted);
  });
});

describe('limits that a document tells', () => {
  const told = (operation: Tree, more: Tree = {}) => {
    const paths = { '/orders': { post: { ...fine, requestBody: {}, ...operation } }, '/price': { get: fine } };
    return made(api({ paths, ...more }));
  };

  it.each([
    [
      { 'x-ratelimit': { limit: 10, window: '1m', algorithm: 'fixed-window' } },
      { family: 'fixed-window', capacity: 10, window: '60s' },
    ],
    [{ 'x-rateLimit': { requests: 5, per: 'second' } }, { family: 'token-bucket', capacity: 10, refill: '5 per 1s' }],
    [{ 'x-rate-limit': '100 per minute' }, { family: 'token-bucket', capacity: 200, refill: '100 per 60s' }],
    [
      { 'x-ratelimit-limit': 7, 'x-ratelimit-window': 10 },
      { capacity: 14, refill: '7 per 10s' },
    ],
    [
      { 'x-rate-limit': { limit: 3, window: 1, burst: 9 } },
      { family: 'token-bucket', capacity: 9, refill: '3 per 1s' },
    ],
    [
      { 'x-rate-limit': { limit: 3, window: 1, algorithm: 'sliding-window' } },
      { family: 'sliding-counter', capacity: 3 },
    ],
    [
      { 'x-amazon-apigateway-usage': { throttle: { rateLimit: 50, burstLimit: 200 } } },
      { capacity: 200, refill: '50 per 1s' },
    ],
    [{ description: 'At most 30 orders per 10 seconds.' }, { capacity: 60, refill: '30 per 10s' }],
    [{ responses: { '429': { description: 'more than 4 requests a minute' } } }, { capacity: 8, refill: '4 per 60s' }],
    [
      { responses: { '200': { description: '', headers: { 'RateLimit-Policy': { example: '"d";q=12;w=60' } } } } },
      { capacity: 24, refill: '12 per 60s' },
    ],
  ])('%j becomes %j', (operation, limit) => {
    const { policy, texts } = told(operation);
    expect(policy.limits).toMatchObject([{ match: ['order.place'], by: 'ip', ...limit }]);
    expect(texts.get('policy.yaml')).toMatch(/# line 1: /);
  });

  it.each([
    [{ description: 'Orders are 5 per page.' }],
    [{ 'x-ratelimit': { limit: 0, window: 1 } }],
    [{ 'x-ratelimit': { limit: 5 } }],
    [{ 'x-ratelimit': { limit: 5, window: 'moon' } }],
  ])('%j is none', (operation) => {
    const { policy, said } = told(operation);
    expect(policy.limits).toMatchObject([{ name: 'nothing-told' }]);
    expect(said).toContain('no limit is told anywhere');
    expect(said).toContain('order-flood.yaml: no limit of the policy is for order.place');
  });

  it('of the whole hold for what has none of its own', () => {
    const { policy, said } = told(
      { 'x-ratelimit': { limit: 1, window: 1, by: 'ip' } },
      { 'x-ratelimit': { limit: 9, window: 1 } },
    );
    expect(policy.limits).toMatchObject([
      { match: ['ticker'], capacity: 18 },
      { match: ['order.place'], capacity: 2 },
    ]);
    expect(said).toContain('does not say by what it counts');
    expect(said).toContain('does not say which kind of limit it is');
  });

  it('without a number are listed', () => {
    expect(told({ responses: { '429': { description: 'slow down' } } }).said).toContain(
      'POST /orders answers 429, but no number is told',
    );
  });
});

describe('how an API wants to be proved to', () => {
  const secured = (scheme: Tree, more: Tree = {}) => {
    const paths = {
      '/orders': { post: { ...fine, requestBody: {}, security: [{ mine: [] }], ...more } },
      '/price': { get: fine },
    };
    return made(api({ paths, components: { securitySchemes: { mine: scheme } } }));
  };

  it('by a bearer token', () => {
    const { adapter, policy } = secured({ type: 'http', scheme: 'bearer' });
    expect(adapter.sign).toEqual({ profile: 'bearer' });
    expect(adapter.credentials.environment).toEqual([
      { keyId: 'SHOP_API_KEY_1', secret: 'SHOP_API_SECRET_1' },
      { keyId: 'SHOP_API_KEY_2', secret: 'SHOP_API_SECRET_2' },
    ]);
    expect(policy.auth).toEqual({ profile: 'bearer', signed: ['order.place'] });
  });

  it('by a key in a header or in the query', () => {
    const header = secured({ type: 'apiKey', in: 'header', name: 'X-API-Key' });
    expect(header.adapter).toMatchObject({ sign: 'none', headers: { 'x-api-key': '{keyId}' } });
    expect(header.adapter.credentials.environment[0]).toEqual({ keyId: 'SHOP_API_KEY_1' });
    const query = secured({ type: 'apiKey', in: 'query', name: 'key' });
    expect(query.adapter.calls['order.place']?.query).toEqual({ key: '{keyId}' });
  });

  it('by HTTP Basic, of which a person has to say the value', () => {
    const { adapter, said } = secured({ type: 'http', scheme: 'basic' });
    expect(adapter.headers).toEqual({ authorization: '{env:API_BASIC}' });
    expect(said).toContain('HTTP Basic');
  });

  it.each([
    ['X-MBX-APIKEY', 'binance'],
    ['X-BAPI-SIGN', 'bybit'],
    ['OK-ACCESS-SIGN', 'okx'],
    ['CB-ACCESS-SIGN', 'coinbase-exchange'],
    ['API-Sign', 'kraken'],
  ])('by the header %s is the profile %s', (name, profile) => {
    expect(secured({ type: 'apiKey', in: 'header', name }).adapter.sign).toEqual({ profile });
  });

  it('by a signature of its own is for a person to say', () => {
    const hint = { name: 'X-Signature', in: 'header', required: true, schema: { type: 'string' } };
    const { adapter, policy, said, texts } = secured(
      { type: 'apiKey', in: 'header', name: 'X-Key' },
      { parameters: [hint] },
    );
    expect(adapter.sign).toBeUndefined();
    expect(policy.auth.profile).toBe('hmac-lines');
    expect(said).toContain('how requests are signed (the parameter X-Signature)');
    expect(texts.get('adapter.yaml')).toContain('# say here how requests are signed');
  });
});

describe('what is written of parameters and bodies', () => {
  it('is our field where a name means one, an example where not, and a person’s word where neither is', () => {
    const schema = {
      type: 'object',
      required: ['symbol', 'note', 'shop', 'flag'],
      properties: {
        symbol: { type: 'string', example: 'btcusdt' },
        side: { type: 'string', enum: ['Buy', 'Sell'] },
        quantity: { type: 'number' },
        note: { type: 'string', example: 'a {brace}' },
        shop: { type: 'string' },
        flag: { type: 'boolean' },
        optional: { type: 'string' },
      },
    };
    const post = { ...fine, requestBody: { content: { 'application/json': { schema } } } };
    const { adapter, said } = made(api({ paths: { '/shops/{shopId}/orders': { post } } }));
    expect(adapter.calls['order.place']).toEqual({
      method: 'POST',
      path: '/shops/1/orders',
      json: {
        symbol: '{symbol}',
        side: '{side}',
        quantity: '{quantity:number}',
        note: 'a {{brace}}',
        shop: 'SAY-HERE',
        flag: false,
      },
    });
    expect(adapter.values).toEqual({
      symbol: { remove: '-', case: 'lower' },
      side: { map: { buy: 'Buy', sell: 'Sell' } },
    });
    expect(said).toContain('what "shop" is to hold');
    expect(said).toContain('"shopId"');
  });

  it('joins allOf, takes the first of oneOf, and ends in schemas that hold themselves', () => {
    const components = {
      schemas: {
        Node: {
          type: 'object',
          properties: { next: { $ref: '#/components/schemas/Node' }, price: { type: 'string' } },
        },
        Order: { allOf: [{ $ref: '#/components/schemas/Node' }, { properties: { qty: { type: 'integer' } } }] },
      },
    };
    const content = { 'application/json': { schema: { oneOf: [{ $ref: '#/components/schemas/Order' }] } } };
    const post = { ...fine, requestBody: { content } };
    expect(made(api({ paths: { '/orders': { post } }, components })).adapter.calls['order.place']?.json).toEqual({
      price: '{price}',
      qty: '{quantity:number}',
    });
  });

  it('takes the costliest write and an open read where nothing is called an order or a price, and says so', () => {
    const paths = {
      '/reports': { post: { ...fine, requestBody: {} } },
      '/health': { get: fine },
      '/a/{id}': { get: fine },
    };
    const { adapter, said, files } = made(api({ paths }));
    expect(Object.keys(adapter.calls)).toEqual(['ticker', 'order.place']);
    expect(said).toContain('POST /reports: nothing here is called an order');
    expect(said).toContain('1 operation is not used');
    expect(files.map(({ name }) => name)).toEqual([
      'policy.yaml',
      'adapter.yaml',
      'order-flood.yaml',
      'scrape.yaml',
      'calm.yaml',
    ]);
  });

  it('reads another status that says too many', () => {
    const post = {
      requestBody: {},
      responses: { '503': { description: 'rate limit exceeded' }, '403': { description: 'banned' } },
    };
    expect(made(api({ paths: { '/orders': { post } } })).adapter.outcomes).toEqual([
      { when: { status: 403 }, is: 'banned' },
      { when: { status: 503 }, is: 'throttled' },
    ]);
  });
});

describe('a document that cannot be read', () => {
  it.each([
    ['swagger: "2.0"\npaths: { /a: {} }', '1:10 is a Swagger 2 document; OpenAPI 3.0 and 3.1 are read'],
    ['openapi: 4.0.0\npaths: { /a: {} }', '1:10 openapi: must be a version 3.0 or 3.1 as text, got "4.0.0"'],
    ['openapi: 3.1.0', '1:1 paths: must be a mapping with at least one path'],
    ['openapi: 3.1.0\npaths: { a: {} }', '2:13 paths: "a" must begin with /'],
    ['openapi: 3.1.0\npaths: { /a: 5 }', '2:14 paths: "/a" must be a mapping of methods'],
    ['openapi: 3.1.0\npaths: { /a: { get: [] } }', '2:21 paths: get of "/a" must be a mapping'],
    [
      'openapi: 3.1.0\npaths: { /a: { $ref: "http://x/y" } }',
      '2:22 the reference "http://x/y" leads out of this document, and is not followed',
    ],
    ['openapi: 3.1.0\npaths: { /a: { $ref: "#/b" } }', '2:22 there is nothing at "#/b"'],
    [
      'openapi: 3.1.0\npaths: { /a: { $ref: "#/b" } }\nb: { $ref: "#/b" }',
      '2:22 the reference "#/b" leads back to itself',
    ],
    ['{', '1:1 '],
  ])('%j', (text, fault) => {
    const [code, ...faults] = faultsOf(text);
    expect(code).toBe('FP_FILE_INVALID');
    expect(faults.some((one) => one.startsWith(fault) || fault === '1:1 ')).toBe(true);
  });

  it('has all of its faults told at once, and one without use says so', () => {
    expect(faultsOf('openapi: 2\npaths: { a: 5, /b: { $ref: "x.yaml" } }')).toHaveLength(5);
    expect(faultsOf('openapi: 3.1.0\npaths:\n  /a/{b}: { get: {} }')).toEqual(['FP_CONVERT_EMPTY']);
  });
});
