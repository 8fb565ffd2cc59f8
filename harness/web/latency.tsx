/** How long requests took, over time and altogether, in the three ways in which that is told. */
import { useMemo, useState } from 'preact/hooks';
import type { ActorSeries, LatencySeries } from '../report/page-data.js';
import { formatDurationMs, formatRatio } from '../report/quantity.js';
import { visible } from '../report/text.js';
import { atSameTimes, peakOf, withinPhases } from './bins.js';
import { Chart } from './chart/chart.js';
import type { Axis, Line } from './chart/line.js';
import { BUCKETS_A_DECADE, bucketsOf, SHORTEST_MS, sharesOf } from './histogram.js';
import { momentText } from './moment.js';
import { Name } from './name.js';
import { type ExactFigures, exactFigures, percentiles, TOO_FEW, toldPercentile } from './percentiles.js';
import { ScrollingTable } from './scrolling-table.js';
import { Section } from './section.js';
import { type ChartSectionProps, resultOf } from './timeline.js';

type Kind = keyof ActorSeries['latency'];

const kinds: readonly { readonly kind: Kind; readonly word: string; readonly means: string }[] = [
  {
    kind: 'intended',
    word: 'as felt',
    means: 'answered - intended: what the caller feels, with every wait; admitted requests',
  },
  { kind: 'service', word: 'of the service', means: 'answered - sent: what the target took; admitted requests' },
  { kind: 'dispatch', word: 'before sending', means: 'sent - intended: waiting in the generator or for a connection' },
];

const short = (ms: number): string => formatDurationMs(ms, 3);

export function Latency(props: ChartSectionProps) {
  const [kind, setKind] = useState<Kind>('intended');
  const { series, chosen } = props;
  const range = useMemo(
    () => rangeOf(chosen.flatMap((index) => series.actors[index]?.latency[kind] ?? [])),
    [series, chosen, kind],
  );
  return (
    <Section id="latency" title="Latency">
      <fieldset class="switch">
        <legend>Latency</legend>
        {kinds.map((one) => (
          <label key={one.kind}>
            <input type="radio" name="latency" checked={kind === one.kind} onChange={() => setKind(one.kind)} />{' '}
            {one.word}
          </label>
        ))}
      </fieldset>
      <p class="lead">{kinds.find((one) => one.kind === kind)?.means}.</p>
      <div class="charts">
        {chosen.map((index) => (
          <Percentiles key={index} {...props} index={index} kind={kind} range={range} />
        ))}
      </div>
      <Distribution {...props} kind={kind} />
    </Section>
  );
}

/** Lowest and highest of all that is shown, so that charts beside each other compare. */
function rangeOf(latencies: readonly LatencySeries[]): readonly [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const { p50, max } of latencies) {
    for (const value of p50) if (value !== null) low = Math.min(low, Math.max(value, SHORTEST_MS));
    for (const value of max) if (value !== null) high = Math.max(high, Math.max(value, SHORTEST_MS));
  }
  return high === 0 ? null : [low, high];
}

interface PercentilesProps extends ChartSectionProps {
  readonly index: number;
  readonly kind: Kind;
  readonly range: readonly [number, number] | null;
}

const positive = (values: readonly (number | null)[]): (number | null)[] =>
  values.map((value) => (value === null ? null : Math.max(value, SHORTEST_MS)));

const none: ExactFigures = new Map();

/** The verdict tells what callers feel, and nothing of the other kinds. */
function exactOf({ verdict }: ChartSectionProps, name: string, kind: Kind): ExactFigures {
  const result = kind === 'intended' ? resultOf(verdict, name) : null;
  return result === null ? none : exactFigures(result);
}

function percentilesText(histogram: LatencySeries['histogram'], exact: ExactFigures): string {
  const told = [50, 99].map((percent) => ({ percent, ms: toldPercentile(histogram, percent, exact) }));
  const few = told.filter(({ ms }) => ms === null).map(({ percent }) => `p${percent}`);
  const parts = told.flatMap(({ percent, ms }) => (ms === null ? [] : [`p${percent} ${short(ms)}`]));
  return [...parts, ...(few.length === 0 ? [] : [`too few requests to tell ${few.join(' and ')}`])].join(', ');
}

function Percentiles(props: PercentilesProps) {
  const { series, axis, styles, baseline, index, kind, range } = props;
  const actor = series.actors[index];
  const lines = useMemo((): Line[] => {
    if (actor === undefined) return [];
    const { p50, p90, p99, max } = actor.latency[kind];
    const color = styles[index]?.color ?? 'text';
    const before = baseline?.actors.find(({ name }) => name === actor.name)?.latency[kind];
    return [
      { label: 'p50', values: positive(p50), color, width: 2 },
      { label: 'p90', values: positive(p90), color, dash: [8, 3] },
      { label: 'p99', values: positive(p99), color: 'text', width: 1.4 },
      { label: 'max', values: positive(max), color: 'muted', dash: [2, 3] },
      ...(before === undefined || baseline === null
        ? []
        : [
            {
              label: 'p99, baseline',
              values: positive(atSameTimes(before.p99, baseline, axis.at)),
              color: 'text' as const,
              dash: [5, 4],
            },
          ]),
    ];
  }, [actor, kind, styles, index, baseline, axis]);
  if (actor === undefined) return null;
  const { histogram, max } = actor.latency[kind];
  const peak = peakOf(props.verdict === null ? max : withinPhases(max, axis.at), axis.at);
  const summary =
    histogram.counts.length === 0
      ? 'Nothing to measure.'
      : `${percentilesText(histogram, exactOf(props, actor.name, kind))}${peak === null ? '' : `; longest ${short(peak.value)} at ${momentText(peak.at)}`}.`;
  return (
    <Chart
      axis={axis}
      lines={lines}
      title={<Name text={actor.name} />}
      name={`Latency of ${visible(actor.name)}, ${kinds.find((one) => one.kind === kind)?.word ?? kind}`}
      summary={summary}
      format={short}
      tick={short}
      scale="log"
      range={range}
      painter={null}
    />
  );
}

function Distribution(props: ChartSectionProps & { kind: Kind }) {
  const { series, styles, chosen, kind } = props;
  const made = useMemo(() => {
    const actors = chosen.flatMap((index) => {
      const actor = series.actors[index];
      return actor === undefined ? [] : [{ actor, style: styles[index], histogram: actor.latency[kind].histogram }];
    });
    const range = bucketsOf(actors.map(({ histogram }) => histogram));
    if (range === null) return null;
    // An empty bucket at both ends, so that the lines begin and end at nothing.
    const first = range.first - 1;
    const buckets = range.last - range.first + 3;
    const lines = actors.map(
      ({ actor, style, histogram }): Line => ({
        label: visible(actor.name),
        values: sharesOf(histogram, first, buckets),
        color: style?.color ?? 'text',
        dash: style?.dash ?? [],
        width: 1.8,
      }),
    );
    return { axis: histogramAxis(first, buckets), lines, actors };
  }, [series, styles, chosen, kind]);
  if (made === null) return null;
  const range = made.actors.flatMap(({ histogram }) => histogram.upToMs);
  const summary =
    `From ${short(range.reduce((a, b) => Math.min(a, b)))} to ${short(range.reduce((a, b) => Math.max(a, b)))}, ` +
    'each actor as shares of its own requests.';
  return (
    <>
      <Chart
        axis={made.axis}
        lines={made.lines}
        title="Distribution over the phases"
        name="Distribution of latencies"
        summary={summary}
        format={formatRatio}
        tick={formatRatio}
        scale="linear"
        range={null}
        painter={null}
        height={190}
      />
      <PercentileTable {...props} actors={made.actors} />
    </>
  );
}

type PercentileTableProps = ChartSectionProps & {
  readonly kind: Kind;
  readonly actors: readonly { readonly actor: ActorSeries; readonly histogram: LatencySeries['histogram'] }[];
};

function PercentileTable(props: PercentileTableProps) {
  const { kind, actors, verdict } = props;
  const isExact = kind === 'intended' && verdict !== null;
  return (
    <ScrollingTable name="Percentiles">
      <caption>
        Percentiles over the phases{isExact ? '; p50, p99 and p99.9 are those of the verdict, the others are' : ','}{' '}
        told to 3 %, never below what was measured. A dash: {TOO_FEW}.
      </caption>
      <thead>
        <tr>
          <th scope="col">actor</th>
          {percentiles.map((percent) => (
            <th scope="col" class="number" key={percent}>
              {percent === 100 ? 'max' : `p${percent}`}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {actors.map(({ actor, histogram }) => (
          <tr key={actor.name}>
            <th scope="row">
              <Name text={actor.name} />
            </th>
            {percentiles.map((percent) => {
              const ms = toldPercentile(histogram, percent, exactOf(props, actor.name, kind));
              return (
                <td class="number" key={percent} title={ms === null ? TOO_FEW : undefined}>
                  {ms === null ? '-' : short(ms)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </ScrollingTable>
  );
}

/** Along logarithms, so that buckets are equally wide. */
function histogramAxis(first: number, buckets: number): Axis {
  const step = 1 / BUCKETS_A_DECADE;
  const format = (log: number): string => short(10 ** log);
  return {
    name: 'up to',
    at: Array.from({ length: buckets }, (_, bucket) => (first + bucket + 0.5) * step),
    whole: [first * step, (first + buckets) * step],
    step,
    zoom: null,
    format: (log) => format(log + step / 2),
    tick: format,
    distances: [step, 5 * step, 10 * step, 1, 2],
    bands: [],
    cursorKey: 'latency',
  };
}
