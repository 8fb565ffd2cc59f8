import { describe, expect, it } from 'vitest';
import type { FaceName } from '../../harness/gateway/faces/face.js';
import { faceNames } from '../../harness/gateway/faces/face.js';
import { type CcxtExchange, type CcxtOrder, failureOf, headerOf } from '../support/ccxt-venue.js';
import { ccxtErrors, trader, venueStage } from './venue-gateway.js';

// Loaded before any test: a rejection that nobody waits for yet would be a failure of its own.
const errors = await ccxtErrors(['InsufficientFunds', 'RateLimitExceeded']);
const symbol = 'BTC/USDT';
const { start } = venueStage();

async function at(venue: FaceName): Promise<CcxtExchange> {
  return trader(await start(venue), venue, { options: { fetchOrder: { acknowledged: true } } });
}

function buy(exchange: CcxtExchange, price: number, params = {}): Promise<CcxtOrder> {
  return exchange.createOrder(symbol, 'limit', 'buy', 0.1, price, params);
}

describe.each(faceNames)('an order at a gateway in the clothes of %s', (venue) => {
  it('that must be filled at once or not at all does not rest', async () => {
    const exchange = await at(venue);
    const { id: resting } = await buy(exchange, 50_000);
    const { id } = await buy(exchange, 50_000, { timeInForce: 'IOC' });
    expect((await exchange.fetchOpenOrders(symbol)).map((order) => order.id)).toEqual([resting]);
    const { status, filled } = await exchange.fetchOrder(id, symbol);
    expect([venue === 'binance' ? 'expired' : 'canceled', 0]).toEqual([status, filled]);
    expect((await exchange.fetchBalance()).USDT).toMatchObject({ total: 1_000_000_000 });
  });

  it('that must not take rests, and gives its money back when it is cancelled', async () => {
    const exchange = await at(venue);
    const { id } = await buy(exchange, 50_000, { postOnly: true });
    expect((await exchange.fetchOpenOrders(symbol)).map((order) => order.id)).toEqual([id]);
    await exchange.cancelOrder(id, symbol);
    expect((await exchange.fetchBalance()).USDT).toMatchObject({ used: 0, total: 1_000_000_000 });
  });
});

describe.each(['binance', 'bybit', 'kraken', 'kucoin', 'okx'] as const)('a market order at %s', (venue) => {
  it('for a sum buys what the sum is worth', async () => {
    const exchange = await at(venue);
    await exchange.createMarketBuyOrderWithCost(symbol, 6_500);
    const { USDT, BTC } = await exchange.fetchBalance();
    expect([USDT?.total, BTC?.total]).toEqual([1_000_000_000 - 6_500, 15_385.1]);
  });
});

describe.each(['binance', 'bybit', 'deribit', 'kraken', 'kucoin'] as const)('all orders at %s', (venue) => {
  it('are cancelled together, those of one symbol', async () => {
    const exchange = await at(venue);
    await buy(exchange, 50_000);
    await buy(exchange, 51_000);
    await exchange.createOrder('ETH/USDT', 'limit', 'buy', 1, 3_000);
    await exchange.cancelAllOrders(symbol);
    expect(await exchange.fetchOpenOrders(symbol)).toEqual([]);
    // Kraken's method knows no symbol.
    expect(await exchange.fetchOpenOrders('ETH/USDT')).toHaveLength(venue === 'kraken' ? 0 : 1);
  });
});

describe.each(['bybit', 'kraken', 'kucoin', 'okx'] as const)('a batch of orders at %s', (venue) => {
  it('has an answer for each, and some may fail', async () => {
    const exchange = await at(venue);
    const wish = { symbol, type: 'limit', side: 'buy', amount: 0.1 };
    const placed = await exchange.createOrders([
      { ...wish, price: 50_000 },
      { ...wish, price: 51_000 },
    ]);
    const open = await exchange.fetchOpenOrders(symbol);
    expect(new Set(placed.map(({ id }) => id))).toEqual(new Set(open.map(({ id }) => id)));
    const mixed = [
      { ...wish, price: 50_000 },
      { ...wish, price: 60_000, amount: 90_000 },
    ];
    // Of Kraken's answers ccxt throws the first that tells of a failure.
    const [outcome] = await Promise.allSettled([exchange.createOrders(mixed)]);
    expect(outcome.status).toBe(venue === 'kraken' ? 'rejected' : 'fulfilled');
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(3);
  });
});

describe('a batch at Bybit', () => {
  it('changes and cancels several at once', async () => {
    const exchange = await at('bybit');
    const orders = [await buy(exchange, 50_000), await buy(exchange, 51_000), await buy(exchange, 52_000)];
    const [first, second] = orders.map(({ id }) => id);
    const request = [first, second].map((orderId) => ({ symbol: 'BTCUSDT', orderId, qty: '0.3' }));
    await exchange.request('v5/order/amend-batch', 'private', 'POST', { category: 'spot', request });
    expect((await exchange.fetchOpenOrders(symbol)).map(({ amount }) => amount).sort()).toEqual([0.1, 0.3, 0.3]);
    await exchange.cancelOrders([first ?? '', second ?? '', 'nothing'], symbol);
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(1);
    expect((await exchange.fetchCanceledOrders(symbol)).map(({ id }) => id).sort()).toEqual([first, second].sort());
  });

  it('counts as many as it has orders, and is refused when it has more than ten, or none that can be read', async () => {
    const gateway = await start('bybit', [['capacity: 20', 'capacity: 12']]);
    const exchange = await trader(gateway, 'bybit');
    const wish = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '1', price: '1' };
    const send = (request: unknown): Promise<unknown> =>
      exchange.request('v5/order/create-batch', 'private', 'POST', { category: 'spot', request });
    expect(await failureOf(send(Array(11).fill(wish)))).toContain('"retCode":10001');
    expect(await failureOf(send([[]]))).toContain('"retCode":10001');
    // Ten and one were counted; of twelve one is left.
    await expect(send([wish, wish])).rejects.toThrow(errors.RateLimitExceeded);
    await send([wish]);
  });
});

describe('an order at Binance', () => {
  it('is replaced by another in one request', async () => {
    const exchange = await at('binance');
    const { id } = await buy(exchange, 50_000);
    const other = await exchange.editOrder(id, symbol, 'limit', 'buy', 0.2, 51_000);
    expect(await exchange.fetchOpenOrders(symbol)).toMatchObject([{ id: other.id, amount: 0.2, price: 51_000 }]);
    await expect(exchange.editOrder(id, symbol, 'limit', 'buy', 0.2, 51_000)).rejects.toThrow('-2022');
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(1);
  });

  it('is told what of a replacement went wrong', async () => {
    const exchange = await at('binance');
    const replace = async (cancelOrderId: string, mode: string, quantity: string): Promise<unknown> => {
      const wish = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity, price: '1' };
      const params = { ...wish, cancelReplaceMode: mode, ...(cancelOrderId !== '' && { cancelOrderId }) };
      const failure = await failureOf(exchange.request('order/cancelReplace', 'private', 'POST', params));
      const { code, data } = JSON.parse(/\{.*\}/.exec(failure)?.[0] ?? '{}') as { code: number; data?: Row };
      return [code, data?.cancelResult, data?.newOrderResult];
    };
    type Row = Readonly<Record<string, unknown>>;
    const { id } = await buy(exchange, 50_000);
    expect(await replace('1', 'STOP_ON_FAILURE', '1')).toEqual([-2022, 'FAILURE', 'NOT_ATTEMPTED']);
    expect(await replace('1', 'ALLOW_FAILURE', '99999999999')).toEqual([-2022, 'FAILURE', 'FAILURE']);
    expect(await replace('1', 'ALLOW_FAILURE', '1')).toEqual([-2021, 'FAILURE', 'SUCCESS']);
    // Filters are looked at before anything is cancelled; balances are not.
    for (const quantity of ['0.00001', '0']) {
      expect(await replace(id, 'STOP_ON_FAILURE', quantity)).toEqual([-1013, undefined, undefined]);
    }
    expect((await exchange.fetchOrder(id, symbol)).status).toBe('open');
    expect(await replace(id, 'STOP_ON_FAILURE', '99999999999')).toEqual([-2021, 'SUCCESS', 'FAILURE']);
    expect(await replace(id, 'PERHAPS', '1')).toEqual([-1130, undefined, undefined]);
    expect(await replace('', 'ALLOW_FAILURE', '1')).toEqual([-1102, undefined, undefined]);
  });

  it('is tried with the filters of its market, and not placed', async () => {
    const exchange = await at('binance');
    const attempt = (params: object): Promise<string> => {
      const wish = {
        symbol: 'BTCUSDT',
        side: 'BUY',
        type: 'LIMIT',
        timeInForce: 'GTC',
        quantity: '1',
        price: '60000.50',
      };
      return failureOf(exchange.request('order/test', 'private', 'POST', { ...wish, ...params }));
    };
    expect(await attempt({})).toBe('no failure');
    expect(await attempt({ price: '60000.500' })).toBe('no failure');
    expect(await attempt({ price: '60000.501' })).toContain('PRICE_FILTER');
    expect(await attempt({ price: '0' })).toContain('-1013');
    expect(await attempt({ quantity: '1.0001' })).toBe('no failure');
    expect(await attempt({ quantity: '1.00001' })).toContain('LOT_SIZE');
    expect(await exchange.fetchOpenOrders(symbol)).toEqual([]);
  });

  it('has a time in force that the venue knows', async () => {
    const exchange = await at('binance');
    const wish = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'SOON', quantity: '1', price: '1' };
    expect(await failureOf(exchange.request('order', 'private', 'POST', wish))).toContain('-1115');
  });
});

describe('an order at Kraken', () => {
  it('can be for a sum only when it buys at the market, and has no name but its own', async () => {
    const exchange = await at('kraken');
    await expect(
      exchange.createOrder(symbol, 'market', 'buy', 20_000_000_000, undefined, { oflags: 'viqc' }),
    ).rejects.toThrow(errors.InsufficientFunds);
    for (const [type, side] of [
      ['limit', 'buy'],
      ['market', 'sell'],
    ] as const) {
      expect(await failureOf(exchange.createOrder(symbol, type, side, 1, 1, { oflags: 'viqc' }))).toContain('oflags');
    }
    const { id } = await buy(exchange, 50_000);
    expect((await exchange.fetchOrder(id, symbol)).clientOrderId).toBeUndefined();
  });
});

describe('tickers of Deribit', () => {
  it('are told for a currency', async () => {
    const exchange = await at('deribit');
    expect(await exchange.fetchTickers(undefined, { code: 'BTC' })).toMatchObject({ [symbol]: { last: 65_000 } });
    expect(Object.keys(await exchange.fetchTickers(undefined, { code: 'USDT' }))).toHaveLength(12);
  });
});

describe('a list of cancelled orders', () => {
  it.each(['bybit', 'okx'] as const)('of %s holds no others', async (venue) => {
    const exchange = await at(venue);
    await exchange.createOrder(symbol, 'market', 'buy', 0.1);
    const { id } = await buy(exchange, 50_000);
    await exchange.cancelOrder(id, symbol);
    expect((await exchange.fetchCanceledOrders(symbol)).map((order) => order.id)).toEqual([id]);
    expect(await exchange.fetchClosedOrders(symbol)).toHaveLength(1);
  });
});

describe('a venue whose clothes are worn', () => {
  it.each(['binance', 'bybit', 'deribit', 'kraken', 'kucoin', 'okx'] as const)('%s is open', async (venue) => {
    expect(await (await at(venue)).fetchStatus()).toMatchObject({ status: 'ok' });
  });
});

it('nothing is cancelled of another category, or for a symbol that nobody knows', async () => {
  const bybit = await at('bybit');
  await buy(bybit, 50_000);
  await bybit.request('v5/order/cancel-all', 'private', 'POST', { category: 'linear', settleCoin: 'USDT' });
  const wrong = { category: 'spot', symbol: 'NOSUCH' };
  expect(await failureOf(bybit.request('v5/order/cancel-all', 'private', 'POST', wrong))).toContain('170121');
  expect(await bybit.fetchOpenOrders(symbol)).toHaveLength(1);
  const kucoin = await at('kucoin');
  await buy(kucoin, 50_000);
  expect(await failureOf(kucoin.request('orders', 'private', 'DELETE', { symbol: 'NO-SUCH' }))).toContain('400100');
  expect(await kucoin.fetchOpenOrders(symbol)).toHaveLength(1);
});

it('tickers of Deribit are of spot pairs alone', async () => {
  const deribit = await at('deribit');
  const summaries = async (params: object): Promise<unknown> => {
    const told = await deribit.request('get_book_summary_by_currency', 'public', 'GET', { currency: 'BTC', ...params });
    return (told as { result: readonly unknown[] }).result.length;
  };
  expect([await summaries({}), await summaries({ kind: 'spot' }), await summaries({ kind: 'option' })]).toEqual([
    1, 1, 0,
  ]);
  expect(await failureOf(deribit.request('get_book_summary_by_currency', 'public', 'GET'))).toContain('-32602');
});

it('a batch at KuCoin has at most five orders, and tells of each why it was not placed', async () => {
  const exchange = await at('kucoin');
  const wish = { side: 'buy', type: 'limit', price: '1', size: '1' };
  const send = async (orderList: unknown): Promise<unknown> => {
    const told = await exchange.request('orders/multi', 'private', 'POST', { symbol: 'BTC-USDT', orderList });
    const { data } = told as { data: { data: readonly { status: string; failMsg: string | null }[] } };
    return data.data.map(({ status, failMsg }) => [status, failMsg]);
  };
  for (const wrong of [Array(6).fill(wish), [], 'x']) expect(await failureOf(send(wrong))).toContain('400100');
  expect(await send([wish, { ...wish, price: '1.001' }, { ...wish, type: 'market' }, null, 'x'])).toEqual([
    ['success', null],
    ['fail', 'Price increment invalid.'],
    ['fail', 'Parameter Error'],
    ['fail', 'Parameter Error'],
    ['fail', 'Parameter Error'],
  ]);
  expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(1);
});

it('to cancel all at KuCoin weighs as much as seven cancels', async () => {
  const exchange = await at('kucoin');
  const remaining = async (call: Promise<unknown>): Promise<number> => {
    await call;
    return Number(headerOf(exchange, 'gw-ratelimit-remaining'));
  };
  const before = await remaining(buy(exchange, 50_000));
  expect(await remaining(exchange.cancelAllOrders(symbol))).toBe(before - 21);
});
