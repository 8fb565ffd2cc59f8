import { describe, expect, it } from 'vitest';
import { OrderStore } from '../../../harness/venue/order-store.js';
import { type FloorOrder, type FloorPlacing, TradingFloor } from '../../../harness/venue/trading-floor.js';
import { Dice } from '../../support/dice.js';

const buy = { symbol: 'BTC-USDT', side: 'buy', type: 'limit', price: '60000.5', quantity: '0.25' };
const sell = { ...buy, side: 'sell', price: '70000' };
const market = { symbol: 'BTC-USDT', side: 'buy', type: 'market', quantity: '0.01' };
const START = 1_000_000_000;
const BTC_START = Math.round(START / 65_000);

function aFloor(openPerAccountMax = 10, closedPerAccountMax = 3): TradingFloor {
  let count = 0;
  const orders = new OrderStore({ openPerAccountMax, newId: () => String(++count) });
  return new TradingFloor({ orders, closedPerAccountMax });
}

function placed(placing: FloorPlacing): FloorOrder {
  if (typeof placing === 'string') throw new Error(placing);
  return placing;
}

/** Free and locked of one asset. */
function held(floor: TradingFloor, asset: string, account = 'ann'): readonly [number, number] {
  const balance = floor.balances(account).find((one) => one.asset === asset);
  return [Number(balance?.free), Number(balance?.locked)];
}

describe('a trading floor', () => {
  it('holds what an open order would cost, and lets go of it when the order is cancelled', () => {
    const floor = aFloor();
    const { order } = placed(floor.place('ann', buy, 1));
    expect(held(floor, 'USDT')).toEqual([START - 15_000.125, 15_000.125]);
    placed(floor.place('ann', sell, 2));
    expect(held(floor, 'BTC')).toEqual([BTC_START - 0.25, 0.25]);
    expect(held(floor, 'USDT', 'bob')).toEqual([START, 0]);
    expect(floor.cancel('ann', order.orderId, 3)).toMatchObject({ state: 'cancelled', changedUs: 3 });
    expect(held(floor, 'USDT')).toEqual([START, 0]);
  });

  it('trades a market order at the last price, at once', () => {
    const floor = aFloor();
    expect(placed(floor.place('ann', market, 1))).toMatchObject({ state: 'filled', order: { price: '65000.00' } });
    expect(held(floor, 'USDT')).toEqual([START - 650, 0]);
    expect(held(floor, 'BTC')).toEqual([BTC_START + 0.01, 0]);
    placed(floor.place('ann', { ...market, side: 'sell', quantity: '0.02' }, 2));
    expect(held(floor, 'USDT')).toEqual([START + 650, 0]);
    expect(held(floor, 'BTC')).toEqual([BTC_START - 0.01, 0]);
    expect(floor.open('ann')).toEqual([]);
  });

  it('refuses to the last cell what an account cannot pay', () => {
    const floor = aFloor();
    const all = { ...buy, price: '1000', quantity: String(START / 1000) };
    expect(floor.place('ann', { ...all, quantity: `${START / 1000}.0001` }, 1)).toBe('insufficient-balance');
    const { order } = placed(floor.place('ann', all, 1));
    expect(floor.place('ann', { ...buy, price: '0.01', quantity: '0.0001' }, 2)).toBe('insufficient-balance');
    expect(floor.place('ann', market, 2)).toBe('insufficient-balance');
    // What it holds already is free for its own change.
    const same = { price: '1000', quantity: String(START / 1000) };
    expect(floor.amend('ann', order.orderId, same, 3)).toMatchObject({ state: 'open' });
    expect(floor.amend('ann', order.orderId, { ...same, price: '1000.01' }, 3)).toBe('insufficient-balance');
    expect(floor.place('ann', { ...sell, quantity: `${BTC_START}.0001` }, 4)).toBe('insufficient-balance');
  });

  it.each([
    { entry: { ...buy, symbol: 'NO-SUCH' }, fault: 'unknown-symbol' },
    { entry: { ...buy, symbol: 'BTCUSDT' }, fault: 'bad-order' },
    { entry: { ...buy, quantity: '0' }, fault: 'bad-order' },
    { entry: { ...buy, side: 'BUY' }, fault: 'bad-order' },
    { entry: { ...buy, price: '60000.001' }, fault: 'off-tick' },
    { entry: { ...buy, quantity: '0.00001' }, fault: 'off-lot' },
    { entry: { ...market, quantity: '0.00001' }, fault: 'off-lot' },
    { entry: null, fault: 'bad-order' },
  ])('$fault is what comes of $entry', ({ entry, fault }) => {
    expect(aFloor().place('ann', entry, 1)).toBe(fault);
  });

  it('takes zeros behind the last digit that counts', () => {
    expect(placed(aFloor().place('ann', { ...buy, price: '60000.50000000', quantity: '0.25000000' }, 1)).state).toBe(
      'open',
    );
  });

  it('amends nothing finer than tick and lot', () => {
    const floor = aFloor();
    const { order } = placed(floor.place('ann', buy, 1));
    expect(floor.amend('ann', order.orderId, { price: '1.001', quantity: '1' }, 2)).toBe('off-tick');
    expect(floor.amend('ann', order.orderId, { price: '1', quantity: '0.00001' }, 2)).toBe('off-lot');
    expect(floor.amend('ann', order.orderId, { price: '1', quantity: 'x' }, 2)).toBe('bad-order');
    expect(floor.amend('ann', order.orderId, { price: '2', quantity: '3' }, 2)).toMatchObject({
      order: { placedUs: 1, price: '2', quantity: '3' },
      changedUs: 2,
    });
    expect(held(floor, 'USDT')[1]).toBe(6);
  });

  it('knows nobody else by their orders', () => {
    const floor = aFloor();
    const { order } = placed(floor.place('ann', { ...buy, clientOrderId: 'mine' }, 1));
    expect(floor.cancel('bob', order.orderId, 2)).toBe('order-not-yours');
    expect(floor.amend('bob', order.orderId, { price: '1', quantity: '1' }, 2)).toBe('order-not-yours');
    expect([floor.find('bob', order.orderId), floor.named('bob', 'mine')]).toEqual([undefined, undefined]);
    expect(floor.find('ann', order.orderId)?.state).toBe('open');
  });

  it('finds an order by its name, an open one first, and lets no two open ones have it', () => {
    const floor = aFloor();
    const named = { ...buy, clientOrderId: 'mine' };
    const first = placed(floor.place('ann', named, 1));
    expect(floor.place('ann', named, 2)).toBe('duplicate-name');
    expect(placed(floor.place('bob', named, 2)).state).toBe('open');
    floor.cancel('ann', first.order.orderId, 3);
    expect(floor.named('ann', 'mine')).toMatchObject({ state: 'cancelled', order: { orderId: first.order.orderId } });
    const second = placed(floor.place('ann', named, 4));
    expect(floor.named('ann', 'mine')).toEqual(second);
    const third = placed(floor.place('ann', named, 5, false));
    expect(floor.named('ann', 'mine')).toEqual(third);
    expect([floor.named('ann', ''), floor.named('ann', 'other')]).toEqual([undefined, undefined]);
  });

  it('remembers the last that were closed, and lists by symbol', () => {
    const floor = aFloor();
    for (let count = 1; count <= 4; count++) placed(floor.place('ann', { ...market, quantity: `0.0${count}` }, count));
    placed(floor.place('ann', { ...buy, symbol: 'ETH-USDT', price: '3000' }, 5));
    placed(floor.place('ann', buy, 6));
    expect(floor.closed('ann').map(({ order }) => order.quantity)).toEqual(['0.02', '0.03', '0.04']);
    expect(floor.closed('ann', 'ETH-USDT')).toEqual([]);
    expect(floor.open('ann').map(({ order }) => order.symbol)).toEqual(['ETH-USDT', 'BTC-USDT']);
    expect(floor.open('ann', 'BTC-USDT')).toHaveLength(1);
    expect([floor.find('ann', '1'), floor.find('ann', '2')?.state]).toEqual([undefined, 'filled']);
  });

  it('has room for as many open orders as the store has', () => {
    const floor = aFloor(1);
    placed(floor.place('ann', buy, 1));
    expect(floor.place('ann', buy, 2)).toBe('too-many-open-orders');
    expect(floor.open('ann')).toHaveLength(1);
  });

  it('neither makes nor loses money, whatever is done', () => {
    const dice = new Dice(11);
    const floor = aFloor(50, 50);
    let traded = 0;
    for (let step = 0; step < 300; step++) {
      const side = dice.one(['buy', 'sell']);
      const quantity = `0.${String(dice.between(1, 9999)).padStart(4, '0')}`;
      if (dice.chance(0.5)) {
        const filled = floor.place('ann', { ...market, side, quantity }, step);
        if (typeof filled !== 'string') traded += Math.round(Number(quantity) * 10_000) * (side === 'buy' ? 1 : -1);
      } else {
        floor.place('ann', { ...buy, side, quantity }, step);
        const open = floor.open('ann');
        const [one] = open;
        if (one !== undefined && dice.chance(0.5)) floor.cancel('ann', one.order.orderId, step);
      }
    }
    for (const { order } of floor.open('ann')) floor.cancel('ann', order.orderId, 1000);
    expect(held(floor, 'BTC')).toEqual([(BTC_START * 10_000 + traded) / 10_000, 0]);
    expect(held(floor, 'USDT')).toEqual([(START * 10 - traded * 65) / 10, 0]);
  });
});
