import { expect, it } from 'vitest';
import { buildWorld } from '../../../../harness/actors/identities/world.js';
import { playVirtual } from '../../../../harness/engine/virtual/play-virtual.js';
import { openEngine } from '../../../../harness/native/engine.js';
import { type Plan, planEndUs } from '../../../../harness/scenario/plan.js';
import { rightPlan } from '../../../support/virtual-acquittal.js';

async function play(plan: Plan, stop: AbortSignal, limits: { readonly rowsMax?: number } = {}) {
  return await playVirtual({
    plan,
    policy: plan.policy,
    seed: 1,
    world: buildWorld(plan, 1),
    engine: openEngine('ts'),
    folder: null,
    arrivalsMax: null,
    speed: Number.POSITIVE_INFINITY,
    stop,
    onProgress: () => undefined,
    ...limits,
  });
}

it('lasts until its last event when it is stopped, and no shorter than its plan when it is not', async () => {
  const runUs = 36_000_000_000;
  const whole = rightPlan('token-bucket', 1);
  const stopped = await play(rightPlan('token-bucket', 1, {}, runUs), AbortSignal.abort());
  const rows = [...stopped.observations()].flatMap(({ rows, columns }) =>
    Array.from(columns.concludedUs.subarray(0, rows)),
  );
  expect(stopped.isInterrupted).toBe(true);
  expect(stopped.durationUs).toBe(rows.at(-1));
  expect(stopped.durationUs).toBeLessThan(runUs);
  const played = await play(whole, new AbortController().signal);
  expect(played.isInterrupted).toBe(false);
  expect(played.durationUs).toBeGreaterThanOrEqual(planEndUs(whole));
});

it('ends with an error when it makes more requests than can be kept', async () => {
  const plan = rightPlan('token-bucket', 1);
  const never = new AbortController().signal;
  const { rows } = await play(plan, never);
  expect((await play(plan, never, { rowsMax: rows })).rows).toBe(rows);
  await expect(play(plan, never, { rowsMax: rows - 1 })).rejects.toMatchObject({ code: 'FP_USAGE', exitCode: 2 });
});
