import { describe, expect, it } from 'vitest';
import { FloodproofError } from '../../../harness/errors.js';
import { loadScenario } from '../../../harness/scenario/scenario.js';
import { edited } from '../../support/bad-files/bad-file.js';
import { goodPolicy, goodScenario, textReader } from '../../support/scenario-files.js';

type Edits = Parameters<typeof edited>[1];
const trader = 'behaviour: retail-trader';
const steady = '{ process: constant, rate: 200/s }';

function faultsOf(edits: Edits): readonly string[] {
  const files = { 's.yaml': edited(goodScenario, edits), 'policy.yaml': goodPolicy, 'weak.yaml': goodPolicy };
  try {
    loadScenario(textReader(files), 's.yaml');
    return [];
  } catch (error) {
    if (error instanceof FloodproofError) return error.faults.map(({ code }) => code);
    throw error;
  }
}

/** `last` is the last value that is right, `first` the first that is not. */
const bounds: readonly {
  readonly because: string;
  readonly last: Edits;
  readonly first: Edits;
  readonly code: string;
}[] = [
  {
    because: 'a master for each, and no more',
    last: [[trader, `${trader}\n    masters: 10`]],
    first: [[trader, `${trader}\n    masters: 11`]],
    code: 'FP_COUNT_RANGE',
  },
  {
    because: 'shares are the whole at most',
    last: [[trader, `${trader}\n    with: { orderShare: 75%, accountShare: 25% }`]],
    first: [[trader, `${trader}\n    with: { orderShare: 75%, accountShare: 25.1% }`]],
    code: 'FP_SHARES_ABOVE_ONE',
  },
  {
    because: 'a herd takes all the time until the next one at most',
    last: [[steady, '{ process: herd, size: 5, every: 1s, within: 1s }']],
    first: [[steady, '{ process: herd, size: 5, every: 1s, within: 1001ms }']],
    code: 'FP_ARRIVALS_INVALID',
  },
  {
    because: 'the first wait may be the longest',
    last: [[trader, `${trader}\n    retry: { policy: fixed, base: 10s, cap: 10s }`]],
    first: [[trader, `${trader}\n    retry: { policy: fixed, base: 10001ms, cap: 10s }`]],
    code: 'FP_RETRY_INVALID',
  },
  {
    because: 'a run over HTTP lasts a day at most',
    last: [
      ['phases:', 'warmup: 1h\nphases:'],
      ['for: 2s', 'for: 22h'],
      ['for: 3s', 'for: 1h'],
    ],
    first: [
      ['phases:', 'warmup: 1h\nphases:'],
      ['for: 2s', 'for: 22h'],
      ['for: 3s', 'for: 3600001ms'],
    ],
    code: 'FP_NEED_MISSING',
  },
  {
    because: 'a run in virtual time lasts a year at most',
    last: [
      ['phases:', 'needs: [virtual-time]\nwarmup: 1d\nphases:'],
      ['for: 2s', 'for: 364d'],
      ['for: 3s', 'for: 1d'],
      ['rate: 60/s', 'rate: 1/s'],
    ],
    first: [
      ['phases:', 'needs: [virtual-time]\nwarmup: 1d\nphases:'],
      ['for: 2s', 'for: 364d'],
      ['for: 3s', 'for: 86400001ms'],
      ['rate: 60/s', 'rate: 1/s'],
    ],
    code: 'FP_RUN_TOO_LONG',
  },
  {
    because: 'who acts all the time acts in the warm-up too',
    last: [['{ process: poisson, rate: 60/s }', '{ process: herd, size: 5, first: 6999ms }']],
    first: [['{ process: poisson, rate: 60/s }', '{ process: herd, size: 5, first: 7s }']],
    code: 'FP_TIME_OUTSIDE',
  },
  {
    because: 'each arrival brings less than one other',
    last: [[steady, '{ process: hawkes, rate: 9/s, branching: 0.999, decay: 2/s }']],
    first: [[steady, '{ process: hawkes, rate: 9/s, branching: 0.9991, decay: 2/s }']],
    code: 'FP_ARRIVALS_INVALID',
  },
  {
    because: 'a clock drifts by a tenth at most, either way',
    last: [['phases:', 'virtual: { clock: { drift: -100000ppm } }\nphases:']],
    first: [['phases:', 'virtual: { clock: { drift: -100001ppm } }\nphases:']],
    code: 'FP_NUMBER_RANGE',
  },
  {
    because: 'a share of the capacity is hundredfold at most',
    last: [
      ['phases:', 'capacity: 10/s\nphases:'],
      ['rate: 60/s', 'rate: 10000% of capacity'],
    ],
    first: [
      ['phases:', 'capacity: 10/s\nphases:'],
      ['rate: 60/s', 'rate: 10001% of capacity'],
    ],
    code: 'FP_RATE_RANGE',
  },
  {
    because: 'an outage may begin when the last one ends',
    last: [
      ['phases:', 'needs: [virtual-time]\nvirtual: { outages: [{ at: 0s, for: 1s }, { at: 1s, for: 1s }] }\nphases:'],
    ],
    first: [
      [
        'phases:',
        'needs: [virtual-time]\nvirtual: { outages: [{ at: 0s, for: 1s }, { at: 999ms, for: 1s }] }\nphases:',
      ],
    ],
    code: 'FP_TIMES_UNSORTED',
  },
  {
    because: 'a weak twin names what the file expects, unless an expectation that is not readable may be meant',
    last: [['phases:', 'weak: { policy: weak.yaml, fails: [abuse.leak] }\nphases:']],
    first: [['phases:', 'weak: { policy: weak.yaml, fails: [abuse.leek] }\nphases:']],
    code: 'FP_WEAK_INVALID',
  },
];

describe('the last right value', () => {
  it.each(bounds)('is taken, and the next one is not: $because', ({ last, first, code }) => {
    expect(faultsOf(last)).toEqual([]);
    expect(faultsOf(first)).toEqual([code]);
  });

  it('of a weak twin is not told to be wrong for an expectation that cannot be read', () => {
    const weak: Edits = [['phases:', 'weak: { policy: weak.yaml, fails: [abuse.leak] }\nphases:']];
    expect(faultsOf([...weak, ['abuse.leak <= 0', 'abuse.leak <= zero']])).toEqual(['FP_EXPECTATION_INVALID']);
  });
});
