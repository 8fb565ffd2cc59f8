import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { placeOrder } from '../../harness/actors/api.js';
import { Outcome } from '../../harness/actors/outcome.js';
import { senderTo, wish } from './flights.js';
import { listen } from './listening.js';
import { outcomesOf, playAgainst, scenarioOf } from './played.js';

const order = placeOrder({
  symbol: 'BTC-USDT',
  side: 'buy',
  type: 'limit',
  price: '1',
  quantity: '1',
  clientOrderId: 'mine',
});

async function answering(body: string, headers: Record<string, string> = {}): Promise<string> {
  return (await listen(createServer((_request, response) => response.writeHead(200, headers).end(body)))).url;
}

describe('a server that answers 200 in an API of its own', () => {
  const wide = scenarioOf({
    phases: ['{ name: only, for: 500ms }'],
    actors: ['{ name: flooder, label: abuse, behaviour: order-flood, arrivals: { process: constant, rate: 100/s } }'],
    expect: ['abuse.leak <= 0'],
  });
  const limits = wide.policy.limits.map((limit) =>
    limit.family === 'token-bucket' ? { ...limit, capacity: 5, refillCells: 1 } : limit,
  );
  const flood = { ...wide, policy: { ...wide.policy, limits } };

  it.each(['{"code":1002,"msg":"too many requests"}', '<html>hello</html>'])(
    'and says %s to every order has admitted nothing that could be a leak',
    async (body) => {
      const run = await playAgainst(await answering(body), flood);
      expect(outcomesOf(run.rows)).toEqual({ unclear: run.rows.length });
      expect(run.document.leaks).toEqual([]);
    },
  );

  it('is convicted where it answers with an order', async () => {
    const run = await playAgainst(await answering('{"orderId":"o1"}'), flood);
    expect(outcomesOf(run.rows)).toEqual({ admitted: run.rows.length });
    expect(run.document.leaks).not.toEqual([]);
  });
});

describe('an answer that is marked by a gate', () => {
  it('is read by its mark, whatever its body says', async () => {
    const { send } = senderTo(await answering('{"code":1002}', { 'x-gate': 'admitted' }));
    expect((await send(wish(order)).concluded).outcome).toBe(Outcome.admitted);
  });

  it('whose mark is no word of a gate is read by its body', async () => {
    const { send } = senderTo(await answering('{"code":1002}', { 'x-gate': 'open' }));
    expect((await send(wish(order)).concluded).outcome).toBe(Outcome.unclear);
  });
});
