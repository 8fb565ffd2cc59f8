/** Colours and patterns of the charts, taken from the style sheet so that both know one palette. */

/** A custom property of the style sheet, without its dashes. */
export type Color =
  | 'paper'
  | 'text'
  | 'muted'
  | 'grid'
  | 'band'
  | 'bound'
  | 'leak'
  | `honest-${1 | 2 | 3 | 4}`
  | `abuse-${1 | 2 | 3 | 4}`
  | `reason-${1 | 2 | 3 | 4 | 5 | 6 | 7}`;

const known = new Map<string, string>();
let knownTheme: string | undefined;

/** The colour as the document shows it now. */
export function ink(color: Color): string {
  const root = document.documentElement;
  if (root.dataset.theme !== knownTheme) {
    known.clear();
    patterns.clear();
    knownTheme = root.dataset.theme;
  }
  let value = known.get(color);
  if (value === undefined) {
    value = getComputedStyle(root).getPropertyValue(`--${color}`).trim();
    known.set(color, value);
  }
  return value;
}

/** Kinds of hatching, told apart without colour. */
export const hatchings = ['rising', 'falling', 'crossed', 'dotted', 'level', 'upright', 'solid'] as const;
export type Hatching = (typeof hatchings)[number];

const patterns = new Map<string, CanvasPattern | string>();
const TILE = 8;

/** A tile of `hatching` lines in `color` over a pale ground of the same colour. */
export function pattern(color: Color, hatching: Hatching): CanvasPattern | string {
  const value = ink(color);
  const key = `${color} ${hatching}`;
  const made = patterns.get(key);
  if (made !== undefined) return made;
  const scale = Math.max(1, Math.round(devicePixelRatio));
  const tile = document.createElement('canvas');
  tile.width = TILE * scale;
  tile.height = TILE * scale;
  const pen = tile.getContext('2d');
  if (pen === null) return value;
  pen.scale(scale, scale);
  pen.fillStyle = value;
  pen.strokeStyle = value;
  pen.globalAlpha = hatching === 'solid' ? 0.8 : 0.28;
  pen.fillRect(0, 0, TILE, TILE);
  pen.globalAlpha = 1;
  pen.lineWidth = 1.4;
  pen.beginPath();
  drawTile(pen, hatching);
  pen.stroke();
  const filled = pen.createPattern(tile, 'repeat') ?? value;
  patterns.set(key, filled);
  return filled;
}

function drawTile(pen: CanvasRenderingContext2D, hatching: Hatching): void {
  const line = (fromX: number, fromY: number, toX: number, toY: number): void => {
    pen.moveTo(fromX, fromY);
    pen.lineTo(toX, toY);
  };
  if (hatching === 'rising' || hatching === 'crossed') {
    line(-2, 2, 2, -2);
    line(-2, TILE + 2, TILE + 2, -2);
    line(TILE - 2, TILE + 2, TILE + 2, TILE - 2);
  }
  if (hatching === 'falling' || hatching === 'crossed') {
    line(-2, TILE - 2, 2, TILE + 2);
    line(-2, -2, TILE + 2, TILE + 2);
    line(TILE - 2, -2, TILE + 2, 2);
  }
  if (hatching === 'dotted') {
    pen.fillRect(1, 1, 2, 2);
    pen.fillRect(5, 5, 2, 2);
  }
  if (hatching === 'level') line(0, TILE / 2, TILE, TILE / 2);
  if (hatching === 'upright') line(TILE / 2, 0, TILE / 2, TILE);
}
