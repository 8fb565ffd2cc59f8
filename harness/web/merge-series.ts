/** Puts newer bins of a series behind the older ones, in their place. */
import type { ActorSeries, LatencySeries, SeriesDocument } from '../report/page-data.js';

type Values = readonly (number | null)[];

/**
 * The series with the bins of `part` from its `firstBin` on; `part` alone when it starts at bin 0, or is told in other bins.
 * Bins that neither holds are 0, or null where the series knows null.
 */
export function mergeSeries(before: SeriesDocument | null, part: SeriesDocument): SeriesDocument {
  if (before === null || part.firstBin <= before.firstBin) return part;
  if (before.binMs !== part.binMs || before.fromMs !== part.fromMs) return part;
  const kept = part.firstBin - before.firstBin;
  const join = <T extends Values>(old: T | undefined, add: T | undefined, empty: T[number]): T => {
    const head = Array.from({ length: kept }, (_, bin) => old?.[bin] ?? empty);
    const tail = Array.from({ length: part.bins }, (_, bin) => add?.[bin] ?? empty);
    return [...head, ...tail] as readonly (number | null)[] as T;
  };
  const joinLatency = (old: LatencySeries | undefined, add: LatencySeries): LatencySeries => ({
    p50: join(old?.p50, add.p50, null),
    p90: join(old?.p90, add.p90, null),
    p99: join(old?.p99, add.p99, null),
    max: join(old?.max, add.max, null),
    histogram: add.histogram,
  });
  const joinActor = (actor: ActorSeries, index: number): ActorSeries => {
    const old = before.actors[index];
    const refusals: { [reason: string]: readonly number[] } = {};
    for (const reason of new Set([...Object.keys(old?.refusals ?? {}), ...Object.keys(actor.refusals)])) {
      const key = reason as keyof ActorSeries['refusals'];
      refusals[reason] = join(old?.refusals[key], actor.refusals[key], 0);
    }
    return {
      ...actor,
      intended: join(old?.intended, actor.intended, 0),
      sent: join(old?.sent, actor.sent, 0),
      admitted: join(old?.admitted, actor.admitted, 0),
      refusals,
      latency: {
        intended: joinLatency(old?.latency.intended, actor.latency.intended),
        service: joinLatency(old?.latency.service, actor.latency.service),
        dispatch: joinLatency(old?.latency.dispatch, actor.latency.dispatch),
      },
    };
  };
  const firstSecond = part.generator[0]?.second ?? Number.POSITIVE_INFINITY;
  return {
    ...part,
    firstBin: before.firstBin,
    bins: kept + part.bins,
    actors: part.actors.map(joinActor),
    limits: part.limits.length > 0 ? part.limits : before.limits,
    leaks: part.leaks.length > 0 ? part.leaks : before.leaks,
    generator: [...before.generator.filter(({ second }) => second < firstSecond), ...part.generator],
  };
}
