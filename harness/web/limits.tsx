/** What each actor was admitted under each limit, beside the most that the policy can have allowed. */
import { useMemo } from 'preact/hooks';
import type { LimitSeries, SeriesDocument } from '../report/page-data.js';
import { formatCells, formatCount } from '../report/quantity.js';
import { visible } from '../report/text.js';
import { peakOf, sumOf } from './bins.js';
import { Chart } from './chart/chart.js';
import type { Axis, Line } from './chart/line.js';
import { excessPainter } from './chart/painters.js';
import { momentText } from './moment.js';
import { Name } from './name.js';
import { Section } from './section.js';
import type { ChartSectionProps } from './timeline.js';

export function Limits({ series, axis, styles, chosen }: ChartSectionProps) {
  const limits = useMemo(
    () =>
      series.limits
        .filter(({ actor }) => chosen.includes(actor))
        .map((limit) => ({ limit, excess: sumOf(excessOf(limit)) }))
        .toSorted((a, b) => b.excess - a.excess),
    [series, chosen],
  );
  return (
    <Section id="limits" title="Limits">
      <p class="lead">
        Cells that were certainly admitted, beside the most that a right limiter can have admitted. What is hatched lies
        above it: a limit leaked for certain. A leak of one key among many need not show here; the proofs stand at the
        expectations.
      </p>
      {limits.length === 0 && (
        <p>
          {series.limits.length === 0 ? 'There is nothing to tell of limits yet.' : 'The chosen actors met no limit.'}
        </p>
      )}
      <div class="charts">
        {limits.map(({ limit, excess }) => (
          <LimitChart
            key={`${limit.actor} ${limit.limit}`}
            limit={limit}
            excess={excess}
            series={series}
            axis={axis}
            color={styles[limit.actor]?.color ?? 'text'}
          />
        ))}
      </div>
    </Section>
  );
}

/** Cells above the bound, by bin. */
function excessOf({ admittedCells, boundCells }: LimitSeries): number[] {
  return admittedCells.map((cells, bin) => Math.max(0, cells - (boundCells[bin] ?? Number.POSITIVE_INFINITY)));
}

interface LimitChartProps {
  readonly limit: LimitSeries;
  readonly excess: number;
  readonly series: SeriesDocument;
  readonly axis: Axis;
  readonly color: Line['color'];
}

function LimitChart({ limit, excess, series, axis, color }: LimitChartProps) {
  const actor = series.actors[limit.actor];
  const bounded = limit.boundCells.some((cells) => cells !== null);
  const { lines, painter, range } = useMemo(() => {
    const above = excessOf(limit);
    const admitted: Line = { label: 'certainly admitted', values: limit.admittedCells, color, width: 2 };
    const bound: Line = { label: 'promised at most', values: limit.boundCells, color: 'bound', dash: [6, 4] };
    const leak: Line = { label: 'leak', values: above, color: 'leak', stroked: false, swatch: 'area' };
    return {
      lines: [admitted, ...(bounded ? [bound] : []), ...(excess > 0 ? [leak] : [])],
      painter:
        excess > 0
          ? excessPainter({ values: limit.admittedCells, bounds: limit.boundCells, step: series.binMs })
          : null,
      range: null,
    };
  }, [limit, color, bounded, excess, series.binMs]);
  const peak = peakOf(excessOf(limit), axis.at);
  const summary = !bounded
    ? `${formatCells(sumOf(limit.admittedCells))} admitted; this limit promises nothing that can be told by time.`
    : peak === null
      ? `${formatCells(sumOf(limit.admittedCells))} admitted, never above the bound.`
      : `${formatCells(excess)} above the bound, most at ${momentText(peak.at)}: ${formatCells(peak.value)}.`;
  const name = actor === undefined ? `actor ${limit.actor}` : actor.name;
  const keys = limit.keys === 1 ? '1 key' : `${formatCount(limit.keys)} keys`;
  return (
    <Chart
      axis={axis}
      lines={lines}
      painter={painter}
      range={range}
      title={
        <>
          <Name text={limit.limit} />, <Name text={name} /> <span class="aside">{keys}</span>
        </>
      }
      name={`Cells of ${visible(name)} under the limit ${visible(limit.limit)}, ${keys}`}
      summary={summary}
      format={formatCells}
      tick={formatCount}
      scale="linear"
    />
  );
}
