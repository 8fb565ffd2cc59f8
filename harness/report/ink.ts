/**
 * Colours of a terminal, or none. Nothing is said by colour alone: every word stands there without it.
 */

export interface Ink {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const asItIs = (text: string): string => text;

const paint =
  (on: number, off: number) =>
  (text: string): string =>
    text === '' ? text : `\u001b[${on}m${text}\u001b[${off}m`;

const colourless: Ink = { bold: asItIs, dim: asItIs, red: asItIs, green: asItIs, yellow: asItIs };

const coloured: Ink = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
};

export function inkOf(color: boolean): Ink {
  return color ? coloured : colourless;
}
