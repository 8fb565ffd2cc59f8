import Fastify, { type FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { ReceivedRequest } from '../../../../harness/gateway/faces/received-request.js';
import { keepRawBodies } from '../../../../harness/gateway/routes.js';

/** What a face reads of a request that a server has received. */
async function received(url: string, payload?: string, type = 'text/plain') {
  const app = Fastify();
  keepRawBodies(app);
  let seen: ReceivedRequest | null = null;
  const handler = async (request: FastifyRequest) => {
    seen = new ReceivedRequest(request);
    const { params, list, path, method } = seen;
    return { params, list, path, method };
  };
  app.post('/orders', handler);
  app.post('/orders/:id', handler);
  const answer = await app.inject({
    method: 'POST',
    url,
    ...(payload !== undefined && { payload, headers: { 'content-type': type } }),
  });
  return answer.json();
}

describe('what a face reads of a request', () => {
  it('is the query, decoded, and the path without it', async () => {
    expect(await received('/orders?a=1&b=x%20y&b=z')).toEqual({
      method: 'POST',
      path: '/orders',
      params: { a: '1', b: ['x y', 'z'] },
      list: null,
    });
  });

  it('is a form or JSON, by how the body begins and whatever type it is said to be', async () => {
    expect((await received('/orders', 'a=1&b=2')).params).toEqual({ a: '1', b: '2' });
    expect((await received('/orders', ' {"a":1}', 'application/x-www-form-urlencoded')).params).toEqual({ a: 1 });
    expect(await received('/orders', '[1,{"a":2}]')).toMatchObject({ params: {}, list: [1, { a: 2 }] });
    expect(await received('/orders', '{"a":')).toMatchObject({ params: {}, list: null });
    expect((await received('/orders', 'null')).params).toEqual({ null: '' });
  });

  it('lets the path win over the query, and the query over the body', async () => {
    expect((await received('/orders/path?id=query&a=query', 'id=body&a=body&b=body')).params).toEqual({
      id: 'path',
      a: 'query',
      b: 'body',
    });
  });
});
