/** Which colour and dash an actor has in every chart: cool colours are honest, warm ones abuse. */
import type { Color } from './chart/ink.js';

export interface ActorStyle {
  readonly color: Color;
  readonly dash: readonly number[];
}

const COLORS = 4;
/** Each actor of a label has its own, so that lines are told apart without colour. */
const dashes: readonly (readonly number[])[] = [[], [9, 3], [3, 3], [12, 3, 3, 3], [6, 2, 2, 2, 2, 2], [1, 3]];

export function actorStyles(actors: readonly { readonly label: 'legit' | 'abuse' }[]): ActorStyle[] {
  const seen = { legit: 0, abuse: 0 };
  return actors.map(({ label }) => {
    const place = seen[label]++;
    const number = ((place % COLORS) + 1) as 1 | 2 | 3 | 4;
    const color: Color = label === 'legit' ? `honest-${number}` : `abuse-${number}`;
    // Abuse begins one dash further on, or the first of both labels would differ by colour alone.
    return { color, dash: dashes[(place + (label === 'abuse' ? 1 : 0)) % dashes.length] ?? [] };
  });
}
