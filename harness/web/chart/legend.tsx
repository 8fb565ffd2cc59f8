/** Names the lines of a chart, with what they are drawn with, and their values where the cursor is. */
import { type Color, hatchings } from './ink.js';
import type { Axis, Line } from './line.js';

export function Swatch({
  color,
  dash,
  kind,
}: {
  color: Color;
  dash?: readonly number[] | undefined;
  kind: 'line' | 'area';
}) {
  if (kind === 'area') return <AreaSwatch color={color} />;
  return (
    <svg class="swatch" width="26" height="10" aria-hidden="true">
      <line
        x1="1"
        y1="5"
        x2="25"
        y2="5"
        stroke={`var(--${color})`}
        stroke-width="2.2"
        stroke-dasharray={dash?.join(' ')}
      />
    </svg>
  );
}

/** The hatching of a reason stands in its colour's number; a leak has the first. */
function AreaSwatch({ color }: { color: Color }) {
  const number = Number(/\d$/.exec(color)?.[0] ?? 1);
  const hatching = hatchings[number - 1] ?? 'rising';
  const line = `var(--${color})`;
  return (
    <svg class="swatch" width="26" height="12" aria-hidden="true" viewBox="0 0 26 12">
      <rect width="26" height="12" fill={line} fill-opacity={hatching === 'solid' ? 0.8 : 0.28} />
      <path d={strokesOf[hatching]} stroke={line} stroke-width="1.4" fill="none" />
    </svg>
  );
}

const rising = 'M-2 8L8 -2M0 14L14 0M8 14L22 0M16 14L30 0';
const falling = 'M-2 4L8 14M-2 -4L14 12M6 -4L22 12M14 -4L30 12';
const strokesOf: Readonly<Record<(typeof hatchings)[number], string>> = {
  rising,
  falling,
  crossed: `${rising}${falling}`,
  dotted: 'M3 3h2M11 3h2M19 3h2M7 8h2M15 8h2M23 8h2',
  level: 'M0 3H26M0 9H26',
  upright: 'M4 0V12M12 0V12M20 0V12',
  solid: '',
};

interface LegendProps {
  readonly lines: readonly Line[];
  readonly axis: Axis;
  readonly format: (value: number) => string;
  readonly cursor: number | null;
}

export function Legend({ lines, axis, format, cursor }: LegendProps) {
  const at = cursor === null ? undefined : axis.at[cursor];
  return (
    <ul class="legend">
      {lines.map((line) => {
        const value = cursor === null ? undefined : line.values[cursor];
        return (
          <li key={line.label}>
            <Swatch color={line.color} dash={line.dash} kind={line.swatch ?? 'line'} />
            <bdi>{line.label}</bdi>
            <span class="value">{value === undefined ? '' : value === null ? '-' : format(value)}</span>
          </li>
        );
      })}
      <li class="at">{at === undefined ? '' : axis.format(at)}</li>
    </ul>
  );
}
