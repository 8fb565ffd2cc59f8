/** What a chart draws: its lines, and the axis they share. */
import type uPlot from 'uplot';
import type { Zoom } from '../zoom.js';
import type { Color } from './ink.js';

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly color: Color;
  /** Lengths of strokes and gaps; left out = a whole line. */
  readonly dash?: readonly number[];
  readonly width?: number;
  /** false = the chart's painter draws it, and legend and readout know it all the same. */
  readonly stroked?: boolean;
  /** What stands beside its name in the legend: a line, or an area with that hatching. */
  readonly swatch?: 'line' | 'area';
}

export interface Axis {
  /** Name of what is told along it, for the table. */
  readonly name: string;
  /** Places of the values, rising. */
  readonly at: readonly number[];
  /** All that there is of it. */
  readonly whole: readonly [from: number, to: number];
  /** Width of a value around its place; null = each lasts until the next. */
  readonly step: number | null;
  /** null = it shows all, always. */
  readonly zoom: Zoom | null;
  /** A value in the readout. */
  readonly format: (value: number) => string;
  /** A value at the edge of the chart. */
  readonly tick: (value: number) => string;
  /** Distances that ticks may have. */
  readonly distances: readonly number[];
  readonly bands: readonly Band[];
  /** Charts with the same key show the cursor at the same place. */
  readonly cursorKey: string;
}

export interface Band {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export type Painter = (chart: uPlot) => void;

/** Draws each value as a level line over its width, joined by upright ones; a gap where there is none. */
export function levelPath(step: number | null): uPlot.Series.PathBuilder {
  return (chart, series, from, to) => {
    const path = new Path2D();
    const at = chart.data[0];
    const values = chart.data[series] ?? [];
    const scale = chart.series[series]?.scale ?? 'y';
    let drawn = false;
    for (let index = Math.max(0, from - 1); index <= Math.min(at.length - 1, to + 1); index++) {
      const value = values[index];
      if (value === null || value === undefined) {
        drawn = false;
        continue;
      }
      const [left, right] = edgesOf(at, index, step);
      const x = chart.valToPos(left, 'x', true);
      const y = chart.valToPos(value, scale, true);
      if (drawn) path.lineTo(x, y);
      else path.moveTo(x, y);
      path.lineTo(chart.valToPos(right, 'x', true), y);
      drawn = true;
    }
    // No area below it, and nothing to clip: gaps are gaps of the path.
    return { stroke: path, fill: null, clip: null, flags: 1 };
  };
}

/** From where to where the value of that index holds. */
export function edgesOf(at: ArrayLike<number>, index: number, step: number | null): [left: number, right: number] {
  const here = at[index] ?? 0;
  if (step !== null) return [here - step / 2, here + step / 2];
  return [here, at[index + 1] ?? here];
}
