/** Makes the drawing of a chart: axes, lines, cursor, the part of the axis that is shown. */
import uPlot from 'uplot';
import { ink } from './ink.js';
import { type Axis, type Line, levelPath, type Painter } from './line.js';
import { paintBands } from './painters.js';

export interface Plot {
  readonly axis: Axis;
  readonly lines: readonly Line[];
  /** A value at the left edge. */
  readonly tick: (value: number) => string;
  readonly scale: 'linear' | 'log';
  /** Lowest and highest value that are always shown; null = as the values in sight are. */
  readonly range: readonly [number, number] | null;
  /** What lies above is cut off, since what matters would be flat beside it; null = nothing is. */
  readonly cap?: number | null;
  readonly painter: Painter | null;
}

export interface PlotEvents {
  readonly onCursor: (index: number | null) => void;
  readonly onSelect: (from: number, to: number) => void;
  readonly onReset: () => void;
}

const FONT = '11px system-ui, sans-serif';
/** A drag over fewer pixels was a click. */
const DRAG_PX_MIN = 5;

export function dataOf({ axis, lines }: Plot): uPlot.AlignedData {
  return [[...axis.at], ...lines.map(({ values }) => [...values])];
}

/** What the axis shows: the zoomed part, or everything. */
export function shownOf({ zoom, whole }: Axis): readonly [number, number] {
  return zoom?.shown ?? whole;
}

function axesOf(current: () => Plot): uPlot.Axis[] {
  const wholePowers = (_chart: uPlot, splits: number[]): (number | null)[] =>
    splits.map((value) =>
      current().scale === 'linear' || Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6) ? value : null,
    );
  const common = {
    stroke: () => ink('muted'),
    font: FONT,
    grid: { stroke: () => ink('grid'), width: 1 },
    ticks: { stroke: () => ink('grid'), width: 1, size: 4 },
  };
  return [
    {
      ...common,
      size: 26,
      gap: 3,
      space: 70,
      incrs: [...current().axis.distances],
      values: (_chart, splits) => splits.map((value) => current().axis.tick(value)),
    },
    {
      ...common,
      gap: 4,
      space: 28,
      size: (_chart, texts) => Math.max(38, 14 + 6.4 * Math.max(0, ...(texts ?? []).map((text) => text?.length ?? 0))),
      // A log axis has a split at each digit; only powers of ten are drawn.
      filter: wholePowers,
      grid: { ...common.grid, filter: wholePowers },
      ticks: { ...common.ticks, filter: wholePowers },
      values: (_chart, splits) => splits.map((value) => (value === null ? null : current().tick(value))),
    },
  ];
}

function scalesOf(current: () => Plot): uPlot.Scales {
  const log = current().scale === 'log';
  return {
    x: { time: false, range: () => [...shownOf(current().axis)] as [number, number] },
    y: {
      distr: log ? 3 : 1,
      range: (_chart, min, max) => {
        const fixed = current().range;
        // A little more on both sides, or a value on a whole power of ten would lie on the edge.
        if (log) return uPlot.rangeLog((fixed?.[0] ?? min ?? 1) * 0.97, (fixed?.[1] ?? max ?? 10) * 1.03, 10, true);
        const cap = current().cap ?? Number.POSITIVE_INFINITY;
        const high = Math.min(cap, Math.max(fixed?.[1] ?? 0, max ?? 0));
        return [0, high > 0 ? high * 1.06 : 1];
      },
    },
  };
}

function cursorOf(axis: Axis, events: PlotEvents): uPlot.Cursor {
  return {
    y: false,
    points: { size: 7 },
    drag: { x: axis.zoom !== null, y: false, setScale: false, dist: DRAG_PX_MIN },
    bind: {
      dblclick: () => () => {
        events.onReset();
        return null;
      },
    },
    sync: {
      key: axis.cursorKey,
      scales: ['x', null],
      setSeries: false,
      // Only the cursor is told to the others: the selected part goes through the zoom that all share.
      filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
    },
  };
}

/** @param current - what is to be drawn now; read anew at each drawing. */
export function makePlot(
  place: HTMLElement,
  { current, events, width, height }: { current: () => Plot; events: PlotEvents; width: number; height: number },
): uPlot {
  const first = current();
  const options: uPlot.Options = {
    width,
    height,
    padding: [first.axis.bands.length > 0 ? 18 : 8, 18, 0, 0],
    legend: { show: false },
    axes: axesOf(current),
    scales: scalesOf(current),
    cursor: cursorOf(first.axis, events),
    series: [
      {},
      ...first.lines.map(
        (line): uPlot.Series => ({
          label: line.label,
          stroke: () => ink(line.color),
          width: line.stroked === false ? 0 : (line.width ?? 1.5),
          dash: [...(line.dash ?? [])],
          points: { show: false },
          paths: line.stroked === false ? () => null : levelPath(first.axis.step),
        }),
      ),
    ],
    hooks: {
      drawClear: [(chart) => paintBands(chart, current().axis.bands)],
      drawAxes: [(chart) => current().painter?.(chart)],
      setCursor: [(chart) => events.onCursor(chart.cursor.idx ?? null)],
      setSelect: [
        (chart) => {
          const { left, width: selected } = chart.select;
          if (selected < DRAG_PX_MIN) return;
          events.onSelect(chart.posToVal(left, 'x'), chart.posToVal(left + selected, 'x'));
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
  return new uPlot(options, dataOf(first), place);
}
