/** Policies with faults of their shape and meaning. */
import { goodPolicy, goodScenario } from '../scenario-files.js';
import { type BadFile, badPolicy, edited } from './bad-file.js';

const limit = goodPolicy.slice(goodPolicy.indexOf('  - name: orders-key'));

export const badPolicies: readonly BadFile[] = [
  badPolicy(
    'a limit that gives nothing back is no rate',
    [['refill: 10 per 1s', 'refill: -5']],
    ['FP_RATE_NOT_POSITIVE policy.yaml:10:13 limits[0].refill must be above 0 cells, got -5'],
  ),
  badPolicy(
    'infinity would switch the limit off',
    [['refill: 10 per 1s', 'refill: .inf']],
    ['FP_RATE_INVALID policy.yaml:10:13 limits[0].refill must be a rate with a period, got Infinity'],
  ),
  badPolicy(
    'no key has a share of the replay memory that is larger than the whole',
    [
      [
        'auth: { signed: [account, order.place, order.amend, order.cancel] }',
        'auth: { signed: [account, order.place, order.amend, order.cancel], replayCapacity: 9, replayPerKey: 10 }',
      ],
    ],
    ['FP_REPLAY_SHARE policy.yaml:3:101 auth.replayPerKey must be at most replayCapacity (9), got 10'],
  ),
  badPolicy(
    'a venue has settled how it is signed',
    [['auth: { signed:', 'auth: { profile: kucoin, hash: sha512, encoding: hex, signed:']],
    [
      'FP_AUTH_PROFILE policy.yaml:3:32 auth.hash can be chosen for hmac-lines alone: kucoin has its own',
      'FP_AUTH_PROFILE policy.yaml:3:50 auth.encoding can be chosen for hmac-lines alone: kucoin has its own',
    ],
  ),
  badPolicy(
    'cells are whole',
    [['refill: 10 per 1s', 'refill: 0.5 per 1s']],
    ['FP_RATE_INVALID policy.yaml:10:13 limits[0].refill must be a whole number of cells, got 0.5'],
  ),
  badPolicy(
    'cells have an end',
    [['refill: 10 per 1s', 'refill: 3000000000 per 1s']],
    ['FP_RATE_RANGE policy.yaml:10:13 limits[0].refill must be at most 2147483647 cells, got 3000000000'],
  ),
  badPolicy(
    'a capacity of nothing admits nothing',
    [['capacity: 20', 'capacity: 0']],
    ['FP_COUNT_RANGE policy.yaml:9:15 limits[0].capacity must be 1 to 2147483647, got 0'],
  ),
  badPolicy(
    'a capacity is a number',
    [['capacity: 20', 'capacity: .nan']],
    ['FP_COUNT_INVALID policy.yaml:9:15 limits[0].capacity must be a whole number, got NaN'],
  ),
  badPolicy(
    'a fine fraction is not exact over ten years',
    [['refill: 10 per 1s', 'refill: 29001 per 1000001us']],
    [
      'FP_LIMIT_INEXACT policy.yaml:10:13 limits[0].refill is not exact: a refill of 29001 cells per 1000001 us (reduced) needs a finer grain than 1/29000 us to be exact over ten years',
    ],
  ),
  badPolicy(
    'large numbers are not exact in a double',
    [
      ['capacity: 20', 'capacity: 2000000000'],
      ['10 per 1s', '1 per 10s'],
    ],
    [
      'FP_LIMIT_INEXACT policy.yaml:10:13 limits[0].refill is not exact: 2 x capacity 2000000000 x 10000000 us (reduced period) is above 2^53 - 1, so sums would be rounded',
    ],
  ),
  badPolicy(
    'an unsigned request carries no key',
    [['match: [order.place]', 'match: [order.place, ticker]']],
    ['FP_LIMIT_CLASS policy.yaml:6:26 limits[0].match[1] is ticker, which is not signed and so carries no key'],
  ),
  badPolicy(
    'nor does a login',
    [['match: [order.place]', 'match: [login]']],
    ['FP_LIMIT_CLASS policy.yaml:6:13 limits[0].match[0] is login, which is not signed and so carries no key'],
  ),
  badPolicy(
    'without signatures there are no keys at all',
    [
      ['auth: { signed: [account, order.place, order.amend, order.cancel] }\n', ''],
      ['match: [order.place]', 'match: "*"'],
    ],
    ['FP_LIMIT_CLASS policy.yaml:5:12 limits[0].match finds no class that carries a key'],
  ),
  badPolicy(
    'a login comes before any key',
    [['signed: [account,', 'signed: [login,']],
    [
      'FP_VALUE_UNKNOWN policy.yaml:3:18 auth.signed[0] must be one of ticker, account, order.place, order.amend, order.cancel, order.list, time, markets, book, got "login"',
    ],
  ),
  badPolicy(
    'a cost above the capacity never passes',
    [['refill: 10 per 1s', 'refill: 10 per 1s\n    cost: 21']],
    ['FP_LIMIT_COST policy.yaml:11:11 limits[0].cost is 21 cells, above the capacity of 20: no request would pass'],
  ),
  badPolicy(
    'a cost is for what the limit counts',
    [['refill: 10 per 1s', 'refill: 10 per 1s\n    cost: { account: 2, order.place: 30 }']],
    [
      'FP_LIMIT_COST policy.yaml:11:22 limits[0].cost.account is for a class that the limit does not match',
      'FP_LIMIT_COST policy.yaml:11:38 limits[0].cost.order.place is 30 cells, above the capacity of 20: no request would pass',
    ],
  ),
  badPolicy(
    'a cost of nothing is no match',
    [['refill: 10 per 1s', 'refill: 10 per 1s\n    cost: 0']],
    ['FP_COUNT_RANGE policy.yaml:11:11 limits[0].cost must be 1 to 2147483647, got 0'],
  ),
  badPolicy(
    'a cost is a number or a mapping',
    [['refill: 10 per 1s', 'refill: 10 per 1s\n    cost: [1]']],
    [
      'FP_TYPE_WRONG policy.yaml:11:11 limits[0].cost must be cells for each element of a request, or a mapping from class to cells (others cost 1), got a list',
    ],
  ),
  badPolicy(
    'a limit that matches nothing limits nothing',
    [['match: [order.place]', 'match: []']],
    ['FP_LIST_LENGTH policy.yaml:6:12 limits[0].match must have at least 1 entry'],
  ),
  badPolicy(
    'a class must exist',
    [['match: [order.place]', 'match: [order.place, order.plaice]']],
    [
      'FP_VALUE_UNKNOWN policy.yaml:6:26 limits[0].match[1] must be one of login, ticker, account, order.place, order.amend, order.cancel, order.list, time, markets, book, got "order.plaice"',
    ],
  ),
  badPolicy(
    'two limits of one name can not be told apart',
    [[limit, `${limit}${limit}`]],
    ['FP_NAME_TAKEN policy.yaml:11:11 limits[1].name is the name of limits[0] too'],
  ),
  badPolicy(
    'a key of another family is unknown here',
    [['refill: 10 per 1s', 'window: 1s']],
    [
      'FP_KEY_MISSING policy.yaml:5:5 limits[0].refill is missing',
      'FP_KEY_UNKNOWN policy.yaml:10:5 limits[0].window is not a known key',
    ],
  ),
  badPolicy(
    'an unknown family does not hide the other faults of its limit',
    [
      ['family: token-bucket', 'family: token-buket'],
      ['by: key', 'by: keys'],
    ],
    [
      'FP_VALUE_UNKNOWN policy.yaml:7:9 limits[0].by must be one of ip, master, account, key, class, global, got "keys"',
      'FP_VALUE_UNKNOWN policy.yaml:8:13 limits[0].family must be one of token-bucket, decaying-counter, leaky-queue, fixed-window, fill-counter, ratio-monitor, sliding-log, sliding-counter, earned-budget, concurrency, got "token-buket"',
    ],
  ),
  badPolicy(
    'a hop is counted',
    [['limits:', 'clientIp: { trustedHop: 0 }\nlimits:']],
    ['FP_COUNT_RANGE policy.yaml:4:25 clientIp.trustedHop must be 1 to 16, got 0'],
  ),
  badPolicy(
    'a form that is none of those allowed',
    [['limits:', 'clientIp: sockets\nlimits:']],
    [
      'FP_TYPE_WRONG policy.yaml:4:11 clientIp must be "socket", {trustedHop: 1}, {trustedProxies: [10.0.0.0/8]} or "forwarded-leftmost" (which any caller can forge), got "sockets"',
    ],
  ),
  badPolicy(
    'scrypt doubles its way up',
    [['limits:', 'password: { scrypt: { N: 1000 } }\nlimits:']],
    ['FP_SCRYPT_INVALID policy.yaml:4:26 password.scrypt.N must be a power of two, got 1000'],
  ),
  badPolicy(
    'scrypt must fit into memory',
    [['limits:', 'password: { scrypt: { N: 1048576, r: 16 } }\nlimits:']],
    ['FP_SCRYPT_INVALID policy.yaml:4:21 password.scrypt needs 2147483648 bytes, at most 1073741824'],
  ),
  badPolicy(
    'a policy without limits and signatures promises nothing',
    [
      [limit, ''],
      ['limits:\n', 'limits: []\n'],
      ['auth: { signed: [account, order.place, order.amend, order.cancel] }\n', ''],
    ],
    ['FP_LIST_LENGTH policy.yaml:3:9 limits must have at least 1 entry when there is no "auth"'],
  ),
  {
    because: 'a scenario is no policy',
    scenario: goodScenario,
    policy: goodScenario,
    faults: ['FP_FILE_KIND policy.yaml:1:1 the file is a scenario, but a policy is wanted here'],
  },
  {
    because: 'the faults of both files are told at once',
    scenario: edited(goodScenario, [['for: 2s', 'for: 2']]),
    policy: edited(goodPolicy, [
      ['capacity: 20', 'capacity: 0'],
      ['name: small', 'name: ""'],
    ]),
    faults: [
      'FP_NAME_INVALID policy.yaml:2:7 name must be kebab-case, got ""',
      'FP_COUNT_RANGE policy.yaml:9:15 limits[0].capacity must be 1 to 2147483647, got 0',
      'FP_DURATION_INVALID scenario.yaml:6:24 phases[0].for must be a duration with a unit, got 2',
    ],
  },
];
