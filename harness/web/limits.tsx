/** What each actor was admitted under each limit, beside the most that the policy can have allowed. */
import { useContext, useMemo, useState } from 'preact/hooks';
import type { LimitSeries, SeriesDocument } from '../report/page-data.js';
import { formatCells, formatCount } from '../report/quantity.js';
import { visible } from '../report/text.js';
import { peakOf, sumOf } from './bins.js';
import { Chart } from './chart/chart.js';
import type { Axis, Line } from './chart/line.js';
import { excessPainter } from './chart/painters.js';
import { capOf, excessOf, usedOf } from './limit-use.js';
import { momentText } from './moment.js';
import { Name } from './name.js';
import { PageContext } from './page-context.js';
import { Section } from './section.js';
import { type ChartSectionProps, withWarmup } from './timeline.js';

interface ShownLimit {
  readonly limit: LimitSeries;
  /** Cells above the bound. */
  readonly excess: number;
  /** Highest share of the bound that a bin used; 0 where nothing is bounded. */
  readonly used: number;
}

/** A limit of which less was ever used is shown only to who asks for it. */
const USED_MIN = 0.1;

export function Limits(props: ChartSectionProps) {
  const { series, chosen } = props;
  const { near, far } = useMemo(() => {
    const all = series.limits
      .filter(({ actor }) => chosen.includes(actor))
      .map((limit): ShownLimit => ({ limit, excess: sumOf(excessOf(limit)), used: usedOf(limit) }))
      .toSorted((a, b) => b.excess - a.excess || b.used - a.used);
    const isNear = ({ used, limit }: ShownLimit): boolean => used >= USED_MIN || !isBounded(limit);
    return { near: all.filter(isNear), far: all.filter((one) => !isNear(one)) };
  }, [series, chosen]);
  return (
    <Section id="limits" title="Limits">
      <p class="lead">
        Cells that were certainly admitted, beside the most that a right limiter can have admitted. What is hatched lies
        above it: a limit leaked for certain. All keys of an actor are taken together, and each bin is told by itself:
        so fewer cells may lie above the bound here than the proofs at the expectations and the table of actors count,
        which take each key over its worst interval, and a leak of one key among many need not show at all.
      </p>
      {near.length + far.length === 0 && (
        <p>
          {series.limits.length === 0 ? 'There is nothing to tell of limits yet.' : 'The chosen actors met no limit.'}
        </p>
      )}
      <LimitCharts {...props} limits={near} />
      {far.length > 0 && <FarLimits {...props} limits={far} />}
    </Section>
  );
}

type LimitChartsProps = ChartSectionProps & { readonly limits: readonly ShownLimit[] };

function LimitCharts({ series, axis, styles, limits }: LimitChartsProps) {
  return (
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
  );
}

function FarLimits(props: LimitChartsProps) {
  const { printing } = useContext(PageContext);
  const [open, setOpen] = useState(false);
  const shown = open || printing;
  const count = props.limits.length === 1 ? '1 more' : `${formatCount(props.limits.length)} more`;
  return (
    <>
      <p>
        <button type="button" class="opens" aria-expanded={shown} onClick={() => setOpen(!open)}>
          {count}, of which never a tenth of the bound was used
        </button>
      </p>
      {shown && <LimitCharts {...props} />}
    </>
  );
}

function isBounded({ boundCells }: LimitSeries): boolean {
  return boundCells.some((cells) => cells !== null);
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
  const bounded = isBounded(limit);
  const { lines, painter, cap } = useMemo(() => {
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
      cap: capOf(limit),
    };
  }, [limit, color, bounded, excess, series.binMs]);
  const peak = peakOf(excessOf(limit), axis.at);
  const summary = !bounded
    ? `${formatCells(sumOf(limit.admittedCells))} admitted${withWarmup(series)}; this limit promises nothing that can be told by time.`
    : peak === null
      ? `${formatCells(sumOf(limit.admittedCells))} admitted${withWarmup(series)}, never above the bound${cap === null ? '' : ', which lies far above at times'}.`
      : `${formatCells(excess)} above the bound, bin by bin, most at ${momentText(peak.at)}: ${formatCells(peak.value)}.`;
  const name = actor === undefined ? `actor ${limit.actor}` : actor.name;
  const keys = limit.keys === 1 ? '1 key' : `${formatCount(limit.keys)} keys`;
  return (
    <Chart
      axis={axis}
      lines={lines}
      painter={painter}
      range={null}
      cap={cap}
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
