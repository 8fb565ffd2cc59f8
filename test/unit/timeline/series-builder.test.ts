import { describe, expect, test } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import type { ObservationBatch } from '../../../harness/judge/observation.js';
import type { Plan } from '../../../harness/scenario/plan.js';
import type { ActorSeries, SeriesDocument } from '../../../harness/timeline/series.js';
import { SeriesBuilder } from '../../../harness/timeline/series-builder.js';
import { seriesOf } from '../../../harness/timeline/series-of.js';
import { aWorld } from '../../support/judge-task.js';
import { type Observed, observed, sourceOf } from '../../support/observation-builder.js';
import { aPlan, aPolicy, aTokenBucket } from '../../support/plan-builder.js';

// 1 s of warm-up and 10 s of phases: bins of 100 ms, the first phase begins with bin 10.
const plan = aPlan();

function builderOf(rows: readonly Partial<Observed>[], of: Plan = plan): SeriesBuilder {
  const builder = new SeriesBuilder({ plan: of, seed: 7, world: null, hasBounds: false });
  for (const batch of batches(rows)) builder.add(batch);
  return builder;
}

function batches(rows: readonly Partial<Observed>[]): readonly ObservationBatch[] {
  return [...sourceOf(rows.map(observed), 3)()];
}

function actorOf({ actors }: SeriesDocument, index = 0): ActorSeries {
  return actors[index] as ActorSeries;
}

/** What a series holds, by bin. */
function filled(counts: readonly number[] | undefined): Record<number, number> {
  return Object.fromEntries([...(counts ?? []).entries()].filter(([, count]) => count > 0));
}

describe('the series of a run', () => {
  test('says of what run it is, where its bins lie and what its phases and actors are', () => {
    expect(builderOf([]).document(0, { reachedUs: 11_000_000 })).toMatchObject({
      schema: 'floodproof/series/1',
      scenario: 'test-scenario',
      seed: 7,
      fromMs: -1000,
      binMs: 100,
      firstBin: 0,
      bins: 110,
      phases: [
        { name: 'calm', fromMs: 0, toMs: 2000 },
        { name: 'attack', fromMs: 2000, toMs: 6000 },
        { name: 'recovery', fromMs: 6000, toMs: 10_000 },
      ],
      actors: [
        { name: 'customers', label: 'legit', behaviour: 'retail-trader', population: 10, refusals: {} },
        { name: 'attackers', label: 'abuse', behaviour: 'order-flood', population: 10, refusals: {} },
      ],
      limits: [],
      leaks: [],
      generator: [],
      ownDelayMsP99Bound: 250,
    });
  });

  test('counts a request when it was intended, when it was sent and when it was admitted', () => {
    const row = { intendedUs: 1_050_000, sentUs: 1_150_000, answeredUs: 1_399_999, concludedUs: 1_400_000 };
    const series = actorOf(builderOf([row]).document());
    expect(filled(series.intended)).toEqual({ 10: 1 });
    expect(filled(series.sent)).toEqual({ 11: 1 });
    expect(filled(series.admitted)).toEqual({ 13: 1 });
    expect(series.refusals).toEqual({});
  });

  test('has three latencies: of the dispatch where it was sent, of service and wish where it was answered', () => {
    const row = { intendedUs: 1_050_000, sentUs: 1_150_000, answeredUs: 1_400_000 };
    const { latency } = actorOf(builderOf([row]).document());
    expect(latency.dispatch.max[11]).toBe(100);
    expect(latency.service.max[14]).toBe(250);
    expect(latency.intended.max[14]).toBe(350);
    expect(latency.intended.p50[11]).toBeNull();
    expect(latency.intended.histogram).toEqual({ upToMs: [354], counts: [1] });
  });

  test.each([
    { outcome: Outcome.throttled, reason: 'throttled' },
    { outcome: Outcome.never, reason: 'never' },
    { outcome: Outcome.banned, reason: 'banned' },
    { outcome: Outcome.refused, reason: 'refused' },
    { outcome: Outcome.denied, reason: 'denied' },
    { outcome: Outcome.unclear, reason: 'unclear' },
    { outcome: Outcome.timeout, reason: 'errors' },
    { outcome: Outcome.reset, reason: 'errors' },
    { outcome: Outcome.unconnected, reason: 'errors' },
    { outcome: Outcome.garbage, reason: 'errors' },
    { outcome: Outcome.serverError, reason: 'errors' },
    { outcome: Outcome.unsent, reason: 'errors' },
  ])('counts outcome $outcome as $reason when it was concluded, without a latency but the dispatch', (row) => {
    const one = { intendedUs: 1_000_000, sentUs: 1_000_000, concludedUs: 3_000_000, outcome: row.outcome };
    const series = actorOf(builderOf([one]).document());
    expect(Object.entries(series.refusals).map(([reason, counts]) => [reason, filled(counts)])).toEqual([
      [row.reason, { 30: 1 }],
    ]);
    expect(filled(series.admitted)).toEqual({});
    expect(series.latency.intended.histogram.counts).toEqual([]);
    expect(series.latency.service.histogram.counts).toEqual([]);
    expect(series.latency.dispatch.histogram.counts).toEqual([1]);
  });

  test('what the generator took back is intended and sent, and nobody refused it', () => {
    const row = { intendedUs: 1_000_000, sentUs: 1_300_000, outcome: Outcome.aborted };
    const series = actorOf(builderOf([row]).document());
    expect([filled(series.intended), filled(series.sent), series.refusals]).toEqual([{ 10: 1 }, { 13: 1 }, {}]);
  });

  test('what was never written was not sent', () => {
    const unsent = { intendedUs: 1_000_000, sentUs: 0, concludedUs: 1_000_000, outcome: Outcome.unsent };
    const series = actorOf(builderOf([unsent]).document());
    expect([filled(series.intended), filled(series.sent)]).toEqual([{ 10: 1 }, {}]);
    expect(series.latency.dispatch.histogram.counts).toEqual([]);
  });

  test('histograms leave out what was intended in the warm-up or after the end, bins do not', () => {
    const rows = [999_999, 1_000_000, 10_999_999, 11_000_000].map((sentUs) => ({ sentUs, identity: 0 }));
    const { latency } = actorOf(builderOf(rows).document());
    expect(latency.service.histogram.counts).toEqual([2]);
    expect(latency.service.max.filter((ms) => ms !== null)).toHaveLength(2);
    expect([latency.dispatch.max[9], latency.service.max[10], latency.service.max[110]]).toEqual([0, 1, 1]);
  });

  test('tells actors apart, and leaves out one that the plan does not have', () => {
    const rows = [0, 1, 1, 2, 9].map((actor) => ({ sentUs: actor < 2 ? 1_000_000 : 5_000_000, actor }));
    const document = builderOf(rows).document();
    expect(document.bins).toBe(11);
    expect(document.actors.map(({ sent }) => filled(sent))).toEqual([{ 10: 1 }, { 10: 2 }]);
  });

  test('goes on after the planned end, and what comes much later stands in the last bin', () => {
    const late = builderOf([{ sentUs: 11_500_000 }, { sentUs: 10_000_000_000 }]).document();
    expect(filled(actorOf(late).sent)).toEqual({ 115: 1, 169: 1 });
    expect(late.bins).toBe(170);
  });

  test('ends with its last row, or with what was reached', () => {
    const rows = [{ sentUs: 2_000_000, answeredUs: 2_050_000 }];
    expect(builderOf(rows).document().bins).toBe(21);
    expect(builderOf(rows).document(0, { reachedUs: 2_100_000 }).bins).toBe(21);
    expect(builderOf(rows).document(0, { reachedUs: 2_100_001 }).bins).toBe(22);
    expect(builderOf([]).document().bins).toBe(1);
  });

  test('the sums of all bins are what there was', () => {
    const rows = Array.from({ length: 2000 }, (_, index) => ({
      sentUs: 1 + index * 5000,
      identity: index % 7,
      outcome: index % 3 === 0 ? Outcome.throttled : Outcome.admitted,
    }));
    const series = actorOf(builderOf(rows).document());
    const sum = (counts: readonly number[] = []): number => counts.reduce((all, count) => all + count, 0);
    expect([sum(series.intended), sum(series.sent)]).toEqual([2000, 2000]);
    expect([sum(series.admitted), sum(series.refusals.throttled)]).toEqual([1333, 667]);
  });
});

describe('while the run goes on', () => {
  test('only the bins from the first that changed are told, and each change once', () => {
    const builder = builderOf([{ sentUs: 2_000_000, answeredUs: 2_150_000 }]);
    expect(builder.firstChangedBin()).toBe(20);
    expect(builder.takeDelta()).toMatchObject({ firstBin: 20, bins: 2 });
    expect(builder.firstChangedBin()).toBeNull();
    expect(builder.takeDelta()).toBeNull();
    const later = { intendedUs: 1_950_000, sentUs: 2_200_000, concludedUs: 2_300_000, outcome: Outcome.throttled };
    for (const batch of batches([later])) builder.add(batch);
    const delta = builder.takeDelta({ reachedUs: 2_500_000 }) as SeriesDocument;
    expect([delta.firstBin, delta.bins]).toEqual([19, 6]);
    expect(actorOf(delta).intended).toEqual([1, 1, 0, 0, 0, 0]);
    expect(actorOf(delta).sent).toEqual([0, 1, 0, 1, 0, 0]);
    expect(actorOf(delta).refusals).toEqual({ throttled: [0, 0, 0, 0, 1, 0] });
  });

  test('parts put over each other are the whole', () => {
    const builder = builderOf([]);
    const whole = { intended: [] as number[], throttled: [] as number[], p50: [] as (number | null)[] };
    for (let step = 0; step < 50; step++) {
      const sentUs = 1 + step * 170_000;
      const rows = [
        { intendedUs: Math.max(1, sentUs - 400_000), sentUs },
        { sentUs, outcome: Outcome.throttled },
      ];
      for (const batch of batches(rows)) builder.add(batch);
      const delta = builder.takeDelta() as SeriesDocument;
      const { intended, refusals, latency } = actorOf(delta);
      whole.intended.splice(delta.firstBin, whole.intended.length, ...intended);
      whole.throttled.splice(delta.firstBin, whole.throttled.length, ...(refusals.throttled ?? []));
      whole.p50.splice(delta.firstBin, whole.p50.length, ...latency.intended.p50);
    }
    const { intended, refusals, latency } = actorOf(builder.document());
    expect(whole).toEqual({ intended, throttled: refusals.throttled, p50: latency.intended.p50 });
  });

  test('nothing is said of limits', () => {
    const builder = new SeriesBuilder({ plan, seed: 1, world: aWorld(plan), hasBounds: false });
    for (const batch of batches([{ sentUs: 1_000_000 }])) builder.add(batch);
    expect(builder.document().limits).toEqual([]);
  });
});

describe('the series of a run that is over', () => {
  const two = aPlan({ policy: aPolicy([aTokenBucket(), aTokenBucket({ name: 'shadow', isShadow: true })]) });

  test('has bins up to the end of the run, limits, and what the generator saw of itself', () => {
    const generator = [{ second: 0, ownDelayMsP99: 1, eventLoopLagMsMax: 2, gcMs: 3, stolenCpuShare: 0 }];
    const rows = sourceOf([observed({ sentUs: 1_000_000 })]);
    const document = seriesOf({ plan: two, seed: 3 }, aWorld(two), rows, [], generator);
    expect(document).toMatchObject({ bins: 110, seed: 3, generator });
    expect(document.limits.map(({ actor, limit, keys }) => [actor, limit, keys])).toEqual([[0, 'orders', 1]]);
    expect(seriesOf({ plan: two, seed: 3 }, aWorld(two), rows, [], [], 5_000_000).bins).toBe(50);
  });

  test('is read from rows once only', () => {
    let walks = 0;
    const rows = sourceOf([observed({ sentUs: 1_000_000 })]);
    seriesOf(
      { plan: two, seed: 3 },
      aWorld(two),
      () => {
        walks++;
        return rows();
      },
      [],
      [],
    );
    expect(walks).toBe(1);
  });
});
