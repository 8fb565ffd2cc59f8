import { describe, expect, it } from 'vitest';
import type { LogMap } from '../../../harness/intake/log-map.js';
import type { Policy, PolicyLimit } from '../../../harness/scenario/plan.js';
import { Dice } from '../../support/dice.js';
import { clfText, judgedLog, secondsText } from '../../support/judged-log.js';
import {
  aDecayingCounter,
  aFixedWindow,
  aLeakyQueue,
  aPolicy,
  aSlidingCounter,
  aSlidingLog,
  aTokenBucket,
  SECOND_US,
} from '../../support/plan-builder.js';
import { type ReferenceLimiter, referenceLimiter } from '../../support/reference-limiters.js';

const BASE_US = 1_764_190_000 * SECOND_US;
const byIp = { name: 'by-ip', by: ['ip'], ipPrefix: { v4: 32, v6: 64 } } as const;

/** A request as it truly was, on the server's clock. */
interface True {
  readonly ip: string;
  readonly startUs: number;
  readonly decidedUs: number;
  readonly endUs: number;
  readonly isAdmitted: boolean;
}

/** How a log is written, and what its judge is told. */
interface Writing {
  readonly name: string;
  readonly map: Partial<LogMap>;
  readonly write: (one: True) => string;
  /** What the server's limiter counts in. */
  readonly resolutionUs: number;
  readonly lastsUsMax: number;
}

const status = ({ isAdmitted }: True): number => (isAdmitted ? 200 : 429);
const request = '"GET /v1/ticker?symbol=BTC-USDT HTTP/1.1"';
/** nginx takes the difference of two moments that were cut off before. */
const lasted = ({ startUs, endUs }: True): string =>
  secondsText((Math.floor(endUs / 1000) - Math.floor(startUs / 1000)) * 1000, 3);

const writings: readonly Writing[] = [
  {
    name: 'whole seconds and no duration',
    map: { longestUs: 3 * SECOND_US },
    write: (one) => `${one.ip} - - [${clfText(one.endUs)}] ${request} ${status(one)} 12 "-" "curl"`,
    resolutionUs: 1000,
    lastsUsMax: 2 * SECOND_US,
  },
  {
    name: 'milliseconds with a duration',
    map: { logFormat: '$remote_addr $msec $request_time "$request" $status' },
    write: (one) => `${one.ip} ${secondsText(one.endUs, 3)} ${lasted(one)} ${request} ${status(one)}`,
    resolutionUs: 1000,
    lastsUsMax: 3 * SECOND_US,
  },
  {
    name: 'the start, to the nearest tenth of a second, with a duration in milliseconds to the nearest',
    map: {
      logFormat: '$remote_addr $begun $took "$request" $status',
      time: {
        field: 'begun',
        form: 'number',
        unit: 's',
        zoneMinutes: 0,
        isStart: true,
        grainUs: 0,
        rounding: 'nearest',
      },
      duration: { field: 'took', unit: 'ms' },
    },
    write: (one) => {
      const begun = secondsText(one.startUs + 50_000, 1);
      return `${one.ip} ${begun} ${Math.round((one.endUs - one.startUs) / 1000)} ${request} ${status(one)}`;
    },
    resolutionUs: 10_000,
    lastsUsMax: SECOND_US,
  },
];

const limits: readonly PolicyLimit[] = [
  aTokenBucket({ ...byIp, capacity: 3, refillCells: 2, refillPeriodUs: SECOND_US }),
  aDecayingCounter({ ...byIp, capacity: 4, refillCells: 1, refillPeriodUs: 700_000 }),
  aLeakyQueue({ ...byIp, capacity: 1, queueCells: 2, refillCells: 1, refillPeriodUs: SECOND_US }),
  aFixedWindow({ ...byIp, capacity: 3, windowUs: 2 * SECOND_US, anchor: 'calendar' }),
  aFixedWindow({ ...byIp, capacity: 3, windowUs: 2 * SECOND_US, anchor: 'first-hit' }),
  aSlidingLog({ ...byIp, capacity: 3, windowUs: 2 * SECOND_US }),
  aSlidingCounter({ ...byIp, capacity: 4, windowUs: 2 * SECOND_US }),
];

/** How a request is decided by a limiter that may be broken. */
type Decide = (limiter: ReferenceLimiter, readingUs: number) => boolean;

const rightly: Decide = (limiter, readingUs) => limiter.fits(readingUs, 1);

/** Requests of a few callers, decided in the order of their decisions by a clock that ticks in the resolution. */
function play(
  limit: PolicyLimit,
  { resolutionUs, lastsUsMax }: Writing,
  seed: number,
  decide: Decide,
): readonly True[] {
  const dice = new Dice(seed);
  const spanUs = 12 * SECOND_US;
  const asked = Array.from({ length: 120 }, () => {
    const startUs = BASE_US + dice.between(0, spanUs);
    // Bursts: some begin together.
    const lastUs = dice.between(0, 3) === 0 ? lastsUsMax - 1 : dice.between(0, Math.min(lastsUsMax - 1, 40_000));
    const decidedUs = startUs + dice.between(0, lastUs);
    return { ip: `10.0.0.${dice.between(1, 2)}`, startUs, decidedUs, endUs: startUs + lastUs };
  });
  const limiters = new Map<string, ReferenceLimiter>();
  const phaseUs = 'windowUs' in limit ? dice.between(0, limit.windowUs - 1) : 0;
  const offsetUs = dice.between(0, resolutionUs - 1);
  return asked
    .sort((a, b) => a.decidedUs - b.decidedUs)
    .map((one) => {
      const limiter = limiters.get(one.ip) ?? referenceLimiter(limit, phaseUs);
      limiters.set(one.ip, limiter);
      const readingUs = Math.floor((one.decidedUs - BASE_US + offsetUs) / resolutionUs) * resolutionUs;
      const isAdmitted = decide(limiter, readingUs);
      if (!isAdmitted) return { ...one, isAdmitted };
      limiter.charge(readingUs, 1);
      // Whoever waits in a queue ends no earlier than it is served.
      if (decide !== rightly) return { ...one, isAdmitted };
      const servedUs = one.decidedUs + (limiter.servedUs?.() ?? readingUs) - readingUs;
      return { ...one, endUs: Math.max(one.endUs, servedUs + resolutionUs), isAdmitted };
    });
}

/** Lines as they are written: when a request has ended; and only from a moment on, since a log begins somewhere. */
function linesOf(all: readonly True[], { write }: Writing, fromUs: number): readonly string[] {
  return all
    .filter((one) => one.endUs >= fromUs)
    .sort((a, b) => a.endUs - b.endUs)
    .map(write);
}

const policyOf = (limit: PolicyLimit, { resolutionUs }: Writing): Policy =>
  aPolicy([limit], { resolutionUs, auth: null });

describe.each(writings)('a log of $name', (writing) => {
  it.each(limits)('accuses no right limiter: $family', async (limit) => {
    let throttled = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const all = play(limit, writing, seed, rightly);
      const lines = linesOf(all, writing, BASE_US + (seed % 3) * 2 * SECOND_US);
      const document = await judgedLog({
        policy: policyOf(limit, writing),
        lines,
        map: writing.map,
        expected: ['all.leak <= 0', 'all.wrongfulBlocks <= 0'],
      });
      throttled += document.actors.everyone?.throttled ?? 0;
      expect(document.leaks, `seed ${seed}`).toEqual([]);
      const [leak, wrongful] = document.expectations;
      expect(leak?.pass, `seed ${seed}`).toBe(true);
      expect(wrongful?.measured, `seed ${seed}`).toBe(0);
    }
    expect(throttled).toBeGreaterThan(100);
  });

  it.each(limits)('convicts one that blocks after a rest as long as any limit needs: $family', async (limit) => {
    const all = play(limit, writing, 1, rightly);
    const restedUs = BASE_US + 40 * SECOND_US;
    const blocked = { ip: '10.0.0.1', startUs: restedUs, decidedUs: restedUs, endUs: restedUs, isAdmitted: false };
    const document = await judgedLog({
      policy: policyOf(limit, writing),
      lines: linesOf([...all, blocked], writing, BASE_US),
      map: writing.map,
    });
    const wrongful = document.expectations.find(({ metric }) => metric === 'all.wrongfulBlocks');
    expect(wrongful).toMatchObject({ measured: 1, pass: false });
  });

  it.each(limits)('convicts one that lets all through: $family', async (limit) => {
    const document = await judgedLog({
      policy: policyOf(limit, writing),
      lines: linesOf(
        play(limit, writing, 1, () => true),
        writing,
        BASE_US,
      ),
      map: writing.map,
    });
    expect(document.verdict).toBe('fail');
    expect(document.leaks.length).toBeGreaterThan(0);
  });
});
