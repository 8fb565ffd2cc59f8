import { describe, expect, it } from 'vitest';
import { actorsOf, Grid, measuredUs, phaseAt, selectionEndUs, selectionOf } from '../../../harness/judge/scope.js';
import { aPlan, SECOND_US } from '../../support/plan-builder.js';

const plan = aPlan();

describe('a phase', () => {
  it('holds its first microsecond and not its end; before and after all of them there is none', () => {
    const instants = [
      0,
      SECOND_US - 1,
      SECOND_US,
      3 * SECOND_US - 1,
      3 * SECOND_US,
      11 * SECOND_US - 1,
      11 * SECOND_US,
    ];
    expect(instants.map((us) => phaseAt(plan.phases, us))).toEqual([-1, -1, 0, 0, 1, 2, -1]);
  });
});

describe('a subject', () => {
  it('is everybody, a label or an actor, in one phase or in all', () => {
    expect(['all', 'legit', 'abuse', 'customers', 'nobody'].map((subject) => actorsOf(plan, subject))).toEqual([
      [0, 1],
      [0],
      [1],
      [0],
      [],
    ]);
    expect(selectionOf(plan, 'abuse', null)).toEqual({ actors: [1], phases: [0, 1, 2] });
    const attack = selectionOf(plan, 'legit', 'attack');
    expect(attack).toEqual({ actors: [0], phases: [1] });
    expect([measuredUs(plan, attack), selectionEndUs(plan, attack)]).toEqual([4 * SECOND_US, 7 * SECOND_US]);
  });
});

describe('Grid', () => {
  it('sums and finds the smallest over a selection', () => {
    const grid = new Grid(2, 3);
    grid.add(1, 0);
    grid.add(1, 2, 4);
    grid.add(0, 2, 100);
    expect(grid.sum({ actors: [1], phases: [0, 1, 2] })).toBe(5);
    grid.lower(1, 2, 2);
    expect([grid.min({ actors: [1], phases: [2] }), grid.min({ actors: [], phases: [2] })]).toEqual([
      2,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
