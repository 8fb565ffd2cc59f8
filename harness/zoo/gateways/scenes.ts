/** The scenes: each shows one kind of weakness within a second or two, and nothing that a right server would do. */
import type { Scene } from './scene.js';

const wideByIp = '{ name: by-ip, match: "*", by: ip, family: token-bucket, capacity: 2000, refill: 2000 per 1s }';
/** A customer of the scenes below places an order each second at most, so a key's bucket never runs dry for it. */
const ordersByKey =
  '{ name: orders-key, match: [order.place], by: key, family: token-bucket, capacity: 10, refill: 10 per 1s';
const customers =
  '{ name: customers, label: legit, population: 20, behaviour: retail-trader, with: { orderShare: 40%, cancelShare: 0% }, ' +
  'arrivals: { process: constant, rate: 20/s } }';

function flooder(during: string, perSecond: number): string {
  return `{ name: flooder, label: abuse, during: ${during}, behaviour: order-flood, arrivals: { process: constant, rate: ${perSecond}/s } }`;
}

function rotator(during: string, perSecond: number): string {
  return (
    `{ name: rotator, label: abuse, during: ${during}, behaviour: forwarded-rotation, ` +
    `arrivals: { process: constant, rate: ${perSecond}/s } }`
  );
}

const honest = ['legit.falseBlockRate <= 0%', 'legit.wrongfulBlocks <= 0', 'legit.errorRate <= 0%'];

/** One key asks for ten times its rate: 10 + 10 x 1.2 s are its cells. */
export const flood: Scene = {
  name: 'flood',
  limits: [wideByIp, `${ordersByKey} }`],
  phases: ['{ name: calm, for: 300ms }', '{ name: attack, for: 1200ms }'],
  actors: [customers, flooder('attack', 150)],
  expect: ['abuse.leak <= 0', 'abuse.throttled >= 50', 'abuse.wrongfulBlocks <= 0', ...honest],
};

/** After ten throttles a key is banned for 300 ms; the flood stops, and comes back when the ban is over. */
export const ban: Scene = {
  name: 'ban',
  limits: [wideByIp, `${ordersByKey}, ban: { after: 10, for: 300ms } }`],
  phases: ['{ name: attack, for: 400ms }', '{ name: pause, for: 700ms }', '{ name: again, for: 300ms }'],
  actors: [customers, flooder('[attack, again]', 200)],
  expect: ['abuse.leak <= 0', 'abuse.banned in attack >= 10', 'abuse.admitted in again >= 5', ...honest],
  lateMax: '100ms',
};

/** One address asks for ten times its rate, over as many connections as it likes and with made-up forwarding. */
export const addresses: Scene = {
  name: 'addresses',
  limits: ['{ name: by-ip, match: "*", by: ip, family: token-bucket, capacity: 20, refill: 20 per 1s }'],
  phases: ['{ name: calm, for: 300ms }', '{ name: attack, for: 1200ms }'],
  actors: [customers, rotator('attack', 200)],
  expect: ['abuse.leak <= 0', 'abuse.throttled >= 50', ...honest],
};

/** 30 in any second; a request begins the window, and the burst lies across its end. */
export const windowEdge: Scene = {
  name: 'window-edge',
  limits: ['{ name: by-ip, match: "*", by: ip, family: sliding-log, capacity: 30, window: 1s }'],
  phases: ['{ name: probe, for: 5ms }', '{ name: wait, for: 600ms }', '{ name: edge, for: 800ms }'],
  actors: [
    '{ name: customers, label: legit, population: 10, behaviour: retail-trader, arrivals: { process: constant, rate: 20/s } }',
    rotator('[probe, edge]', 200),
  ],
  expect: ['abuse.leak <= 0', 'abuse.throttled >= 50', ...honest],
};

/** Customers who want more than they may, and come back when they were told to. */
export const comeBack: Scene = {
  name: 'come-back',
  limits: ['{ name: orders-key, match: [order.place], by: key, family: token-bucket, capacity: 1, refill: 5 per 2s }'],
  phases: ['{ name: only, for: 1500ms }'],
  actors: [
    '{ name: eager, label: legit, population: 20, behaviour: retail-trader, ' +
      'with: { orderShare: 100%, accountShare: 0%, cancelShare: 0%, followRetryAfterShare: 100%, retries: 2 }, arrivals: { process: constant, rate: 40/s } }',
  ],
  expect: ['legit.throttled >= 10', 'legit.retryAfterHonesty >= 99%', 'legit.wrongfulBlocks <= 0', 'legit.leak <= 0'],
};

/** The flooder's key is known here under another secret, so that all its signatures are forgeries. */
export const forgery: Scene = {
  name: 'forgery',
  limits: [wideByIp, `${ordersByKey} }`],
  phases: ['{ name: only, for: 800ms }'],
  actors: [customers, flooder('only', 100)],
  expect: ['abuse.admitted <= 0', 'abuse.refused >= 40', ...honest],
};

/** What customers sign is captured and sent again from elsewhere. */
export const replays: Scene = {
  name: 'replays',
  limits: [wideByIp],
  phases: ['{ name: calm, for: 400ms }', '{ name: attack, for: 900ms }'],
  actors: [
    '{ name: customers, label: legit, population: 20, behaviour: retail-trader, with: { orderShare: 60%, cancelShare: 0% }, ' +
      'arrivals: { process: constant, rate: 60/s } }',
    '{ name: replayers, label: abuse, population: 4, during: attack, behaviour: replay, with: { source: customers }, ' +
      'arrivals: { process: constant, rate: 100/s } }',
  ],
  expect: ['abuse.replaysAccepted <= 0', 'abuse.refused >= 30', ...honest],
};

/** Five orders at once and five that wait for their turn, 100 ms each. */
export const queue: Scene = {
  name: 'queue',
  limits: [
    wideByIp,
    '{ name: orders-key, match: [order.place], by: key, family: leaky-queue, capacity: 5, queue: 5, refill: 10 per 1s }',
  ],
  phases: ['{ name: calm, for: 300ms }', '{ name: attack, for: 1000ms }'],
  actors: [customers, flooder('attack', 150)],
  expect: ['abuse.leak <= 0', 'abuse.throttled >= 50', 'abuse.wrongfulBlocks <= 0', ...honest],
};

/** Each order is cancelled at once, and a key may cancel far less often than it places. */
export const cancels: Scene = {
  name: 'cancels',
  limits: [
    '{ name: cancels-key, match: [order.cancel], by: key, family: token-bucket, capacity: 1, refill: 1 per 1s }',
  ],
  phases: ['{ name: only, for: 1200ms }'],
  actors: [
    '{ name: hasty, label: legit, population: 10, behaviour: retail-trader, with: { orderShare: 100%, accountShare: 0%, ' +
      'cancelShare: 100%, thinkTime: 10ms, retries: 0 }, arrivals: { process: constant, rate: 60/s } }',
  ],
  expect: ['legit.throttled >= 10', 'legit.leak <= 0', 'legit.wrongfulBlocks <= 0', 'legit.errors <= 0'],
};
