import { describe, expect, it } from 'vitest';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { SECOND_US } from '../example-plan.js';
import { answered, classOf, oddBodies, setStage, throttled } from '../stage.js';
import { chain, chains, ok, taken } from './chains.js';

const orders = { orderShare: 1 };

describe('a customer’s program', () => {
  it('looks at the ticker and orders, two of five times', () => {
    const stage = setStage('retail-bot');
    const firsts = Array.from({ length: 5_000 }, () => classOf(stage.arrive()));
    expect(new Set(firsts)).toEqual(new Set(['ticker', 'order.place']));
    expect(Math.abs(firsts.filter((name) => name === 'order.place').length - 2_000)).toBeLessThan(175);
  });

  it('places, amends and cancels as two to one to two', () => {
    const stage = setStage('retail-bot', { params: orders });
    const counts = new Map<string | undefined, number>();
    for (const { intents } of chains(stage, 4_000)) {
      for (const intent of intents) counts.set(classOf(intent), (counts.get(classOf(intent)) ?? 0) + 1);
    }
    expect(counts.get('order.place')).toBe(4_000);
    expect(counts.get('order.cancel')).toBe(4_000);
    expect(Math.abs((counts.get('order.amend') ?? 0) - 2_000)).toBeLessThan(160);
  });

  it('lets an order live for an exponential time with the median that it is told, with an amend in its middle', () => {
    const stage = setStage('retail-bot', { params: { ...orders, orderLifeUs: 30 * SECOND_US } });
    const lives: number[] = [];
    for (const { follows, moves, first } of chains(stage, 4_000)) {
      lives.push(follows.reduce((sum, { afterUs }) => sum + afterUs, 0));
      if (moves.includes('amend')) {
        expect(moves).toEqual(['place', 'amend', 'cancel']);
        expect(follows[0]?.afterUs).toBe(follows[1]?.afterUs);
        expect(follows[0]?.intent).toMatchObject({ method: 'PUT', kind: IntentKind.followUp, signed: true });
      } else expect(moves).toEqual(['place', 'cancel']);
      const path = `/v1/orders/order-${first.step.split('/')[1]}`;
      expect(follows.every(({ intent }) => intent.path === path)).toBe(true);
    }
    const shorter = (us: number) => lives.filter((life) => life < us).length / lives.length;
    expect(Math.abs(shorter(30 * SECOND_US) - 0.5)).toBeLessThan(0.04);
    expect(Math.abs(shorter(60 * SECOND_US) - 0.75)).toBeLessThan(0.035);
    expect(Math.max(...lives)).toBeLessThanOrEqual(300 * SECOND_US + 1);
  });

  it('amends at a price that fits the market of its order', () => {
    const stage = setStage('retail-bot', { params: { ...orders, amendShare: 1 } });
    for (const { intents } of chains(stage, 100)) {
      const [place, amend] = intents.map(({ body }) => JSON.parse(body ?? '{}'));
      expect(Math.abs(Number(amend.price) / Number(place.price) - 1)).toBeLessThan(0.12);
    }
  });

  it('leaves a share of its orders where they are', () => {
    const stage = setStage('retail-bot', { params: { ...orders, cancelShare: 0.25 } });
    const cancelled = chains(stage, 4_000).filter(({ moves }) => moves.at(-1) === 'cancel');
    expect(Math.abs(cancelled.length - 1_000)).toBeLessThan(140);
    expect(Math.abs(cancelled.filter(({ moves }) => moves.includes('amend')).length - 500)).toBeLessThan(95);
  });

  it('wants nothing more of a market order, which is filled at once', () => {
    const stage = setStage('retail-bot', { params: { ...orders, marketShare: 0.5 } });
    const all = chains(stage, 2_000);
    const market = all.filter(({ moves }) => moves[0] === 'market');
    expect(Math.abs(market.length - 1_000)).toBeLessThan(112);
    for (const { first, follows } of market) {
      expect(follows).toEqual([]);
      expect(JSON.parse(first.body ?? '')).toMatchObject({ type: 'market' });
      expect(JSON.parse(first.body ?? '')).not.toHaveProperty('price');
    }
  });

  it('lets go of an order that the answer does not name or the order book has turned down', () => {
    const stage = setStage('retail-bot', { params: orders });
    for (const body of oddBodies) {
      expect(chain(stage, () => answered(Outcome.admitted, { status: 201, body })).moves).toEqual(['place']);
    }
    const turnedDown = answered(Outcome.admitted, { status: 409, body: { orderId: 'order-1' } });
    expect(chain(stage, () => turnedDown).moves).toEqual(['place']);
  });

  it('cancels an order at the end of its life although its amend was throttled in the end', () => {
    const stage = setStage('retail-bot', { params: { ...orders, amendShare: 1 } });
    const { moves, follows } = chain(stage, (intent) =>
      classOf(intent) === 'order.amend' ? throttled(9) : taken(intent),
    );
    expect([...new Set(moves)]).toEqual(['place', 'amend', 'cancel']);
    expect(follows.at(-1)?.afterUs).toBe(follows[0]?.afterUs);
  });

  it('does not cancel an order that is not there any more', () => {
    const stage = setStage('retail-bot', { params: { ...orders, amendShare: 1 } });
    const gone = answered(Outcome.admitted, { status: 403, reason: 'order-not-yours' });
    for (const answer of [gone, answered(Outcome.banned)]) {
      expect(chain(stage, (intent) => (classOf(intent) === 'order.amend' ? answer : taken(intent))).moves).toEqual([
        'place',
        'amend',
      ]);
    }
  });

  it('wants nothing more after a look at the ticker', () => {
    const stage = setStage('retail-bot', { params: { orderShare: 0 } });
    expect(chain(stage, () => ok).moves).toEqual(['ticker']);
  });
});
