/** What honest customers do. */
import { type BehaviourRow, count, duration, ratio } from './behaviour-row.js';
import { requestClasses } from './plan-policy.js';

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;

export const honestBehaviours = {
  'retail-trader': {
    label: 'legit',
    does:
      'Looks at the ticker most of the time, at the account now and then, and places limit orders, some of which it ' +
      'cancels after thinking. Most follow Retry-After after a throttle, the others give up; a failure is tried again.',
    classes: ['ticker', 'account', 'order.place', 'order.cancel'],
    population: 'free',
    params: {
      orderShare: ratio(0.2, 'share of arrivals that place an order'),
      accountShare: ratio(0.1, 'share of arrivals that read the account; the rest read the ticker'),
      cancelShare: ratio(0.3, 'share of admitted orders that are cancelled'),
      thinkTimeUs: duration(200_000, 1_000, HOUR_US, 'mean time from an admitted order to its cancel'),
      followRetryAfterShare: ratio(0.9, 'share of identities that come back after Retry-After; the others give up'),
      retries: count(1, 0, 10, 'attempts after a throttle or a failure, each with backoff and jitter'),
    },
  },
  'market-maker': {
    label: 'legit',
    does:
      'Places an order and, each time that it has lived its life, replaces it (by an amend, or by a cancel and a new ' +
      'order) or cancels it for good. Nearly all of its orders end unfilled, which is normal.',
    classes: ['order.place', 'order.amend', 'order.cancel'],
    population: 'free',
    params: {
      orderLifeUs: duration(500_000, 1_000, HOUR_US, 'time from an admitted order to its replacement or cancel'),
      replaceShare: ratio(0.97, 'share of orders that are replaced at the end of their life; the others are cancelled'),
      amendShare: ratio(0.5, 'share of replacements made by one amend; the others are a cancel and a new order'),
      replacesMax: count(100, 0, 10_000, 'replacements that follow one arrival at most; then the order is cancelled'),
    },
  },
  login: {
    label: 'legit',
    does: 'Logs in with its password, mistypes it now and then, and then tries again with the right one.',
    classes: ['login'],
    population: 'free',
    params: {
      mistakeRate: ratio(0.1, 'share of arrivals whose first password is mistyped'),
      retryAfterUs: duration(2 * SECOND_US, 1_000, HOUR_US, 'time from a mistyped password to the right one'),
    },
  },
  'retail-ui': {
    label: 'legit',
    does:
      'A person at a screen: an arrival opens the app, which polls the ticker some times, reads the account once, and ' +
      'now and then places an order, which is cancelled or left alone.',
    classes: ['ticker', 'account', 'order.place', 'order.cancel'],
    population: 'free',
    params: {
      polls: count(5, 0, 10_000, 'looks at the ticker that follow one arrival'),
      pollEveryUs: duration(
        3 * SECOND_US,
        1_000,
        HOUR_US,
        'mean time between two looks, uniform from half to one and a half',
      ),
      orderShare: ratio(0.03, 'share of visits in which an order is placed'),
      cancelShare: ratio(0.3, 'share of admitted orders that are cancelled'),
      thinkTimeUs: duration(5 * SECOND_US, 1_000, HOUR_US, 'mean time from an admitted order to its cancel'),
    },
  },
  'retail-bot': {
    label: 'legit',
    does:
      'A program of a customer: looks at the ticker, places orders, amends some and cancels most at the end of their ' +
      'life; a share of its orders are market orders, which are filled at once.',
    classes: ['ticker', 'order.place', 'order.amend', 'order.cancel'],
    population: 'free',
    params: {
      orderShare: ratio(0.4, 'share of arrivals that place an order; the rest look at the ticker'),
      marketShare: ratio(0, 'share of orders that are market orders, filled at once'),
      amendShare: ratio(0.5, 'share of resting orders that are amended once before their end'),
      cancelShare: ratio(1, 'share of resting orders that are cancelled at the end of their life'),
      orderLifeUs: duration(
        30 * SECOND_US,
        1_000,
        HOUR_US,
        'median time from an admitted order to its end, exponential',
      ),
      sharedKeys: count(
        0,
        0,
        1_000_000,
        'accounts, with a key each, that all of them act under by turns; 0: each has one of its own',
      ),
    },
  },
  'history-scan': {
    label: 'legit',
    does: 'An aggregator or tax program: an arrival reads the account page by page, each page after the answer to the last.',
    classes: ['account'],
    population: 'free',
    params: {
      pages: count(10, 1, 10_000, 'pages that one scan reads'),
      gapUs: duration(200_000, 1_000, HOUR_US, 'time from an answer to the next page'),
    },
  },
  reconnect: {
    label: 'legit',
    does: 'Comes back after a cut: logs in, and then asks for what it had on its screen.',
    classes: ['login', 'ticker', 'account'],
    population: 'free',
    params: {
      requests: count(20, 0, 1_000, 'looks at the ticker after the login, one after the other'),
      accountShare: ratio(0.05, 'share of these that read the account instead'),
      gapUs: duration(20_000, 0, HOUR_US, 'time from an answer to the next request'),
    },
  },
  recorded: {
    label: 'legit',
    does:
      'Asks what was recorded, each request at its time and signed afresh; its arrivals follow a trace of requests, as ' +
      '"floodproof record" writes it.',
    classes: requestClasses,
    population: 'free',
    params: {},
  },
} as const satisfies Record<string, BehaviourRow>;
