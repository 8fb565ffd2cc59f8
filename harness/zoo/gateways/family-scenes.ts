/** Scenes for right servers: between them they put every family of limits under pressure. */
import type { Scene } from './scene.js';

/** More than most limits below allow one of them. */
const traders =
  '{ name: traders, label: legit, population: 6, behaviour: retail-trader, ' +
  'with: { orderShare: 50%, accountShare: 25%, cancelShare: 60%, thinkTime: 50ms }, arrivals: { process: poisson, rate: 60/s } }';
const makers =
  '{ name: makers, label: legit, population: 3, behaviour: market-maker, with: { orderLife: 80ms, replacesMax: 3 }, ' +
  'arrivals: { process: poisson, rate: 8/s } }';
const flooder =
  '{ name: flooder, label: abuse, during: attack, behaviour: order-flood, arrivals: { process: poisson, rate: 120/s } }';
const rotator =
  '{ name: rotator, label: abuse, during: attack, behaviour: forwarded-rotation, arrivals: { process: poisson, rate: 120/s } }';

const phases = ['{ name: calm, for: 300ms }', '{ name: attack, for: 900ms }'];
const actors = [traders, makers, flooder, rotator];
const expect = ['all.leak <= 0', 'all.wrongfulBlocks <= 0', 'all.errors <= 0', 'all.throttled >= 20'];

export const queues: Scene = {
  name: 'queues',
  limits: [
    '{ name: orders, match: [order.place], by: key, family: leaky-queue, capacity: 3, queue: 3, refill: 20 per 1s }',
    '{ name: looks, match: [ticker], by: [ip, class], family: sliding-log, capacity: 12, window: 400ms }',
    '{ name: cancels, match: [order.cancel, order.amend], by: account, family: decaying-counter, capacity: 12, ' +
      'decay: 6 per 1s, age: { order.cancel: [{ under: 40ms, cells: 4 }, { under: 100ms, cells: 2 }] } }',
    '{ name: tried, match: [account], by: account, family: token-bucket, capacity: 2, refill: 1 per 1s, shadow: true }',
  ],
  phases,
  actors,
  expect,
};

export const windows: Scene = {
  name: 'windows',
  limits: [
    '{ name: looks, match: [ticker], by: ip, family: fixed-window, capacity: 10, window: 300ms, anchor: calendar, counts: all }',
    '{ name: accounts, match: [account], by: account, family: fixed-window, capacity: 3, window: 500ms, anchor: first-hit }',
    '{ name: orders, match: [order.place], by: key, family: sliding-counter, capacity: 8, window: 400ms, ' +
      'ban: { after: 12, for: [100ms, 200ms], forget: 1s } }',
  ],
  phases,
  actors,
  expect,
};

export const credits: Scene = {
  name: 'credits',
  limits: [
    '{ name: fills, match: [order.place], by: account, family: fill-counter, capacity: 12, window: 400ms, ' +
      'anchor: calendar, fills: { order.place: 1 } }',
    '{ name: ratio, match: [order.place, order.cancel], by: key, family: ratio-monitor, capacity: 20, window: 600ms, ' +
      'anchor: first-hit, earns: { order.place: 2 } }',
    '{ name: budget, match: [ticker, account], by: ip, family: earned-budget, capacity: 15, trickle: 100ms, ' +
      'earns: { account: 1 } }',
    '{ name: flight, match: "*", by: ip, family: concurrency, capacity: 20 }',
  ],
  phases,
  actors,
  expect,
};
