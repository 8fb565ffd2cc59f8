import { describe, expect, test } from 'vitest';
import {
  burstDisagreement,
  frozen,
  type LimiterSettings,
  type OpenLimiter,
  refillDisagreement,
  refilling,
} from '../../../../harness/bench/limiters/agreement.js';
import { assertLimitersAgree } from '../../../../harness/bench/limiters/limit-group.js';
import {
  engineRival,
  type LimiterRival,
  limiterPackages,
  loadPackages,
} from '../../../../harness/bench/limiters/limiter-rivals.js';
import { formRivals } from '../../../../harness/bench/limiters/own-forms.js';
import { NATIVE, TS } from '../../../../harness/bench/limiters/row.js';
import { openEngine } from '../../../../harness/native/engine.js';

const ORIGIN_US = 1_700_000_000_000_000;

/** What a bucket gets wrong; nothing when left out. */
interface Flaw {
  readonly extraCells?: number;
  readonly isShared?: boolean;
  readonly refillFactor?: number;
  readonly chargesThrottled?: boolean;
}

function bucket(settings: LimiterSettings, flaw: Flaw = {}): OpenLimiter {
  const { refillCells, refillPeriodUs } = settings;
  const { extraCells = 0, isShared = false, refillFactor = 1, chargesThrottled = false } = flaw;
  const full = (settings.capacity + extraCells) * refillPeriodUs;
  const levels = new Map<string, { units: number; atUs: number }>();
  const decide = (key: string, nowUs: number): boolean => {
    const name = isShared ? '' : key;
    const { units, atUs } = levels.get(name) ?? { units: full, atUs: nowUs };
    const level = Math.min(full, units + (nowUs - atUs) * refillCells * refillFactor);
    const fits = level >= refillPeriodUs;
    levels.set(name, { units: level - (fits || chargesThrottled ? refillPeriodUs : 0), atUs: nowUs });
    return fits;
  };
  return { form: 'value', decide, close: () => undefined };
}

describe('the check of a burst', () => {
  test('finds nothing in a right bucket, whatever the form of its answers', async () => {
    const value = bucket(frozen);
    const promise: OpenLimiter = { ...bucket(frozen), form: 'promise' };
    const inner = bucket(frozen);
    const rejection: OpenLimiter = {
      ...inner,
      form: 'rejection',
      decide: (key, nowUs) => (inner.decide(key, nowUs) ? Promise.resolve({}) : Promise.reject(new Error('no'))),
    };
    for (const limiter of [value, promise, rejection]) {
      expect(await burstDisagreement(limiter, ORIGIN_US)).toBeNull();
    }
  });

  test.each([
    { flaw: { extraCells: 1 }, finds: 'admits where it should throttle', because: 'it admits one too many' },
    { flaw: { extraCells: -1 }, finds: 'throttles where it should admit', because: 'it admits one too few' },
    { flaw: { isShared: true }, finds: 'throttles where it should admit', because: 'all keys share one counter' },
  ])('finds a planted fault: $because', async ({ flaw, finds }) => {
    const found = await burstDisagreement(bucket(frozen, flaw), ORIGIN_US);
    expect(found).toMatch(/^request \d+, of caller-\d+ after 0 us: it /);
    expect(found).toContain(finds);
  });
});

describe('the check of a refill', () => {
  test('finds nothing in a right bucket', async () => {
    expect(await refillDisagreement(bucket(refilling), ORIGIN_US)).toBeNull();
  });

  test.each([
    { flaw: { refillFactor: 0 }, finds: 'throttles', because: 'nothing comes back' },
    { flaw: { refillFactor: 0.99 }, finds: 'throttles', because: 'a hundredth is lost' },
    { flaw: { refillFactor: 1.01 }, finds: 'admits', because: 'a hundredth is given away' },
    { flaw: { chargesThrottled: true }, finds: 'throttles', because: 'a throttled request is charged' },
  ])('finds a planted fault: $because', async ({ flaw, finds }) => {
    expect(await refillDisagreement(bucket(refilling, flaw), ORIGIN_US)).toContain(`it ${finds} where`);
  });
});

describe('before anything is timed', () => {
  test('the engines and all packages agree', async () => {
    const { rivals, absent } = await loadPackages(limiterPackages);
    const auto = openEngine('auto');
    const ours = [
      engineRival(TS, openEngine('ts'), ORIGIN_US),
      ...(auto.engine === 'native' ? [engineRival(NATIVE, auto, ORIGIN_US)] : []),
    ];
    expect(absent).toEqual([]);
    expect(rivals).toHaveLength(4);
    const forms = ours.flatMap(formRivals);
    expect(forms.map(({ name }) => name)).toContain('floodproof ts, a batch of 1,024');
    expect(await assertLimitersAgree([...ours, ...forms, ...rivals], ORIGIN_US)).toEqual([]);
  });

  test('a wrong rival stops the benchmark, and is named', async () => {
    const wrong: LimiterRival = {
      name: 'generous',
      kind: 'other',
      open: (settings) => bucket(settings, { extraCells: 1 }),
    };
    await expect(assertLimitersAgree([wrong], ORIGIN_US)).rejects.toMatchObject({
      code: 'FP_BENCH_DISAGREES',
      exitCode: 3,
      message: expect.stringContaining('generous does not hold a limit of 3 cells: request'),
    });
  });

  test('a limiter that holds but refills otherwise is remarked upon', async () => {
    const slow: LimiterRival = {
      name: 'slow',
      kind: 'bucket',
      open: (settings) => bucket(settings, { refillFactor: 0.5 }),
    };
    expect(await assertLimitersAgree([slow], ORIGIN_US)).toEqual([
      expect.stringMatching(/^slow does not refill as a token bucket does \(request \d+/),
    ]);
  });

  test('a package that is not there is named, with what brings it', async () => {
    const gone = { 'no-such-limiter': () => Promise.reject(new Error('Cannot find package imported from a/b.js')) };
    expect(await loadPackages(gone)).toEqual({
      rivals: [],
      absent: ['no-such-limiter is not here (Cannot find package); "npm install -D no-such-limiter" brings it'],
    });
  });
});
