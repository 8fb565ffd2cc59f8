/** The numbers of a chart, as far as it is zoomed. */
import { ScrollingTable } from '../scrolling-table.js';
import { useZoom, Zoom } from '../zoom.js';
import type { Axis, Line } from './line.js';
import { shownOf } from './plot.js';

interface ChartTableProps {
  readonly lines: readonly Line[];
  readonly axis: Axis;
  readonly name: string;
  readonly format: (value: number) => string;
}

/** Rows at most; a longer part of the run has to be zoomed into. */
const ROWS_MAX = 1_000;
const still = new Zoom();

export function ChartTable({ lines, axis, name, format }: ChartTableProps) {
  useZoom(axis.zoom ?? still);
  const [from, to] = shownOf(axis);
  const all = axis.at.flatMap((at, index) => (at >= from && at <= to ? [index] : []));
  const rows = all.slice(0, ROWS_MAX);
  return (
    <ScrollingTable name={`${name} as a table`} tall>
      <caption>
        {name}
        {rows.length < all.length ? `, the first ${rows.length} of ${all.length} rows` : ''}
      </caption>
      <thead>
        <tr>
          <th scope="col">{axis.name}</th>
          {lines.map(({ label }) => (
            <th scope="col" class="number" key={label}>
              <bdi>{label}</bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((index) => (
          <tr key={index}>
            <th scope="row">{axis.format(axis.at[index] ?? 0)}</th>
            {lines.map(({ label, values }) => {
              const value = values[index] ?? null;
              return (
                <td class="number" key={label}>
                  {value === null ? '-' : format(value)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </ScrollingTable>
  );
}
