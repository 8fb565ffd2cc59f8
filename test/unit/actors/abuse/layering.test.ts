import { describe, expect, it } from 'vitest';
import type { Answered, FollowUp, Intent } from '../../../../harness/actors/actor.js';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { answered, classOf, placed, type Stage, setStage, throttled } from '../stage.js';

const params = { layers: 3, moves: 2, moveEveryUs: 10_000 };

/** All requests of one arrival, each with the wait before it; layers get the ids order-1, order-2 ... */
function chain(
  stage: Stage,
  answer: (intent: Intent, count: number) => Answered,
): { intent: Intent; afterUs: number }[] {
  const sent = [{ intent: stage.arrive(), afterUs: 0 }];
  for (let last = sent[0]; last !== undefined && sent.length < 100; ) {
    const next: FollowUp | null = stage.behaviour.onOutcome(last.intent, answer(last.intent, sent.length), 0);
    if (next === null) break;
    sent.push(next);
    last = next;
  }
  return sent;
}

const bodyOf = ({ intent }: { intent: Intent }) => JSON.parse(intent.body ?? '{}');

describe('layering', () => {
  it('puts up layers, moves each in turn, cancels them all and trades on the other side', () => {
    const stage = setStage('layering', { params });
    const sent = chain(stage, (_intent, count) => placed(`order-${count}`));
    const layers = ['order-1', 'order-2', 'order-3'];
    expect(sent.map(({ intent }) => `${intent.method} ${intent.path}`)).toEqual([
      ...layers.map(() => 'POST /v1/orders'),
      ...[...layers, ...layers].map((id) => `PUT /v1/orders/${id}`),
      ...layers.map((id) => `DELETE /v1/orders/${id}`),
      'POST /v1/orders',
    ]);
    expect(sent.map(({ afterUs }) => afterUs)).toEqual([
      0, 1_000, 1_000, 3_334, 3_334, 3_334, 3_334, 3_334, 3_334, 1_000, 1_000, 1_000, 1_000,
    ]);
    const walls = sent.slice(0, 3).map(bodyOf);
    expect(new Set(walls.map(({ side, symbol }) => `${side} ${symbol}`)).size).toBe(1);
    const trade = bodyOf(sent[12] as { intent: Intent });
    expect(trade).toMatchObject({ symbol: walls[0].symbol, type: 'market' });
    expect(trade.side).not.toBe(walls[0].side);
  });

  it('has layers that are 30 to 130 times as large as orders of the crowd, and trades a little on the other side', () => {
    const stage = setStage('layering', { params: { ...params, layers: 2, moves: 1 } });
    const ofBitcoin: number[] = [];
    for (let count = 0; count < 600; count += 1) {
      const bodies = chain(stage, (_intent, number) => placed(`order-${number}`)).map(bodyOf);
      const [first, trade] = [bodies[0], bodies.at(-1)];
      expect(trade.side).toBe(first.side === 'buy' ? 'sell' : 'buy');
      for (const { quantity } of [...bodies.slice(0, 2), trade]) expect(quantity).toMatch(/^(?:0|[1-9]\d*)\.\d{4}$/);
      if (first.symbol !== 'BTC-USDT') continue;
      // Half a bitcoin is the most that one of the crowd trades.
      expect(Number(trade.quantity)).toBeLessThanOrEqual(0.5);
      ofBitcoin.push(...bodies.slice(0, 4).map(({ quantity }) => Number(quantity)));
    }
    ofBitcoin.sort((a, b) => a - b);
    expect(ofBitcoin.length).toBeGreaterThan(100);
    expect(ofBitcoin[ofBitcoin.length >> 1]).toBeGreaterThan(30 * 0.25 * 1.5);
    expect(ofBitcoin.at(-1)).toBeGreaterThan(100 * 0.5);
    expect(ofBitcoin.at(-1)).toBeLessThanOrEqual(130 * 0.5);
  });

  it('goes on with the layers that stand, and gives up when none does', () => {
    const stage = setStage('layering', { params });
    const some = chain(stage, (_intent, count) => (count === 2 ? throttled(5) : placed(`order-${count}`)));
    expect(some.filter(({ intent }) => classOf(intent) === 'order.cancel').map(({ intent }) => intent.path)).toEqual([
      '/v1/orders/order-1',
      '/v1/orders/order-3',
    ]);
    expect(some.filter(({ intent }) => classOf(intent) === 'order.amend')).toHaveLength(4);
    expect(chain(stage, () => throttled(5)).map(({ intent }) => intent.method)).toEqual(['POST', 'POST', 'POST']);
  });

  it('keeps the walls of its arrivals apart', () => {
    const stage = setStage('layering', { population: 2, params: { ...params, layers: 1, moves: 0 } });
    const [first, second] = stage.identities;
    const walls = [stage.arrive(first), stage.arrive(first), stage.arrive(second)];
    const cancels = walls.map(
      (wall, index) => stage.behaviour.onOutcome(wall, placed(`wall-${index}`), 0)?.intent.path,
    );
    expect(cancels).toEqual(['/v1/orders/wall-0', '/v1/orders/wall-1', '/v1/orders/wall-2']);
  });

  it('forgets a wall when its chain has ended', () => {
    const stage = setStage('layering', { params: { ...params, layers: 1, moves: 0 } });
    const sent = chain(stage, () => placed('order-1'));
    expect(stage.behaviour.onOutcome((sent[0] as { intent: Intent }).intent, placed('order-2'), 0)).toBeNull();
    const aborted = stage.arrive();
    expect(stage.behaviour.onOutcome(aborted, answered(Outcome.aborted), 0)).toBeNull();
    expect(stage.behaviour.onOutcome(aborted, placed('order-3'), 0)).toBeNull();
  });
});
