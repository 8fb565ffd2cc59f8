/** A chart with its title, its sentence, its legend, its table, and the keys that move about in it. */
import type { ComponentChildren } from 'preact';
import { useContext, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { PageContext } from '../page-context.js';
import { scaledAround } from '../time-range.js';
import { ChartTable } from './chart-table.js';
import { Legend } from './legend.js';
import { dataOf, makePlot, type Plot, shownOf } from './plot.js';

export interface ChartProps extends Plot {
  readonly title: ComponentChildren;
  /** The title in plain text. */
  readonly name: string;
  /** What is to be seen in it, in a sentence or two. */
  readonly summary: string;
  /** A value with its unit. */
  readonly format: (value: number) => string;
  readonly height?: number;
  /** Of its heading; 3 when left out. */
  readonly level?: 3 | 4;
}

/** Width on paper in CSS pixels: fits A4 and Letter with their margins. */
const PRINTED_PX = 660;
/** The keys move about in it. */
const reachedByKeys = { tabIndex: 0 } as const;

export function Chart(props: ChartProps) {
  const { printing, theme } = useContext(PageContext);
  const [table, setTable] = useState(false);
  const [cursor, setCursor] = useState<number | null>(null);
  const [told, setTold] = useState('');
  const titleId = useId();
  const Heading = props.level === 4 ? 'h4' : 'h3';
  const place = useRef<HTMLDivElement>(null);
  const near = useNear(place);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const drawn = near || printing;
  const shape = props.lines.map(({ label }) => label).join('\n');
  const height = props.height ?? 170;
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null || !drawn) return;
    const { zoom } = latest.current.axis;
    const widthOf = (): number => (printing ? PRINTED_PX : Math.max(180, element.clientWidth));
    const chart = makePlot(element, {
      current: () => latest.current,
      events: {
        onCursor: setCursor,
        onSelect: (from, to) => zoom?.show([from, to]),
        onReset: () => zoom?.show(null),
      },
      width: widthOf(),
      height,
    });
    plot.current = chart;
    const fit = new ResizeObserver(() => {
      const width = widthOf();
      if (width !== chart.width) chart.setSize({ width, height });
    });
    fit.observe(element);
    const unheard = zoom?.listen(() => showPart(chart, latest.current));
    return () => {
      unheard?.();
      fit.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [drawn, shape, height, props.axis.zoom, props.scale, printing]);
  useLayoutEffect(() => {
    const chart = plot.current;
    if (chart === null) return;
    chart.setData(dataOf(props), false);
    showPart(chart, props);
    // `theme` is named since the colours are read while drawing.
  }, [props.lines, props.axis, props.painter, props.range, props.cap, theme]);
  const move = (event: KeyboardEvent): void => {
    const answer = afterKey(event, { chart: plot.current, props, cursor });
    if (answer === null) return;
    event.preventDefault();
    if (typeof answer === 'string') setTold(answer);
  };
  return (
    <figure class="chart" aria-labelledby={titleId} data-points={props.axis.at.length}>
      <figcaption>
        <Heading id={titleId}>{props.title}</Heading>
        <p class="summary">{props.summary}</p>
      </figcaption>
      <Legend lines={props.lines} axis={props.axis} format={props.format} cursor={cursor} />
      <div
        class="plot"
        ref={place}
        role="application"
        aria-roledescription="chart"
        aria-label={`${props.name}. ${props.summary} Arrow keys move along it${props.axis.zoom === null ? '' : ', plus and minus zoom, Escape shows all'}.`}
        {...reachedByKeys}
        onKeyDown={move}
        style={{ height: `${height}px` }}
      />
      <div class="below">
        <button type="button" class="quiet" aria-expanded={table} onClick={() => setTable(!table)}>
          {table ? 'Hide the table' : 'Show as table'}
        </button>
        <p class="told" aria-live="polite">
          {told}
        </p>
      </div>
      {table && <ChartTable lines={props.lines} axis={props.axis} name={props.name} format={props.format} />}
    </figure>
  );
}

function showPart(chart: uPlot, { axis }: Plot): void {
  const [min, max] = shownOf(axis);
  chart.batch(() => chart.setScale('x', { min, max }));
  chart.redraw(true, true);
}

/** Whether the element is, or was, near what is in sight: charts further below are not drawn before. */
function useNear(place: { readonly current: HTMLElement | null }): boolean {
  const [near, setNear] = useState(false);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null || near) return;
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setNear(true);
      },
      { rootMargin: '300px' },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [place, near]);
  return near;
}

interface Keyed {
  readonly chart: uPlot | null;
  readonly props: ChartProps;
  readonly cursor: number | null;
}

const ZOOM_IN = 0.5;

/** @returns what is to be told, `true` when the key was meant for the chart and there is nothing to tell, null when it was not. */
function afterKey(event: KeyboardEvent, { chart, props, cursor }: Keyed): string | true | null {
  if (chart === null || event.ctrlKey || event.metaKey || event.altKey) return null;
  const { axis } = props;
  const [from, to] = shownOf(axis);
  const shown = axis.at.flatMap((at, index) => (at >= from && at <= to ? [index] : []));
  const first = shown[0] ?? 0;
  const last = shown.at(-1) ?? 0;
  const stride = event.shiftKey ? 10 : 1;
  const here = cursor === null ? null : Math.min(Math.max(cursor, first), last);
  const places: { readonly [key: string]: number } = {
    ArrowRight: here === null ? first : here + stride,
    ArrowLeft: here === null ? last : here - stride,
    Home: first,
    End: last,
  };
  const place = places[event.key];
  if (place !== undefined) return moveTo(chart, props, Math.min(Math.max(place, first), last));
  const { zoom } = axis;
  if (zoom === null) return null;
  if (event.key === 'Escape' || event.key === '0') {
    zoom.show(null);
    return 'All of the run is shown.';
  }
  const factor = event.key === '+' || event.key === '=' ? ZOOM_IN : event.key === '-' ? 1 / ZOOM_IN : null;
  if (factor === null) return null;
  const atMs = here === null ? (from + to) / 2 : (axis.at[here] ?? from);
  zoom.show(scaledAround([from, to], { factor, atMs, whole: axis.whole, shortestMs: 4 * (axis.step ?? 1) }));
  const [newFrom, newTo] = shownOf(axis);
  return `Shown: ${axis.format(newFrom)} to ${axis.format(newTo)}.`;
}

function moveTo(chart: uPlot, { axis, lines, format }: ChartProps, index: number): string {
  const at = axis.at[index] ?? 0;
  chart.setCursor({ left: chart.valToPos(at, 'x'), top: 10 });
  const band = axis.bands.find(({ from, to }) => at >= from && at < to);
  const values = lines.map(({ label, values: all }) => {
    const value = all[index] ?? null;
    return `${label} ${value === null ? 'nothing' : format(value)}`;
  });
  return `${axis.format(at)}${band === undefined ? '' : `, ${band.name}`}: ${values.join(', ')}.`;
}
