/** Scenarios with faults of their shape and meaning. */
import { goodPolicy } from '../scenario-files.js';
import { type BadFile, badScenario, badText } from './bad-file.js';

export const badScenarios: readonly BadFile[] = [
  badScenario(
    'a misspelt key would be forgotten in silence',
    [['policy: policy.yaml', 'policy: policy.yaml\nwarmpu: 1s']],
    ['FP_KEY_UNKNOWN scenario.yaml:5:1 warmpu is not a known key'],
  ),
  badScenario(
    'a key that must be there is missed',
    [['claim: Nothing happens.\n', '']],
    ['FP_KEY_MISSING scenario.yaml:1:1 claim is missing'],
  ),
  badScenario(
    'a file of another version means something else',
    [['version: 1', 'version: 2']],
    ['FP_VALUE_UNKNOWN scenario.yaml:1:10 version must be 1, got 2'],
  ),
  badScenario(
    'names become names of files',
    [['name: small', 'name: "../small"']],
    ['FP_NAME_INVALID scenario.yaml:2:7 name must be kebab-case, got "../small"'],
  ),
  badScenario(
    'a line break in a name would begin a new line of a log',
    [['name: small', 'name: "small\\r\\nSet-Cookie: a"']],
    ['FP_TEXT_INVALID scenario.yaml:2:7 name must not hold the control character U+000D'],
  ),
  badScenario(
    'NUL ends a path early',
    [['policy: policy.yaml', 'policy: "policy.yaml\\0.txt"']],
    ['FP_TEXT_INVALID scenario.yaml:4:9 policy must not hold the control character U+0000'],
  ),
  badScenario(
    'an escape code would draw on the terminal',
    [['Nothing happens.', '"\\e[31mred"']],
    ['FP_TEXT_INVALID scenario.yaml:3:8 claim must not hold the control character U+001B'],
  ),
  badScenario(
    'a bare number has no unit',
    [['for: 2s', 'for: 2']],
    ['FP_DURATION_INVALID scenario.yaml:6:24 phases[0].for must be a duration with a unit, got 2'],
  ),
  badScenario(
    'units have one spelling',
    [['for: 2s', 'for: 2 sec']],
    ['FP_DURATION_INVALID scenario.yaml:6:24 phases[0].for must be a duration, got "2 sec"'],
  ),
  badScenario(
    'a phase of no length measures nothing',
    [['for: 2s', 'for: 0s']],
    ['FP_DURATION_RANGE scenario.yaml:6:24 phases[0].for must be 1ms to 366d, got "0s"'],
  ),
  badScenario(
    'infinity is no duration',
    [['for: 2s', 'for: .inf']],
    ['FP_DURATION_INVALID scenario.yaml:6:24 phases[0].for must be a duration with a unit, got Infinity'],
  ),
  badScenario(
    'a rate needs a period',
    [['rate: 60/s', 'rate: 60']],
    ['FP_RATE_INVALID scenario.yaml:13:41 actors[0].arrivals.rate must be a rate with a period, got 60'],
  ),
  badScenario(
    'nobody sends less than nothing',
    [['rate: 60/s', 'rate: -60/s']],
    ['FP_RATE_NOT_POSITIVE scenario.yaml:13:41 actors[0].arrivals.rate must be above 0/s, got -60'],
  ),
  badScenario(
    'an actor that sends nothing is a mistake',
    [['rate: 60/s', 'rate: 0/s']],
    ['FP_RATE_NOT_POSITIVE scenario.yaml:13:41 actors[0].arrivals.rate must be above 0/s, got 0'],
  ),
  badScenario(
    'NaN compares with nothing',
    [['rate: 60/s', 'rate: .nan']],
    ['FP_RATE_INVALID scenario.yaml:13:41 actors[0].arrivals.rate must be a rate with a period, got NaN'],
  ),
  badScenario(
    'no machine sends ten million a second',
    [['rate: 60/s', 'rate: 10000000/s']],
    ['FP_RATE_RANGE scenario.yaml:13:41 actors[0].arrivals.rate must be 1 per 366d to 1000000/s, got "10000000/s"'],
  ),
  badScenario(
    'a population is counted in people',
    [['population: 10', 'population: 1.5']],
    ['FP_COUNT_INVALID scenario.yaml:11:17 actors[0].population must be a whole number, got 1.5'],
  ),
  badScenario(
    'a population has an end',
    [['population: 10', 'population: 10000001']],
    ['FP_COUNT_RANGE scenario.yaml:11:17 actors[0].population must be 1 to 10000000, got 10000001'],
  ),
  badScenario(
    'there are two labels',
    [['label: legit', 'label: legitimate']],
    ['FP_VALUE_UNKNOWN scenario.yaml:10:12 actors[0].label must be one of legit, abuse, got "legitimate"'],
  ),
  badScenario(
    'an unknown behaviour does not hide the other faults of its actor',
    [
      ['behaviour: retail-trader', 'behaviour: retail-trade'],
      ['rate: 60/s', 'rate: 60'],
    ],
    [
      'FP_VALUE_UNKNOWN scenario.yaml:12:16 actors[0].behaviour must be one of retail-trader, market-maker, login, retail-ui, retail-bot, history-scan, reconnect, recorded, credential-stuffing, password-spraying, account-lockout, name-probing, key-enumeration, signature-forgery, clock-skew, order-flood, batch-flood, place-cancel, layering, cancel-storm, heavy-requests, scrape, unique-callers, identity-rotation, limit-search, phase-probing, overrun, replay, forwarded-rotation, nonce-exhaustion, got "retail-trade"',
      'FP_RATE_INVALID scenario.yaml:13:41 actors[0].arrivals.rate must be a rate with a period, got 60',
    ],
  ),
  badScenario(
    'parameters belong to a behaviour',
    [['behaviour: retail-trader', 'behaviour: retail-trader\n    with: { cancelShare: 130%, thinkTimes: 1s }']],
    [
      'FP_RATIO_INVALID scenario.yaml:13:26 actors[0].with.cancelShare must be 0% to 100%, got "130%"',
      'FP_KEY_UNKNOWN scenario.yaml:13:32 actors[0].with.thinkTimes is not a known key',
    ],
  ),
  badScenario(
    'shares of one whole are at most the whole',
    [['behaviour: retail-trader', 'behaviour: retail-trader\n    with: { orderShare: 80%, accountShare: 40% }']],
    ['FP_SHARES_ABOVE_ONE scenario.yaml:13:25 actors[0].with.orderShare and accountShare are 120% together'],
  ),
  badScenario(
    'forged addresses come from one connection',
    [['behaviour: order-flood', 'behaviour: forwarded-rotation\n    population: 3']],
    ['FP_POPULATION_FIXED scenario.yaml:18:17 actors[1].population is 3, but forwarded-rotation is one identity'],
  ),
  badScenario(
    'two actors of one name can not be told apart',
    [['name: flooder', 'name: customers']],
    ['FP_NAME_TAKEN scenario.yaml:14:11 actors[1].name is the name of actors[0] too'],
  ),
  badScenario(
    'the words for groups are no names',
    [['name: flooder', 'name: abuse']],
    ['FP_NAME_TAKEN scenario.yaml:14:11 actors[1].name is abuse, which is a reserved word'],
  ),
  badScenario(
    'two phases of one name can not be told apart',
    [
      ['name: attack, for', 'name: calm, for'],
      ['during: attack', 'during: calm'],
    ],
    ['FP_NAME_TAKEN scenario.yaml:7:13 phases[1].name is the name of phases[0] too'],
  ),
  badScenario(
    'an actor acts in phases that there are',
    [['during: attack', 'during: [calm, atack]']],
    ['FP_REFERENCE_UNKNOWN scenario.yaml:16:20 actors[1].during[1] names no phase: "atack"'],
  ),
  badScenario(
    'more than a day is for virtual time, and the file says so',
    [
      ['for: 2s', 'for: 20h'],
      ['for: 3s', 'for: 20h'],
    ],
    [
      'FP_NEED_MISSING scenario.yaml:6:3 phases and the warm-up last 144002s together; beyond 86400s a run is for virtual time',
    ],
  ),
  badScenario(
    'no run lasts more than a year',
    [
      ['version: 1', 'version: 1\nneeds: [virtual-time]'],
      ['for: 2s', 'for: 200d'],
      ['for: 3s', 'for: 200d'],
    ],
    ['FP_RUN_TOO_LONG scenario.yaml:7:3 phases and the warm-up last 34560002s together, at most 31622400s'],
  ),
  badScenario(
    'without phases nothing is measured',
    [
      ['phases:\n  - { name: calm, for: 2s }\n  - { name: attack, for: 3s }', 'phases: []'],
      ['    during: attack\n', ''],
    ],
    ['FP_LIST_LENGTH scenario.yaml:5:9 phases must have at least 1 entry'],
  ),
  badScenario(
    'a replay needs somebody to listen to',
    [['behaviour: order-flood', 'behaviour: replay']],
    ['FP_KEY_MISSING scenario.yaml:14:5 actors[1].with.source is missing'],
  ),
  badScenario(
    'a replay listens to an actor of the file',
    [['behaviour: order-flood', 'behaviour: replay\n    with: { source: customer }']],
    ['FP_REFERENCE_UNKNOWN scenario.yaml:18:21 actors[1].with.source names no other actor: "customer"'],
  ),
  badScenario(
    'who signs nothing can not be replayed',
    [
      ['behaviour: retail-trader', 'behaviour: login'],
      ['behaviour: order-flood', 'behaviour: replay\n    with: { source: customers }'],
    ],
    [
      'FP_REFERENCE_UNSIGNED scenario.yaml:18:21 actors[1].with.source is customers, whose requests (login) are not signed under the policy small',
    ],
  ),
  badScenario(
    'the policy must be there',
    [['policy: policy.yaml', 'policy: polices/small.yaml']],
    [
      'FP_REFERENCE_UNREADABLE scenario.yaml:4:9 policy cannot be read: cannot read polices/small.yaml: there is no such file',
    ],
  ),
  badScenario(
    'a scenario is no policy of itself',
    [['policy: policy.yaml', 'policy: ./scenario.yaml']],
    ['FP_REFERENCE_CYCLE scenario.yaml:4:9 policy is the scenario file itself'],
  ),
  badText('a policy is no scenario', goodPolicy, [
    'FP_FILE_KIND scenario.yaml:1:1 the file is a policy, but a scenario is wanted here',
  ]),
  badScenario(
    'an expectation has a grammar',
    [['abuse.leak <= 0', 'abuse.leak = 0']],
    ['FP_EXPECTATION_INVALID scenario.yaml:20:16 expect[0] cannot be read from "= 0" on'],
  ),
  badScenario(
    'a metric must exist',
    [['abuse.leak <= 0', 'abuse.leek <= 0']],
    ['FP_METRIC_UNKNOWN scenario.yaml:20:11 expect[0] has no metric "leek"'],
  ),
  badScenario(
    'a value has the unit of its metric',
    [['abuse.leak <= 0', '"legit.latency.p99 <= 50"']],
    ['FP_UNIT_MISMATCH scenario.yaml:20:27 expect[0] needs a duration for latency.p99, got "50"'],
  ),
  badScenario(
    'an expectation is about somebody',
    [['abuse.leak <= 0', 'floder.leak <= 0']],
    ['FP_REFERENCE_UNKNOWN scenario.yaml:20:5 expect[0] has no subject "floder"'],
  ),
  badScenario(
    'all faults of a file are told at once',
    [
      ['name: small', 'name: Small'],
      ['for: 2s', 'for: 2'],
      ['label: legit', 'lable: legit'],
      ['population: 10', 'population: 0'],
      ['during: attack', 'during: storm'],
      ['abuse.leak <= 0', 'abuse.leek <= 0'],
    ],
    [
      'FP_NAME_INVALID scenario.yaml:2:7 name must be kebab-case, got "Small"',
      'FP_DURATION_INVALID scenario.yaml:6:24 phases[0].for must be a duration with a unit, got 2',
      'FP_KEY_MISSING scenario.yaml:9:5 actors[0].label is missing',
      'FP_KEY_UNKNOWN scenario.yaml:10:5 actors[0].lable is not a known key',
      'FP_COUNT_RANGE scenario.yaml:11:17 actors[0].population must be 1 to 10000000, got 0',
      'FP_REFERENCE_UNKNOWN scenario.yaml:16:13 actors[1].during names no phase: "storm"',
      'FP_METRIC_UNKNOWN scenario.yaml:20:11 expect[0] has no metric "leek"',
    ],
  ),
];
