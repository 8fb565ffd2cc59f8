/** Whether the generator itself kept up. */
import { useMemo } from 'preact/hooks';
import type { GeneratorSecond, PageRun, SeriesDocument } from '../report/page-data.js';
import { formatCount, formatDurationMs, formatRatio } from '../report/quantity.js';
import { peakOf } from './bins.js';
import { Chart } from './chart/chart.js';
import type { Axis, Line } from './chart/line.js';
import { limitPainter } from './chart/painters.js';
import { momentText } from './moment.js';
import { Section } from './section.js';
import { axisOver } from './time-axis.js';

export function Generator({ run, series, axis }: { run: PageRun; series: SeriesDocument | null; axis: Axis | null }) {
  const generator = run.verdict?.generator;
  return (
    <Section id="generator" title="The generator's own health">
      {generator !== undefined && (
        <p>
          {formatCount(generator.asked)} asked, {formatCount(generator.sent)} sent, {formatCount(generator.answered)}{' '}
          answered. Its own delay p99 {formatDurationMs(generator.ownDelayMsP99)}; waiting for the target p99{' '}
          {formatDurationMs(generator.targetWaitMsP99)}.
        </p>
      )}
      {series !== null && axis !== null && series.generator.length > 0 ? (
        <Seconds series={series} axis={axis} />
      ) : (
        <p>Nothing was told of it by second: in virtual time there is no generator that could be late.</p>
      )}
    </Section>
  );
}

function Seconds({ series, axis: shared }: { series: SeriesDocument; axis: Axis }) {
  const { generator, ownDelayMsP99Bound: bound } = series;
  const axis = useMemo(() => {
    const ms = stepSeconds(generator) * 1_000;
    return axisOver(
      shared,
      generator.map(({ second }) => second * 1_000 + ms / 2),
      ms,
    );
  }, [shared, generator]);
  const { delays, delayPainter, range, stolen } = useMemo(() => {
    const told = (read: (second: GeneratorSecond) => number): number[] => generator.map(read);
    const lines: Line[] = [
      { label: 'own delay p99', values: told((row) => row.ownDelayMsP99), color: 'honest-1', width: 2 },
      { label: 'event loop held up', values: told((row) => row.eventLoopLagMsMax), color: 'abuse-2', dash: [7, 3] },
      { label: 'garbage collection', values: told((row) => row.gcMs), color: 'honest-2', dash: [2, 3] },
    ];
    if (bound !== undefined) {
      lines.push({
        label: 'bound of own delay',
        values: generator.map(() => bound),
        color: 'bound',
        dash: [6, 4],
        stroked: false,
      });
    }
    const share: Line = { label: 'stolen CPU', values: told((row) => row.stolenCpuShare), color: 'abuse-3', width: 2 };
    return {
      delays: lines,
      delayPainter: bound === undefined ? null : limitPainter(bound),
      range: [0, bound ?? 0] as const,
      stolen: [share],
    };
  }, [generator, bound]);
  const late = peakOf(delays[0]?.values ?? [], axis.at);
  const worst =
    late === null ? 'It was never late' : `Worst own delay ${formatDurationMs(late.value)} at ${momentText(late.at)}`;
  const theft = peakOf(stolen[0]?.values ?? [], axis.at);
  return (
    <div class="charts">
      <Chart
        axis={axis}
        lines={delays}
        painter={delayPainter}
        range={range}
        title="Delays by second"
        name="The generator's delays by second"
        summary={`${worst}${bound === undefined ? '' : `; above ${formatDurationMs(bound)} the run is invalid`}.`}
        format={(ms) => formatDurationMs(ms, 3)}
        tick={(ms) => formatDurationMs(ms, 3)}
        scale="linear"
      />
      <Chart
        axis={axis}
        lines={stolen}
        painter={null}
        range={null}
        title="CPU stolen by others, by second"
        name="Share of CPU stolen by others, by second"
        summary={theft === null ? 'None.' : `At most ${formatRatio(theft.value)}, at ${momentText(theft.at)}.`}
        format={formatRatio}
        tick={formatRatio}
        scale="linear"
      />
    </div>
  );
}

/** Seconds that a row tells of: one, or in a long run as many as lie between two rows. */
function stepSeconds(rows: readonly GeneratorSecond[]): number {
  const gaps = rows.slice(1).map(({ second }, index) => second - (rows[index]?.second ?? 0));
  return gaps.reduce((least, gap) => Math.min(least, gap), gaps[0] ?? 1);
}
