import { describe, expect, it } from 'vitest';
import { fileReader } from '../../../../harness/cli/file-reader.js';
import { decisionNames } from '../../../../harness/core/spec.js';
import { type FaceRefusal, type FaceRequest, faceNames } from '../../../../harness/gateway/faces/face.js';
import { faceOf } from '../../../../harness/gateway/faces/faces.js';
import { requestClasses } from '../../../../harness/scenario/plan.js';
import { loadPolicy } from '../../../../harness/scenario/policy.js';

const request: FaceRequest = { method: 'POST', path: '/x', headers: {}, params: {}, list: null };
const refusals = decisionNames
  .filter((decision) => decision !== 'admitted')
  .flatMap((decision) =>
    (['ip', 'account', 'key'] as const).map(
      (by): FaceRefusal => ({
        request,
        decision,
        limit: 'some-limit',
        by: [by],
        capacity: 10,
        windowMs: 60_000,
        retryAfterMs: 1500,
        requestClass: 'order.place',
        nowMs: 1_700_000_000_000,
      }),
    ),
  );

describe.each(faceNames)('the face of %s', (name) => {
  const face = faceOf(name);

  it('has its own name, and a policy whose requests its clients can sign', () => {
    expect(face.name).toBe(name);
    const policy = loadPolicy(fileReader, `scenarios/policies/${face.policy}`);
    expect(policy.auth?.profile).toBe(face.profile);
  });

  it('has a signature for every class that is about an account, and none for market data', () => {
    const { auth } = loadPolicy(fileReader, `scenarios/policies/${face.policy}`);
    const served = new Set(face.routes.map(({ requestClass }) => requestClass));
    for (const [classId, requestClass] of requestClasses.entries()) {
      if (!served.has(requestClass)) continue;
      const isOwn = requestClass === 'account' || requestClass.startsWith('order.');
      expect([requestClass, auth?.signed[classId]]).toEqual([requestClass, isOwn]);
    }
  });

  it('serves no path twice, and a public one that tells the time', () => {
    const paths = face.routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(paths).size).toBe(paths.length);
    expect(face.routes.some(({ method, requestClass }) => method === 'GET' && requestClass === 'time')).toBe(true);
  });

  it('gives every order an id of its own', () => {
    const { orderId } = face;
    if (orderId === undefined) return;
    const ids = Array.from({ length: 2000 }, (_, count) => orderId(count + 1));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });

  it('has words for every refusal, and no header that could be split', () => {
    for (const refusal of refusals) {
      const { status, body, headers = {} } = face.refuse(refusal);
      expect([status >= 200 && status < 600, body === '']).toEqual([true, false]);
      // Bybit's 403 is a text.
      if (status !== 403) expect(JSON.parse(body)).toBeTypeOf('object');
      for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]+$/);
    }
    expect(JSON.parse(face.unknown(request).body)).toBeTypeOf('object');
  });
});

describe('the words of Binance', () => {
  const binance = faceOf('binance');
  const window = { limit: 'request-weight', by: ['ip'] as const, windowMs: 60_000, capacity: 100, usedCells: 7 };
  const limits = { limit: '', capacity: 0, remaining: 0, resetMs: 0, nowMs: 0 };

  it('names its headers by the length of the window, and leaves out the count of raw requests', () => {
    const windows = [
      window,
      { ...window, limit: 'raw-requests', windowMs: 300_000 },
      { limit: 'orders-10s', by: ['account'] as const, windowMs: 10_000, capacity: 50, usedCells: 3 },
      { limit: 'orders-1d', by: ['account'] as const, windowMs: 86_400_000, capacity: 50, usedCells: 4 },
      { limit: 'orders-2h', by: ['account'] as const, windowMs: 7_200_000, capacity: 50, usedCells: 5 },
    ];
    expect(binance.limitHeaders({ ...limits, windows })).toEqual({
      'x-mbx-used-weight': '7',
      'x-mbx-used-weight-1m': '7',
      'x-mbx-order-count-10s': '3',
      'x-mbx-order-count-1d': '4',
      'x-mbx-order-count-2h': '5',
    });
  });

  it.each([
    { params: {}, headers: {}, code: -2014 },
    { params: { timestamp: '1', signature: 'x' }, headers: { 'x-mbx-apikey': '' }, code: -2014 },
    { params: { signature: 'x' }, headers: { 'x-mbx-apikey': 'k' }, code: -1102 },
    { params: { timestamp: '1' }, headers: { 'x-mbx-apikey': 'k' }, code: -1102 },
    { params: { timestamp: ['1', '2'], signature: 'x' }, headers: { 'x-mbx-apikey': 'k' }, code: -1101 },
    { params: { timestamp: '1', signature: 'x', recvWindow: '60001' }, headers: { 'x-mbx-apikey': 'k' }, code: -1131 },
    { params: { timestamp: '1', signature: 'x', recvWindow: '60000' }, headers: { 'x-mbx-apikey': 'k' }, code: -1102 },
  ])('tells what is missing: $code for $params', ({ params, headers, code }) => {
    const refusal = {
      ...(refusals[0] as FaceRefusal),
      decision: 'malformed',
      request: { ...request, params, headers },
    };
    expect(JSON.parse(binance.refuse(refusal).body)).toMatchObject({ code });
  });

  it.each([
    { by: ['ip'] as const, code: -1003 },
    { by: ['account'] as const, code: -1015 },
  ])('throttles by $by with $code and the whole seconds to wait', ({ by, code }) => {
    const { status, body, headers } = binance.refuse({ ...(refusals[0] as FaceRefusal), decision: 'throttled', by });
    expect([status, JSON.parse(body).code, headers?.['retry-after']]).toEqual([429, code, '2']);
  });

  it.each([
    { path: '/api/v3/depth', params: { limit: '100' }, elements: 1 },
    { path: '/api/v3/depth', params: { limit: '101' }, elements: 5 },
    { path: '/api/v3/depth', params: { limit: '500' }, elements: 5 },
    { path: '/api/v3/depth', params: { limit: '1000' }, elements: 10 },
    { path: '/api/v3/depth', params: { limit: '5000' }, elements: 50 },
    { path: '/api/v3/ticker/24hr', params: { symbol: 'BTCUSDT' }, elements: 1 },
    { path: '/api/v3/ticker/24hr', params: {}, elements: 40 },
    { path: '/api/v3/ticker/24hr', params: { symbols: JSON.stringify(Array(21).fill('X')) }, elements: 20 },
    { path: '/api/v3/ticker/24hr', params: { symbols: JSON.stringify(Array(20).fill('X')) }, elements: 1 },
    { path: '/api/v3/ticker/price', params: {}, elements: 2 },
    { path: '/api/v3/openOrders', params: {}, elements: 80 },
    { path: '/api/v3/openOrders', params: { symbol: 'BTCUSDT' }, elements: 6 },
    { path: '/api/v3/allOrders', params: {}, elements: 20 },
    { path: '/api/v3/order', params: {}, elements: 4 },
  ])('GET $path with $params counts as $elements', ({ path, params, elements }) => {
    const route = binance.routes.find((one) => one.method === 'GET' && one.path === path);
    expect(route?.elements?.({ ...request, params })).toBe(elements);
  });
});
