/** Requests per second over the run: all actors in one chart, then each in its own. */
import { useMemo } from 'preact/hooks';
import type { ActorResult, ActorSeries, SeriesDocument, VerdictDocument } from '../report/page-data.js';
import { formatCount, formatPerSecond } from '../report/quantity.js';
import { visible } from '../report/text.js';
import type { ActorStyle } from './actor-style.js';
import { atSameTimes, peakOf, perSecond, sumOf, withinPhases } from './bins.js';
import { Chart } from './chart/chart.js';
import type { Axis, Line } from './chart/line.js';
import { momentText } from './moment.js';
import { Name } from './name.js';
import { Section } from './section.js';

/** What all sections with charts are given. */
export interface ChartSectionProps {
  readonly series: SeriesDocument;
  readonly axis: Axis;
  readonly styles: readonly ActorStyle[];
  /** Indexes of the actors that are shown. */
  readonly chosen: readonly number[];
  /** The run before; its actors are found by name. */
  readonly baseline: SeriesDocument | null;
  /** null while the run goes on, and of one that has none. */
  readonly verdict: VerdictDocument | null;
}

/** What the verdict counted of an actor, within the phases; null = nothing. */
export function resultOf(verdict: VerdictDocument | null, name: string): ActorResult | null {
  return verdict !== null && Object.hasOwn(verdict.actors, name) ? (verdict.actors[name] ?? null) : null;
}

/** Ends a sum over all bins, so that nobody holds it against the verdict's, which leave the warm-up out. */
export function withWarmup({ fromMs }: SeriesDocument): string {
  return fromMs < 0 ? ' with the warm-up' : '';
}

/** More are told by the charts alone. */
const PHASES_TOLD_MAX = 12;

function phasesText({ fromMs, phases }: SeriesDocument): string {
  const spans = phases.length > PHASES_TOLD_MAX ? [] : phases;
  const at = (ms: number): string => (ms === 0 ? '0 s' : momentText(ms));
  const parts = spans.map(({ name, fromMs: from, toMs: to }) => `${name} ${at(from)} to ${at(to)}`);
  const told = parts.length === 0 ? '' : ` Phases: ${parts.join(', ')}.`;
  if (fromMs >= 0) return `Times count from the start of the first phase.${told}`;
  return `Times count from the start of the first phase, 0 s; the warm-up lies before it, and no verdict counts it.${told}`;
}

export function Timeline({ series, axis, styles, chosen, baseline, verdict }: ChartSectionProps) {
  return (
    <Section id="timeline" title="Traffic">
      <p class="lead">
        <Name text={phasesText(series)} />
      </p>
      <Overview series={series} axis={axis} styles={styles} chosen={chosen} baseline={null} verdict={verdict} />
      <div class="charts">
        {chosen.map((index) => {
          const actor = series.actors[index];
          if (actor === undefined) return null;
          return (
            <ActorRates
              key={index}
              actor={actor}
              series={series}
              axis={axis}
              color={styles[index]?.color ?? 'text'}
              before={baseline?.actors.find(({ name }) => name === actor.name) ?? null}
              baseline={baseline}
              verdict={verdict}
            />
          );
        })}
      </div>
    </Section>
  );
}

function Overview({ series, axis, styles, chosen, verdict }: ChartSectionProps) {
  const lines = useMemo(
    () =>
      chosen.flatMap((index): Line[] => {
        const actor = series.actors[index];
        const style = styles[index];
        if (actor === undefined || style === undefined) return [];
        return [{ label: visible(actor.name), values: perSecond(actor.admitted, series.binMs), ...style, width: 1.8 }];
      }),
    [series, styles, chosen],
  );
  const shown = (values: Line['values']) => (verdict === null ? values : withinPhases(values, axis.at));
  const most = lines
    .map(({ label, values }) => ({ label, peak: peakOf(shown(values), axis.at) }))
    .toSorted((a, b) => (b.peak?.value ?? 0) - (a.peak?.value ?? 0))[0];
  const summary =
    most?.peak === null || most === undefined
      ? 'Nothing was admitted of these actors.'
      : `Most was admitted of ${most.label}: ${formatPerSecond(most.peak.value)} at ${momentText(most.peak.at)}.`;
  return (
    <Chart
      axis={axis}
      lines={lines}
      title="Admitted, by actor"
      name="Admitted requests per second, by actor"
      summary={summary}
      format={formatPerSecond}
      tick={formatPerSecond}
      scale="linear"
      range={null}
      painter={null}
      height={220}
    />
  );
}

interface ActorRatesProps {
  readonly actor: ActorSeries;
  readonly series: SeriesDocument;
  readonly axis: Axis;
  readonly color: Line['color'];
  readonly before: ActorSeries | null;
  readonly baseline: SeriesDocument | null;
  readonly verdict: VerdictDocument | null;
}

function ActorRates({ actor, series, axis, color, before, baseline, verdict }: ActorRatesProps) {
  const lines = useMemo((): Line[] => {
    const rate = (counts: readonly number[]): number[] => perSecond(counts, series.binMs);
    return [
      { label: 'intended', values: rate(actor.intended), color: 'muted', dash: [2, 3], width: 1.2 },
      { label: 'sent', values: rate(actor.sent), color: 'text', dash: [7, 3], width: 1.2 },
      { label: 'admitted', values: rate(actor.admitted), color, width: 2.2 },
      ...(before === null || baseline === null
        ? []
        : [
            {
              label: 'admitted, baseline',
              values: atSameTimes(perSecond(before.admitted, baseline.binMs), baseline, axis.at),
              color,
              dash: [5, 4],
              width: 1.2,
            },
          ]),
    ];
  }, [actor, series, axis, color, before, baseline]);
  const judged = resultOf(verdict, actor.name);
  const { sent, admitted } = judged ?? { sent: sumOf(actor.sent), admitted: sumOf(actor.admitted) };
  const rates = lines[1]?.values ?? [];
  const peak = peakOf(judged === null ? rates : withinPhases(rates, axis.at), axis.at);
  const summary =
    `${formatCount(sent)} sent, ${formatCount(admitted)} admitted${judged === null ? withWarmup(series) : ''}` +
    `${peak === null ? '' : `; most sent: ${formatPerSecond(peak.value)} at ${momentText(peak.at)}`}.`;
  return (
    <Chart
      axis={axis}
      lines={lines}
      title={
        <>
          <Name text={actor.name} /> <span class={`label ${actor.label}`}>{actor.label}</span>{' '}
          <span class="aside">
            {formatCount(actor.population)} x {visible(actor.behaviour)}
          </span>
        </>
      }
      name={`Requests per second of ${visible(actor.name)}`}
      summary={summary}
      format={formatPerSecond}
      tick={formatPerSecond}
      scale="linear"
      range={null}
      painter={null}
    />
  );
}
