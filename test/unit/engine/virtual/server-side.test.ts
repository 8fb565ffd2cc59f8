/** Single moments of virtual time, each worked out by hand. */
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../../harness/actors/outcome.js';
import type { Arrivals, Plan, PolicyLimit, VirtualWorld } from '../../../../harness/scenario/plan.js';
import { virtualDefaults } from '../../../../harness/scenario/plan-defaults.js';
import { RESTART_US } from '../../../../harness/targets/core/downtime.js';
import { aConcurrency, aLeakyQueue, aPolicy, aTokenBucket, SECOND_US } from '../../../support/plan-builder.js';
import { rightPlan, virtualActor } from '../../../support/virtual-acquittal.js';
import { playVirtually } from '../../../support/virtual-play.js';

const END_US = 20 * SECOND_US;

/** Orders of one customer at these moments, a herd each; the first phase begins with the run. */
function herds(
  herd: readonly { readonly atUs: number; readonly size: number }[],
  virtual: Partial<VirtualWorld>,
  limits: readonly PolicyLimit[] = [],
): Plan {
  const actors = herd.map(({ atUs, size }, index) => {
    const arrivals: Arrivals = { process: 'herd', size, firstUs: atUs, everyUs: null, withinUs: 0 };
    const numbers = { population: 1, ratePerSecond: 1, endUs: END_US };
    return { ...virtualActor(`herd-${index}`, 'order-flood', numbers), arrivals };
  });
  return {
    ...rightPlan('token-bucket', 1),
    virtual: { ...virtualDefaults, delayUs: 1_000, ...virtual },
    policy: aPolicy(limits),
    warmupUs: 0,
    phases: [{ name: 'all', startUs: 0, endUs: END_US }],
    actors,
    request: { timeoutUs: 5 * SECOND_US, connectionsPerIp: 8, openMax: 10_000 },
  };
}

function endsOf(plan: Plan): readonly (readonly [number, number])[] {
  return playVirtually(plan).rows.map(({ outcome, concludedUs }) => [outcome, concludedUs] as const);
}

const { admitted, throttled, timeout, reset, serverError, unsent } = Outcome;

describe('an answer', () => {
  const twoMs = herds([{ atUs: 100, size: 1 }], {});

  it('that is there at the deadline counts', () => {
    const request = { ...twoMs.request, timeoutUs: 2_000 };
    expect(endsOf({ ...twoMs, request })).toEqual([[admitted, 2_100]]);
  });

  it('that comes a microsecond later does not', () => {
    const request = { ...twoMs.request, timeoutUs: 1_999 };
    expect(endsOf({ ...twoMs, request })).toEqual([[timeout, 2_099]]);
  });
});

describe('a request', () => {
  it('that is due at the very start is sent a microsecond later', () => {
    const [row] = playVirtually(herds([{ atUs: 0, size: 1 }], { delayUs: 0 })).rows;
    expect(row).toMatchObject({ intendedUs: 0, sentUs: 1, answeredUs: 1, concludedUs: 1 });
  });

  it('beyond those that may be open is never sent', () => {
    const plan = herds([{ atUs: 10, size: 3 }], {});
    const rows = playVirtually({ ...plan, request: { ...plan.request, openMax: 2 } }).rows;
    expect(rows.map(({ outcome, sentUs }) => [outcome, sentUs])).toEqual([
      [unsent, 0],
      [admitted, 10],
      [admitted, 10],
    ]);
  });
});

describe('a server with a rate', () => {
  it('serves one after the other, and turns away whoever finds the queue full', () => {
    const plan = herds([{ atUs: 10, size: 5 }], { serverPerSecond: 1_000, serverQueueMax: 2 });
    expect(endsOf(plan)).toEqual([
      [serverError, 2_010],
      [serverError, 2_010],
      [admitted, 3_010],
      [admitted, 4_010],
      [admitted, 5_010],
    ]);
  });

  it('loses at a restart who waits, says 503 until it is there again, and has nobody waiting then', () => {
    const restartUs = 2 * SECOND_US;
    const late = [
      { atUs: restartUs + RESTART_US - 1_001, size: 1 },
      { atUs: restartUs + RESTART_US - 1_000, size: 1 },
    ];
    const plan = herds([{ atUs: 0, size: 12 }, ...late], { serverPerSecond: 1, restarts: [restartUs] });
    const ends = endsOf({ ...plan, request: { ...plan.request, timeoutUs: 30 * SECOND_US } });
    expect(ends[0]).toEqual([admitted, SECOND_US + 2_001]);
    expect(ends.slice(1, 11)).toEqual(Array.from({ length: 10 }, () => [reset, restartUs + 1_000]));
    // Its service had begun before the restart: the answer was as good as written.
    expect(ends[11]).toEqual([admitted, 2 * SECOND_US + 2_001]);
    expect(ends.slice(12)).toEqual([
      [serverError, restartUs + RESTART_US + 999],
      [admitted, restartUs + RESTART_US + SECOND_US + 1_000],
    ]);
  });
});

describe('limits of virtual time', () => {
  it('hold what is in flight until its answer is handed over', () => {
    const limit = aConcurrency({ by: ['account'], capacity: 1 });
    const queue = aLeakyQueue({ name: 'queue', by: ['account'], capacity: 1, queueCells: 9, refillCells: 1 });
    // The first is served at once; the second waits a second, in which the third finds it in flight.
    const plan = herds([{ atUs: 10, size: 3 }], {}, [limit, queue]);
    expect(endsOf(plan)).toEqual([
      [admitted, 2_010],
      [throttled, 2_010],
      [admitted, SECOND_US + 2_010],
    ]);
  });

  it('that make wait for a turn are told apart by the decision hash, where nothing but the wait differs', () => {
    const hashOf = (refillCells: number): string => {
      const queue = aLeakyQueue({ by: ['account'], capacity: 1, queueCells: 9, refillCells });
      return playVirtually(herds([{ atUs: 10, size: 3 }], {}, [queue])).hash;
    };
    expect(hashOf(1)).toBe(hashOf(1));
    expect(hashOf(1)).not.toBe(hashOf(2));
  });

  it('that end the connection lose whatever else was sent on it', () => {
    const limit = aTokenBucket({ by: ['account'], capacity: 1, refillCells: 1, refillPeriodUs: 60e6, kills: true });
    const world = { serverPerSecond: 1_000 };
    // All at the server when the second is refused: the first has its answer by then, the third and fourth wait.
    expect(endsOf(herds([{ atUs: 10, size: 4 }], world, [limit]))).toEqual([
      [admitted, 3_010],
      [reset, 3_010],
      [reset, 3_010],
      [throttled, 4_010],
    ]);
  });

  it('that end the connection end that of the one request alone where each has its own', () => {
    const limit = aTokenBucket({ by: ['account'], capacity: 1, refillCells: 1, refillPeriodUs: 60e6, kills: true });
    const plan = herds([{ atUs: 10, size: 4 }], { serverPerSecond: 1_000 }, [limit]);
    const actors = plan.actors.map((actor) => ({ ...actor, connection: 'fresh' as const }));
    expect(endsOf({ ...plan, actors }).map(([outcome]) => outcome)).toEqual([
      admitted,
      throttled,
      throttled,
      throttled,
    ]);
  });

  it('that end the connection know a person among very many', () => {
    const limit = aTokenBucket({ by: [], capacity: 1, refillCells: 1, refillPeriodUs: 60e6, kills: true });
    const moments = [12, 10, 11].map((atUs) => ({ atUs, size: 1 }));
    const plan = herds(moments, { serverPerSecond: 1_000 }, [limit]);
    const [among, one, first] = plan.actors;
    if (!among || !one || !first) throw new Error('there are three');
    // The one asks twice, and between it somebody whom a world of this size keeps in the same place.
    const twice = {
      ...one,
      arrivals: { ...one.arrivals, everyUs: 3 } as Arrivals,
      active: [{ startUs: 0, endUs: 15 }],
    };
    const crowd = { ...among, population: 2 ** 17, who: { choice: 'in-turn' } };
    const actors = [crowd, twice, { ...first, arrivals: { ...first.arrivals, firstUs: 9 } }];
    const { rows } = playVirtually({ ...plan, actors: actors as Plan['actors'] });
    expect(rows.filter(({ actor }) => actor === 1).map(({ outcome }) => outcome)).toEqual([reset, throttled]);
  });
});
