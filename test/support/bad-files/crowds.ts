/** Scenarios with faults in who arrives, when, and what surrounds the target. */
import { type BadFile, badScenario } from './bad-file.js';

const flood = 'behaviour: order-flood';
const trader = 'behaviour: retail-trader';
const steady = '{ process: constant, rate: 200/s }';
const virtual = (text: string): readonly [string, string] => ['phases:', `virtual: ${text}\nphases:`];

export const badCrowds: readonly BadFile[] = [
  badScenario(
    'a process that excites itself without end has no mean',
    [[steady, '{ process: hawkes, rate: 9/s, branching: 1, decay: 2/s }']],
    [
      'FP_ARRIVALS_INVALID scenario.yaml:18:56 actors[1].arrivals.branching must be 0 to 0.999, got 1: each arrival would bring others without end',
    ],
  ),
  badScenario(
    'nobody takes arrivals away from others',
    [[steady, '{ process: hawkes, rate: 9/s, branching: -0.1, decay: 2/s }']],
    ['FP_ARRIVALS_INVALID scenario.yaml:18:56 actors[1].arrivals.branching must be 0 to 0.999, got -0.1'],
  ),
  badScenario(
    'a ramp goes to something, or comes from it',
    [[steady, '{ process: ramp, from: 0/s, to: 0/s }']],
    [
      'FP_ARRIVALS_INVALID scenario.yaml:18:47 actors[1].arrivals.to and from are both 0/s: an actor that sends nothing is left out',
    ],
  ),
  badScenario(
    'what is no list has no length',
    [['phases:', 'needs: virtual-time\nphases:']],
    ['FP_TYPE_WRONG scenario.yaml:5:8 needs must be a list, got "virtual-time"'],
  ),
  badScenario(
    'a branching of nearly one brings thousands for each',
    [[steady, '{ process: hawkes, rate: 9/s, branching: 99.95%, decay: 2/s }']],
    ['FP_ARRIVALS_INVALID scenario.yaml:18:56 actors[1].arrivals.branching must be 0 to 0.999, got 99.95%'],
  ),
  badScenario(
    'steps rise in time, begin at once and within the active time, and send something',
    [[steady, '{ process: step, steps: [{ from: 1s, rate: 0/s }, { from: 1s, rate: 0/s }, { from: 3s, rate: 0/s }] }']],
    [
      'FP_ARRIVALS_INVALID scenario.yaml:18:39 actors[1].arrivals.steps are all 0/s: an actor that sends nothing is left out',
      'FP_ARRIVALS_INVALID scenario.yaml:18:48 actors[1].arrivals.steps[0].from must be 0s for the first step, got 1s',
      'FP_TIMES_UNSORTED scenario.yaml:18:73 actors[1].arrivals.steps[1].from is 1s, not after the step ahead of it (1s)',
      'FP_TIME_OUTSIDE scenario.yaml:18:98 actors[1].arrivals.steps[2].from begins at 3s, but the actor acts for 3s',
    ],
  ),
  badScenario(
    'only a step may be without arrivals',
    [[steady, '{ process: on-off, rate: 0/s, on: 1s, off: 0s }']],
    [
      'FP_RATE_NOT_POSITIVE scenario.yaml:18:40 actors[1].arrivals.rate must be above 0/s, got 0',
      'FP_DURATION_RANGE scenario.yaml:18:58 actors[1].arrivals.off must be 1us to 366d, got "0s"',
    ],
  ),
  badScenario(
    'a herd has an end, begins while its actor acts, and is over before the next one',
    [
      [steady, '{ process: herd, size: 5, first: 3s, every: 1s, within: 2s }'],
      ['{ process: poisson, rate: 60/s }', '{ process: herd, size: 1000001 }'],
    ],
    [
      'FP_COUNT_RANGE scenario.yaml:13:38 actors[0].arrivals.size must be 1 to 1000000, got 1000001',
      'FP_TIME_OUTSIDE scenario.yaml:18:48 actors[1].arrivals.first is at 3s, but the actor acts for 3s',
      'FP_ARRIVALS_INVALID scenario.yaml:18:71 actors[1].arrivals.within must be at most every (1s), got 2s',
    ],
  ),
  badScenario(
    'a day has its peak within it, and no trough above it',
    [
      [steady, '{ process: diurnal, rate: 1/s, period: 1h, peakAt: 1h }'],
      ['{ process: poisson, rate: 60/s }', '{ process: diurnal, rate: 1/s, peakToTrough: 0.5 }'],
    ],
    [
      'FP_NUMBER_RANGE scenario.yaml:13:60 actors[0].arrivals.peakToTrough must be 1 to 1000, got 0.5',
      'FP_ARRIVALS_INVALID scenario.yaml:18:66 actors[1].arrivals.peakAt must be below the period (1h), got 1h',
    ],
  ),
  badScenario(
    'a process has one name',
    [[steady, '{ process: hawks, rate: 1/s }']],
    [
      'FP_VALUE_UNKNOWN scenario.yaml:18:26 actors[1].arrivals.process must be one of constant, poisson, ramp, step, on-off, mmpp, hawkes, diurnal, herd, trace, got "hawks"',
    ],
  ),
  badScenario(
    'a recording says how it is read, and by which column callers are told apart',
    [
      [steady, '{ process: trace, file: times.txt }'],
      [trader, `${trader}\n    who: { trace: times.csv }`],
    ],
    [
      'FP_TRACE_INVALID scenario.yaml:13:19 actors[0].who.trace needs "who", the column that tells callers apart',
      'FP_TRACE_INVALID scenario.yaml:19:39 actors[1].arrivals.file has an ending that tells no format: "times.txt"',
    ],
  ),
  badScenario(
    'a HAR has one client, and an access log knows addresses alone',
    [
      [trader, `${trader}\n    who: { trace: a.har, who: page }`],
      [flood, `${flood}\n    who: { trace: a.log, who: user }`],
    ],
    [
      'FP_TRACE_INVALID scenario.yaml:13:19 actors[0].who.trace is a HAR, the recording of one client',
      'FP_TRACE_INVALID scenario.yaml:19:31 actors[1].who.who must be ip: an access log tells callers apart by nothing else',
    ],
  ),
  badScenario(
    'who arrives is told in one way',
    [
      [trader, `${trader}\n    who: { zipf: 1, trace: times.log }`],
      [flood, `${flood}\n    who: { zipf: 1, who: ip }`],
    ],
    [
      'FP_WHO_INVALID scenario.yaml:13:10 actors[0].who has both zipf and trace',
      'FP_WHO_INVALID scenario.yaml:19:26 actors[1].who.who is for a trace, and there is none',
    ],
  ),
  badScenario(
    'who arrives is told at all, by a number where one is wanted',
    [
      [trader, `${trader}\n    who: {}`],
      [flood, `${flood}\n    who: { zipf: steep }`],
    ],
    [
      'FP_WHO_INVALID scenario.yaml:13:10 actors[0].who must have zipf or trace',
      'FP_NUMBER_INVALID scenario.yaml:19:18 actors[1].who.zipf must be a number, got "steep"',
    ],
  ),
  badScenario(
    'there is a master for somebody, and an address for each of the addresses',
    [
      [trader, `${trader}\n    masters: 11`],
      [flood, 'behaviour: scrape\n    perAddress: 2'],
    ],
    [
      'FP_COUNT_RANGE scenario.yaml:13:14 actors[0].masters must be at most the population (10), got 11',
      'FP_POPULATION_FIXED scenario.yaml:19:17 actors[1].perAddress is 2, but scrape has an address for each of "ips"',
    ],
  ),
  badScenario(
    'a clock that is further off than a tenth is broken and does not drift',
    [
      [trader, `${trader}\n    clock: { drift: { share: 1%, perMinute: 7s } }`],
      virtual('{ clock: { drift: 200000ppm } }'),
    ],
    [
      'FP_NUMBER_RANGE scenario.yaml:5:28 virtual.clock.drift must be -100000ppm to 100000ppm, got "200000ppm"',
      'FP_DURATION_RANGE scenario.yaml:14:45 actors[0].clock.drift.perMinute must be 1us to 6s, got "7s"',
    ],
  ),
  badScenario(
    'drift has a unit of its own',
    [virtual('{ clock: { drift: 50 } }')],
    ['FP_NUMBER_INVALID scenario.yaml:5:28 virtual.clock.drift must be parts per million, got 50'],
  ),
  badScenario(
    'clients wait no longer than they may, and one setting says how often they come back',
    [
      [
        trader,
        `${trader}\n    with: { retries: 2, cancelShare: 130% }\n    retry: { policy: fixed, base: 20s, cap: 10s }`,
      ],
    ],
    [
      'FP_SETTING_UNUSED scenario.yaml:13:22 actors[0].with.retries is not looked at where "retry" is given',
      'FP_RATIO_INVALID scenario.yaml:13:38 actors[0].with.cancelShare must be 0% to 100%, got "130%"',
      'FP_RETRY_INVALID scenario.yaml:14:35 actors[0].retry.base must be at most cap (10s), got 20s',
    ],
  ),
  badScenario(
    'a setting that nobody looks at is a mistake',
    [
      [trader, `${trader}\n    with: { retries: 2 }\n    retry: { policy: fixed }`],
      [flood, `${flood}\n    retry: { policy: never }`],
    ],
    [
      'FP_SETTING_UNUSED scenario.yaml:13:22 actors[0].with.retries is not looked at where "retry" is given',
      'FP_SETTING_UNUSED scenario.yaml:20:12 actors[1].retry is for honest clients; order-flood has its own way',
    ],
  ),
  badScenario(
    'victims have accounts',
    [
      [flood, 'behaviour: account-lockout\n    with: { victims: customers }'],
      [trader, 'behaviour: unique-callers'],
    ],
    [
      'FP_REFERENCE_ACCOUNTLESS scenario.yaml:18:22 actors[1].with.victims is customers, who has no accounts (unique-callers)',
    ],
  ),
  badScenario(
    'keys are guessed of those who have keys',
    [
      [flood, 'behaviour: key-enumeration\n    with: { victims: customers }'],
      [trader, 'behaviour: login'],
    ],
    [
      'FP_REFERENCE_ACCOUNTLESS scenario.yaml:18:22 actors[1].with.victims is customers, who has no keys (login) under the policy small',
    ],
  ),
  badScenario(
    'victims are of the file, and not oneself',
    [[flood, 'behaviour: name-probing\n    with: { victims: flooder }']],
    ['FP_REFERENCE_UNKNOWN scenario.yaml:18:22 actors[1].with.victims names no other actor: "flooder"'],
  ),
  badScenario(
    'a share of the capacity needs a capacity, and the word',
    [
      ['rate: 60/s', 'rate: 60% of capacity'],
      ['rate: 200/s', 'rate: 60%'],
    ],
    [
      'FP_CAPACITY_UNKNOWN scenario.yaml:13:41 actors[0].arrivals.rate is 60% of a capacity that the file does not tell',
      'FP_RATE_INVALID scenario.yaml:18:42 actors[1].arrivals.rate must be a rate, got "60%"',
    ],
  ),
  badScenario(
    'a share of the capacity has its range',
    [
      ['phases:', 'capacity: 900000/s\nphases:'],
      ['rate: 60/s', 'rate: 0% of capacity'],
      ['rate: 200/s', 'rate: 200% of capacity'],
    ],
    [
      'FP_RATE_NOT_POSITIVE scenario.yaml:14:41 actors[0].arrivals.rate must be above 0%, got "0% of capacity"',
      'FP_RATE_RANGE scenario.yaml:19:42 actors[1].arrivals.rate must be 1 per 366d to 1000000/s, got 200% of 900000/s',
    ],
  ),
  badScenario(
    'no share is more than hundredfold',
    [['rate: 60/s', 'rate: 10001% of capacity']],
    [
      'FP_RATE_RANGE scenario.yaml:13:41 actors[0].arrivals.rate must be at most 10000% of capacity, got "10001% of capacity"',
    ],
  ),
  badScenario(
    'what happens to the server is in the order of time, within the run, and for virtual time',
    [virtual('{ outages: [{ at: 1s, for: 2s }, { at: 2s, for: 1s }, { at: 5s, for: 1s }], restarts: [1s, 1s] }')],
    [
      'FP_NEED_MISSING scenario.yaml:5:21 virtual.outages can be played in virtual time only',
      'FP_TIMES_UNSORTED scenario.yaml:5:43 virtual.outages[1] begins at 2s, before the one ahead of it is over',
      'FP_TIME_OUTSIDE scenario.yaml:5:64 virtual.outages[2] begins at 5s, but the phases end at 5s',
      'FP_TIMES_UNSORTED scenario.yaml:5:101 virtual.restarts[1] begins at 1s, before the one ahead of it is over',
    ],
  ),
  badScenario(
    'a bad delay does not hide what the server is like',
    [virtual('{ delay: 5m, server: { rate: 50% of capacity } }')],
    [
      'FP_DURATION_INVALID scenario.yaml:5:19 virtual.delay must be a duration, got "5m"',
      'FP_CAPACITY_UNKNOWN scenario.yaml:5:39 virtual.server.rate is 50% of a capacity that the file does not tell',
    ],
  ),
  badScenario(
    'more requests than can be counted are none of one run',
    [
      ['phases:', 'needs: [virtual-time]\nphases:'],
      ['for: 3s', 'for: 300d'],
      ['rate: 200/s', 'rate: 900/s'],
    ],
    ['FP_RUN_TOO_LARGE scenario.yaml:10:3 actors are expected to send 24976512254 requests, at most 2000000000'],
  ),
  badScenario(
    'a weak twin fails in something of the file, and is another policy',
    [['phases:', 'weak: { policy: policy.yaml, fails: [abuse.leek, abuse.leak, abuse.leak] }\nphases:']],
    [
      'FP_WEAK_INVALID scenario.yaml:5:17 weak.policy is the policy of the scenario itself, which has no defect',
      'FP_WEAK_INVALID scenario.yaml:5:38 weak.fails[0] names no expectation of this file: "abuse.leek"',
      'FP_NAME_TAKEN scenario.yaml:5:62 weak.fails[2] names abuse.leak twice',
    ],
  ),
  badScenario(
    'a weak twin must be there',
    [['phases:', 'weak: { policy: week.yaml, fails: [] }\nphases:']],
    [
      'FP_REFERENCE_UNREADABLE scenario.yaml:5:17 weak.policy cannot be read: cannot read week.yaml: there is no such file',
      'FP_LIST_LENGTH scenario.yaml:5:35 weak.fails must have at least 1 entry',
    ],
  ),
  badScenario(
    'an id is one of a catalogue',
    [['phases:', 'maps: [OAT-022, API2]\nphases:']],
    [
      'FP_MAPPING_UNKNOWN scenario.yaml:5:8 maps[0] is no id that is known here: "OAT-022"',
      'FP_MAPPING_UNKNOWN scenario.yaml:5:17 maps[1] is no id that is known here: "API2"',
    ],
  ),
  badScenario(
    'tags are words, each once; parts are those that there are',
    [['phases:', 'tags: [login, Login, login]\nneeds: [virtualtime]\nphases:']],
    [
      'FP_NAME_INVALID scenario.yaml:5:15 tags[1] must be kebab-case, got "Login"',
      'FP_NAME_TAKEN scenario.yaml:5:22 tags[2] is login, which stands there already',
      'FP_VALUE_UNKNOWN scenario.yaml:6:9 needs[0] must be one of virtual-time, http, monitor, mfa, scopes, key-rotation, nonce-profile, websocket, slow-connections, got "virtualtime"',
    ],
  ),
  badScenario(
    'what waits for a part says at least who it is, and under which policy',
    [
      ['phases:', 'needs: [mfa]\nphases:'],
      ['name: flooder', 'name: Flooder'],
      ['policy: policy.yaml', 'policy: gone.yaml'],
      ['claim: Nothing happens.\n', ''],
      ['abuse.leak <= 0', 'abuse.pushes <= 3'],
    ],
    [
      'FP_KEY_MISSING scenario.yaml:1:1 claim is missing',
      'FP_REFERENCE_UNREADABLE scenario.yaml:3:9 policy cannot be read: cannot read gone.yaml: there is no such file',
      'FP_NAME_INVALID scenario.yaml:14:11 actors[1].name must be kebab-case, got "Flooder"',
    ],
  ),
];
