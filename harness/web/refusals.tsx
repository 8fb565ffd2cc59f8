/** Why requests were not admitted, over time. */
import { useMemo } from 'preact/hooks';
import type { ActorSeries, RefusalReason, SeriesDocument } from '../report/page-data.js';
import { formatCount, formatPerSecond } from '../report/quantity.js';
import { visible } from '../report/text.js';
import { perSecond, sumOf } from './bins.js';
import { Chart } from './chart/chart.js';
import { type Color, hatchings } from './chart/ink.js';
import type { Axis, Line } from './chart/line.js';
import { stackPainter } from './chart/painters.js';
import { Name } from './name.js';
import { Section } from './section.js';
import { type ChartSectionProps, withWarmup } from './timeline.js';

/** In the order of the stack. */
const reasons: readonly RefusalReason[] = ['throttled', 'never', 'banned', 'refused', 'denied', 'errors', 'unclear'];

export function Refusals({ series, axis, chosen }: ChartSectionProps) {
  const refused = chosen.flatMap((index) => {
    const actor = series.actors[index];
    return actor !== undefined && Object.values(actor.refusals).some((counts) => sumOf(counts) > 0) ? [actor] : [];
  });
  return (
    <Section id="refusals" title="Refusals by reason">
      {refused.length === 0 && <p>Nothing of the chosen actors was refused.</p>}
      <div class="charts">
        {refused.map((actor) => (
          <ActorRefusals key={actor.name} actor={actor} series={series} axis={axis} />
        ))}
      </div>
    </Section>
  );
}

function ActorRefusals({ actor, series, axis }: { actor: ActorSeries; series: SeriesDocument; axis: Axis }) {
  const { lines, painter, highest } = useMemo(() => {
    const layers = reasons.flatMap((reason, place) => {
      const counts = actor.refusals[reason];
      if (counts === undefined) return [];
      const number = (place + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7;
      const color: Color = `reason-${number}`;
      return [{ reason, values: perSecond(counts, series.binMs), color, hatching: hatchings[place] ?? 'solid' }];
    });
    const stacked = axis.at.map((_, bin) => layers.reduce((sum, { values }) => sum + (values[bin] ?? 0), 0));
    return {
      lines: layers.map(
        ({ reason, values, color }): Line => ({ label: reason, values, color, stroked: false, swatch: 'area' }),
      ),
      painter: stackPainter(layers, series.binMs),
      highest: stacked.reduce((most, value) => Math.max(most, value), 0),
    };
  }, [actor, series, axis]);
  const range = useMemo((): readonly [number, number] => [0, highest], [highest]);
  const totals = reasons.flatMap((reason) => {
    const count = sumOf(actor.refusals[reason] ?? []);
    return count === 0 ? [] : [`${formatCount(count)} ${reason}`];
  });
  return (
    <Chart
      axis={axis}
      lines={lines}
      painter={painter}
      range={range}
      title={<Name text={actor.name} />}
      name={`Refusals of ${visible(actor.name)} per second`}
      summary={`${totals.join(', ')}${withWarmup(series)}.`}
      format={formatPerSecond}
      tick={formatPerSecond}
      scale="linear"
    />
  );
}
