/** Policies whose limits contradict themselves: keys, ages, credits, ladders, exactness; and rules for proxies. */
import { type BadFile, badPolicy } from './bad-file.js';

const bucket = '    family: token-bucket\n    capacity: 20\n    refill: 10 per 1s\n';

/** The good policy with other numbers in the place of its bucket's, one `key: value` a line. */
function badLimit(because: string, lines: readonly string[], faults: readonly string[]): BadFile {
  return badPolicy(because, [[bucket, lines.map((line) => `    ${line}\n`).join('')]], faults);
}

function badBy(because: string, by: string, faults: readonly string[]): BadFile {
  return badPolicy(because, [['by: key', `by: ${by}`]], faults);
}

function badProxies(because: string, rule: string, faults: readonly string[]): BadFile {
  return badPolicy(because, [['limits:', `clientIp: ${rule}\nlimits:`]], faults);
}

const window = ['family: fixed-window', 'capacity: 20', 'window: 1s'];

const keys: readonly BadFile[] = [
  badBy('a counter of each key is one of each key, once', '[key, account, key]', [
    'FP_LIMIT_BY policy.yaml:7:9 limits[0].by names key twice',
  ]),
  badBy('together and apart are two things', '[global, key]', [
    'FP_LIMIT_BY policy.yaml:7:9 limits[0].by counts all requests together and apart at once',
  ]),
  badBy('no list says what is counted by', '[]', [
    'FP_LIST_LENGTH policy.yaml:7:9 limits[0].by must have at least 1 entry',
  ]),
  badBy('each word of a list is known', '[key, devices]', [
    'FP_VALUE_UNKNOWN policy.yaml:7:9 limits[0].by must be one of ip, master, account, key, class, got "devices"',
  ]),
  badBy('each word of a list is a word', '[[key]]', [
    'FP_VALUE_UNKNOWN policy.yaml:7:9 limits[0].by must be one of ip, master, account, key, class, got a list',
  ]),
  badBy('of a combination a request must carry every part', '[ip, key]\n    prefix: { v6: 0 }', [
    'FP_COUNT_RANGE policy.yaml:8:19 limits[0].prefix.v6 must be 1 to 128, got 0',
  ]),
  badPolicy(
    'a login has an account, but no key',
    [
      ['match: [order.place]', 'match: [login, order.place]'],
      ['by: key', 'by: [account, key]'],
    ],
    [
      'FP_LIMIT_CLASS policy.yaml:6:13 limits[0].match[0] is login, which is not signed and so carries no account and key',
    ],
  ),
  badLimit(
    'keys have no bits to share',
    ['family: sliding-log', 'capacity: 9', 'window: 1s', 'prefix: { v4: 24 }'],
    ['FP_LIMIT_BY policy.yaml:11:13 limits[0].prefix is of addresses, but the limit counts by key'],
  ),
];

const costs: readonly BadFile[] = [
  badLimit(
    'a queue holds what is above the capacity, and no more',
    ['family: leaky-queue', 'capacity: 20', 'queue: 5', 'refill: 10/s', 'cost: 26'],
    [
      'FP_LIMIT_COST policy.yaml:12:11 limits[0].cost is 26 cells, above the capacity of 20 and the queue of 5: no request would pass',
    ],
  ),
  badPolicy(
    'a young order that can never be cancelled',
    [
      ['[order.place]', '[order.amend]'],
      [
        bucket,
        '    family: decaying-counter\n    capacity: 60\n    decay: 1 per 1s\n    age: { order.amend: [{ under: 5s, cells: 60 }, { under: 5s, cells: 1 }] }\n',
      ],
    ],
    [
      'FP_LIMIT_COST policy.yaml:11:46 limits[0].age.order.amend[0].cells is 60 cells on top of 1, above the capacity of 60: no request so young would pass',
      'FP_LIMIT_AGE policy.yaml:11:61 limits[0].age.order.amend[1].under must be above 5s, which stands before it, got 5s',
    ],
  ),
  badLimit(
    'an order that is not placed yet has no age',
    [...window, 'age: { order.place: [{ under: 5s, cells: 8 }] }'],
    [
      'FP_LIMIT_AGE policy.yaml:11:25 limits[0].age.order.place is for a class that is about no order yet, so that every request would cost more',
    ],
  ),
  badLimit(
    'what is wrong with the parts of a limit is told although another part has no shape',
    [...window, 'cost: 21', 'shadow: perhaps', 'ban: { after: 1, for: [2s, 1s] }', 'capacities: 3'],
    [
      'FP_LIMIT_COST policy.yaml:11:11 limits[0].cost is 21 cells, above the capacity of 20: no request would pass',
      'FP_TYPE_WRONG policy.yaml:12:13 limits[0].shadow must be true or false, got "perhaps"',
      'FP_BAN_STEPS policy.yaml:13:32 limits[0].ban.for[1] must be at least 2s, the step before it, got 1s',
      'FP_KEY_UNKNOWN policy.yaml:14:5 limits[0].capacities is not a known key',
    ],
  ),
  badPolicy(
    'what is signed is known although how long a signature lasts is not',
    [
      ['auth: { signed: [account, order.place, ', 'auth: { window: long, signed: [account, '],
      ['by: key', 'by: [key, class]'],
    ],
    [
      'FP_DURATION_INVALID policy.yaml:3:17 auth.window must be a duration, got "long"',
      'FP_LIMIT_CLASS policy.yaml:6:13 limits[0].match[0] is order.place, which is not signed and so carries no key and class',
    ],
  ),
  badLimit(
    'ages are of what the limit counts, and of something',
    [...window, 'age: { order.cancel: [{ under: 5s, cells: 8 }] }'],
    ['FP_LIMIT_AGE policy.yaml:11:26 limits[0].age.order.cancel is for a class that the limit does not match'],
  ),
  badLimit(
    'an empty mapping of ages',
    [...window, 'age: {}'],
    ['FP_LIMIT_AGE policy.yaml:11:10 limits[0].age names no class'],
  ),
  badLimit(
    'an empty list of ages',
    [...window, 'age: { order.place: [] }'],
    ['FP_LIST_LENGTH policy.yaml:11:25 limits[0].age.order.place must have at least 1 entry'],
  ),
  badLimit(
    'what is in flight has no age',
    ['family: concurrency', 'capacity: 3', 'age: {}'],
    ['FP_KEY_UNKNOWN policy.yaml:10:5 limits[0].age is not a known key'],
  ),
  badLimit(
    'fills of nothing give nothing back',
    [...window.with(0, 'family: fill-counter'), 'fills: {}'],
    ['FP_LIMIT_CREDIT policy.yaml:11:12 limits[0].fills names no class, so nothing is ever given back'],
  ),
  badLimit(
    'only what was counted is given back',
    [...window.with(0, 'family: ratio-monitor'), 'earns: { order.place: 0, order.amend: 5 }'],
    ['FP_COUNT_RANGE policy.yaml:11:27 limits[0].earns.order.place must be 1 to 2147483647, got 0'],
  ),
  badLimit(
    'a fill of a class that is not counted',
    ['family: earned-budget', 'capacity: 5', 'earns: { order.place: 1, order.amend: 5 }'],
    ['FP_LIMIT_CREDIT policy.yaml:10:43 limits[0].earns.order.amend is for a class that the limit does not match'],
  ),
  badPolicy(
    'a cost that no whole number of cells can hold',
    [
      ['[order.place]', '[order.place, order.amend]'],
      [
        bucket,
        '    family: earned-budget\n    capacity: 5\n    cost: 2147483647\n    earns: { order.place: 1 }\n    age: { order.amend: [{ under: 1s, cells: 1 }] }\n',
      ],
    ],
    [
      'FP_LIMIT_COST policy.yaml:12:46 limits[0].age.order.amend[0].cells is 1 cells on top of 2147483647, above what can be counted (2147483647): no request so young would pass',
    ],
  ),
];

const penalties: readonly BadFile[] = [
  badLimit(
    'who goes on is not banned for a shorter time',
    [...window, 'ban: { after: 5, for: [10min, 2min, 1h, 59min] }'],
    [
      'FP_BAN_STEPS policy.yaml:11:35 limits[0].ban.for[1] must be at least 10min, the step before it, got 2min',
      'FP_BAN_STEPS policy.yaml:11:45 limits[0].ban.for[3] must be at least 1h, the step before it, got 59min',
    ],
  ),
  badLimit(
    'one step leaves nothing to forget',
    [...window, 'ban: { after: 5, for: 2min, forget: 1d }'],
    ['FP_BAN_STEPS policy.yaml:11:41 limits[0].ban.forget is of no use: all bans are the same length'],
  ),
  badLimit(
    'a list of one step is one step',
    [...window, 'ban: { after: 5, for: [2min], forget: 1d }'],
    ['FP_BAN_STEPS policy.yaml:11:43 limits[0].ban.forget is of no use: all bans are the same length'],
  ),
  badLimit(
    'each step is a duration',
    [...window, 'ban: { after: 5, for: [2min, 10] }'],
    ['FP_DURATION_INVALID policy.yaml:11:34 limits[0].ban.for[1] must be a duration with a unit, got 10'],
  ),
  badLimit(
    'a ban has a length',
    [...window, 'ban: { after: 5, for: 10 }'],
    ['FP_DURATION_INVALID policy.yaml:11:27 limits[0].ban.for must be a duration with a unit, got 10'],
  ),
  badLimit(
    'a shadow cuts off nobody',
    [...window, 'kill: true', 'shadow: true'],
    ['FP_LIMIT_SHADOW policy.yaml:11:11 limits[0].kill cannot cut off anybody: a shadow limit refuses nobody'],
  ),
];

const exactness: readonly BadFile[] = [
  badLimit(
    'a queue is counted together with its capacity',
    ['family: leaky-queue', 'capacity: 9', 'queue: 2147483639', 'refill: 9/s'],
    [
      'FP_COUNT_RANGE policy.yaml:10:12 limits[0].queue must be at most 2147483647 together with the capacity of 9, got 2147483639',
    ],
  ),
  badLimit(
    'a counter falls exactly, or not at all',
    ['family: decaying-counter', 'capacity: 5', 'decay: 29001 per 1000001us'],
    [
      'FP_LIMIT_INEXACT policy.yaml:10:12 limits[0].decay is not exact: a refill of 29001 cells per 1000001 us (reduced) needs a finer grain than 1/29000 us to be exact over ten years',
    ],
  ),
  badLimit(
    'the queue needs exact numbers as the capacity does',
    ['family: leaky-queue', 'capacity: 400000000', 'queue: 100000000', 'refill: 1 per 10s'],
    [
      'FP_LIMIT_INEXACT policy.yaml:11:13 limits[0].refill is not exact: 2 x capacity 500000000 x 10000000 us (reduced period) is above 2^53 - 1, so sums would be rounded',
    ],
  ),
  badLimit(
    'weights of a long window are not exact in a double',
    ['family: sliding-counter', 'capacity: 52125', 'window: 1d'],
    [
      'FP_LIMIT_INEXACT policy.yaml:10:13 limits[0].window is not exact: 2 x capacity 52125 x 86400000000 us is above 2^53 - 1, so sums would be rounded',
    ],
  ),
  badLimit(
    'what is counted is one word of two',
    [...window, 'counts: denied'],
    ['FP_VALUE_UNKNOWN policy.yaml:11:13 limits[0].counts must be one of admitted, all, got "denied"'],
  ),
];

const proxies: readonly BadFile[] = [
  badProxies('two rules may name two callers', '{ trustedHop: 1, trustedProxies: [10.0.0.0/8] }', [
    'FP_CLIENT_IP policy.yaml:4:11 clientIp has both trustedHop and trustedProxies, which may name different callers',
  ]),
  badProxies('no rule names nobody', '{}', [
    'FP_CLIENT_IP policy.yaml:4:11 clientIp must have trustedHop or trustedProxies',
  ]),
  badProxies(
    'a range has a form',
    '{ trustedProxies: [10.0.0.0/33, 010.0.0.0/8, "fe80::1%a", "::ffff:10.0.0.0/104", 7] }',
    [
      'FP_ADDRESS_INVALID policy.yaml:4:30 clientIp.trustedProxies[0] must be a range of addresses, got "10.0.0.0/33"',
      'FP_ADDRESS_INVALID policy.yaml:4:43 clientIp.trustedProxies[1] must be a range of addresses, got "010.0.0.0/8"',
      'FP_ADDRESS_INVALID policy.yaml:4:56 clientIp.trustedProxies[2] must be a range of addresses, got "fe80::1%a"',
      'FP_ADDRESS_INVALID policy.yaml:4:69 clientIp.trustedProxies[3] must be a range of addresses, got "::ffff:10.0.0.0/104"',
      'FP_ADDRESS_INVALID policy.yaml:4:92 clientIp.trustedProxies[4] must be a range of addresses, got 7',
    ],
  ),
  badProxies('bits behind the prefix are a slip', '{ trustedProxies: [10.0.0.1/8, "2001:db8::1/32"] }', [
    'FP_ADDRESS_INVALID policy.yaml:4:30 clientIp.trustedProxies[0] must not have bits behind its prefix, got "10.0.0.1/8"',
    'FP_ADDRESS_INVALID policy.yaml:4:42 clientIp.trustedProxies[1] must not have bits behind its prefix, got "2001:db8::1/32"',
  ]),
  badProxies('who trusts everybody trusts the caller', '{ trustedProxies: [0.0.0.0/0] }', [
    'FP_ADDRESS_INVALID policy.yaml:4:30 clientIp.trustedProxies[0] must not hold every address there is, got "0.0.0.0/0"',
  ]),
];

export const badLimits: readonly BadFile[] = [...keys, ...costs, ...penalties, ...exactness, ...proxies];
