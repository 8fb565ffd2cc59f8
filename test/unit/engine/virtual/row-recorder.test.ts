import { expect, it } from 'vitest';
import { buildWorld } from '../../../../harness/actors/identities/world.js';
import { playVirtual } from '../../../../harness/engine/virtual/play-virtual.js';
import type { ObservationBatch } from '../../../../harness/judge/observation.js';
import { openEngine } from '../../../../harness/native/engine.js';
import { aPlan } from '../../../support/plan-builder.js';

function concluded({ rows, columns }: ObservationBatch): number[] {
  return [...columns.concludedUs.subarray(0, rows)];
}

it.each([
  { speed: 20, because: 'at a pace, before its batch is full' },
  { speed: Number.POSITIVE_INFINITY, because: 'as fast as it goes' },
])('shows every row once and in order to whoever looks, $because', async ({ speed }) => {
  const plan = aPlan();
  const shown: number[][] = [];
  let shownBeforeEnd = 0;
  const played = await playVirtual({
    plan,
    policy: plan.policy,
    seed: 1,
    world: buildWorld(plan, 1),
    engine: openEngine('ts'),
    folder: null,
    arrivalsMax: null,
    speed,
    stop: new AbortController().signal,
    onProgress: ({ tally }) => {
      // What the live lines say is as new as what is looked at.
      shownBeforeEnd = shown.flat().length;
      expect(tally.actors.reduce((sum, { sent }) => sum + sent, 0)).toBe(shownBeforeEnd);
    },
    onRows: (batch) => shown.push(concluded(batch)),
  });
  expect(shown.flat()).toEqual([...played.observations()].flatMap(concluded));
  expect(shown.flat()).toHaveLength(played.rows);
  expect(shownBeforeEnd).toBeGreaterThan(0);
  if (speed === 20) expect(shown.length).toBeGreaterThan([...played.observations()].length);
});
