/** What is drawn beside lines: phases, areas above a bound, stacks, bars. */
import type uPlot from 'uplot';
import { bandLabel } from './band-label.js';
import { type Color, type Hatching, ink, pattern } from './ink.js';
import { type Band, edgesOf, type Painter } from './line.js';

function insidePlot(chart: uPlot, draw: (pen: CanvasRenderingContext2D) => void): void {
  const pen = chart.ctx;
  const { left, top, width, height } = chart.bbox;
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  draw(pen);
  pen.restore();
}

/** Every second phase is shaded, and each has its name above the plot, or the beginning of it. */
export function paintBands(chart: uPlot, bands: readonly Band[]): void {
  const pen = chart.ctx;
  const { left, top, width, height } = chart.bbox;
  const scale = devicePixelRatio;
  pen.save();
  pen.font = `${11 * scale}px system-ui, sans-serif`;
  // The axes leave their own behind.
  pen.textAlign = 'left';
  pen.textBaseline = 'bottom';
  for (const [index, band] of bands.entries()) {
    const from = Math.max(left, chart.valToPos(band.from, 'x', true));
    const to = Math.min(left + width, chart.valToPos(band.to, 'x', true));
    if (to <= from) continue;
    if (index % 2 === 1) {
      pen.fillStyle = ink('band');
      pen.fillRect(from, top, to - from, height);
    }
    pen.strokeStyle = ink('grid');
    pen.lineWidth = scale;
    pen.beginPath();
    pen.moveTo(from, top - 14 * scale);
    pen.lineTo(from, top);
    pen.stroke();
    pen.fillStyle = ink('muted');
    const label = bandLabel(band.name, {
      room: to - from - 6 * scale,
      // Beside the first band lies the edge of the chart, where nothing else stands above the plot.
      beside: from <= left ? left / 2 : 0,
      widthOf: (text) => pen.measureText(text).width,
    });
    pen.fillText(label.text, from + 4 * scale - label.back, top - 2 * scale);
  }
  pen.restore();
}

interface Excess {
  readonly values: readonly (number | null)[];
  readonly bounds: readonly (number | null)[];
  readonly step: number | null;
}

/** Hatches what lies above the bound: the leak. */
export function excessPainter({ values, bounds, step }: Excess): Painter {
  return (chart) =>
    insidePlot(chart, (pen) => {
      const at = chart.data[0];
      pen.fillStyle = pattern('leak', 'rising');
      for (let index = 0; index < at.length; index++) {
        const value = values[index] ?? null;
        const bound = bounds[index] ?? null;
        if (value === null || bound === null || value <= bound) continue;
        const [left, right] = edgesOf(at, index, step);
        fill(chart, pen, { left, right, low: bound, high: value });
      }
    });
}

export interface Layer {
  readonly values: readonly number[];
  readonly color: Color;
  readonly hatching: Hatching;
}

/** Lays each layer upon those before it. */
export function stackPainter(layers: readonly Layer[], step: number): Painter {
  return (chart) =>
    insidePlot(chart, (pen) => {
      const at = chart.data[0];
      for (let index = 0; index < at.length; index++) {
        const [left, right] = edgesOf(at, index, step);
        let low = 0;
        for (const { values, color, hatching } of layers) {
          const high = low + (values[index] ?? 0);
          if (high === low) continue;
          pen.fillStyle = pattern(color, hatching);
          fill(chart, pen, { left, right, low, high });
          low = high;
        }
      }
    });
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly low: number;
  readonly high: number;
}

function fill(chart: uPlot, pen: CanvasRenderingContext2D, { left, right, low, high }: Box): void {
  const x = chart.valToPos(left, 'x', true);
  const y = chart.valToPos(high, 'y', true);
  pen.fillRect(x, y, chart.valToPos(right, 'x', true) - x, chart.valToPos(low, 'y', true) - y);
}

/** A level line over the whole width: a limit. */
export function limitPainter(value: number): Painter {
  return (chart) =>
    insidePlot(chart, (pen) => {
      const { left, width } = chart.bbox;
      const y = chart.valToPos(value, 'y', true);
      pen.strokeStyle = ink('bound');
      pen.lineWidth = 1.5 * devicePixelRatio;
      pen.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
      pen.beginPath();
      pen.moveTo(left, y);
      pen.lineTo(left + width, y);
      pen.stroke();
    });
}
