/**
 * Right servers are accused of nothing, over real sockets and with real delays. Each seed plays other traffic against
 * the next of the right servers: three in CI, a thousand where FLOODPROOF_NIGHTLY is set. No accusation in n runs says,
 * with 95 % confidence, that fewer than 3 in n are accused.
 */
import process from 'node:process';
import { expect, test } from 'vitest';
import { builtUrl } from '../support/built.js';

const RUN_MS_MAX = 60_000;
const seeds = process.env.FLOODPROOF_NIGHTLY === '1' ? 1_000 : 3;
const { rightVenues } = (await import(
  builtUrl('zoo/gateways/right-venues.js')
)) as typeof import('../../harness/zoo/gateways/right-venues.js');
// Its worker threads run compiled modules that lie beside it.
const { playScene } = (await import(
  builtUrl('zoo/gateways/play-scene.js')
)) as typeof import('../../harness/zoo/gateways/play-scene.js');

test(`a right server is accused of nothing in ${seeds} short runs`, { timeout: seeds * RUN_MS_MAX }, async () => {
  const accusations: string[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const right = rightVenues[seed % rightVenues.length];
    if (right === undefined) throw new Error('there are no right servers');
    const { broken, evidence } = await playScene(right.scene, right.build, seed);
    if (broken.length > 0) accusations.push(`seed ${seed}, ${right.name}: ${[...broken, ...evidence].join('; ')}`);
  }
  expect(accusations).toEqual([]);
});
