/** Series of runs as a table in long form: one line for each moment, actor and quantity, so that any tool groups it. */
import type { LatencyKind } from '../judge/latency-book.js';
import type { ActorSeries, LatencySeries, SeriesDocument } from '../timeline/series.js';
import { refusalReasons } from '../timeline/series.js';
import { type CsvCell, csvLine } from './csv.js';

/** `timeMs` is the start of a bin of `binMs`, since the first phase; `value` is in the unit that `what` names. */
export const seriesCsvHead = csvLine(['run', 'scenario', 'timeMs', 'binMs', 'actor', 'limit', 'what', 'value']);

const latencyKinds: readonly LatencyKind[] = ['service', 'intended', 'dispatch'];
const percentiles = ['p50', 'p90', 'p99', 'max'] as const;

/** The lines of one run, some at a time. A moment at which there was nothing to measure has no line. */
export function* seriesCsv(run: string, series: SeriesDocument): Generator<string> {
  for (const actor of series.actors) yield* actorLines(run, series, actor);
  for (const { actor, limit, admittedCells, boundCells } of series.limits) {
    const name = series.actors[actor]?.name ?? `#${actor}`;
    yield binLines(run, series, { actor: name, limit, what: 'admittedCells', values: admittedCells });
    yield binLines(run, series, { actor: name, limit, what: 'boundCells', values: boundCells });
  }
  for (const { second, ownDelayMsP99, eventLoopLagMsMax, gcMs, stolenCpuShare } of series.generator) {
    const rows = Object.entries({ ownDelayMsP99, eventLoopLagMsMax, gcMs, stolenCpuShare });
    yield rows
      .map(([name, value]) =>
        csvLine([run, series.scenario, second * 1000, 1000, null, null, `generator.${name}`, value]),
      )
      .join('');
  }
}

function* actorLines(run: string, series: SeriesDocument, actor: ActorSeries): Generator<string> {
  const { name } = actor;
  const lines = (what: string, values: readonly (number | null)[]): string =>
    binLines(run, series, { actor: name, limit: null, what, values });
  yield lines('intended', actor.intended);
  yield lines('sent', actor.sent);
  yield lines('admitted', actor.admitted);
  for (const reason of refusalReasons) {
    const values = actor.refusals[reason];
    if (values !== undefined) yield lines(reason, values);
  }
  for (const kind of latencyKinds) {
    const latency: LatencySeries = actor.latency[kind];
    for (const percentile of percentiles) yield lines(`latency.${kind}.${percentile}Ms`, latency[percentile]);
  }
}

interface BinValues {
  readonly actor: string;
  readonly limit: string | null;
  readonly what: string;
  readonly values: readonly (number | null)[];
}

function binLines(run: string, series: SeriesDocument, { actor, limit, what, values }: BinValues): string {
  const { scenario, fromMs, binMs, firstBin } = series;
  let text = '';
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    const cells: CsvCell[] = [run, scenario, fromMs + (firstBin + index) * binMs, binMs, actor, limit, what, value];
    text += csvLine(cells);
  }
  return text;
}
