/**
 * Servers that are broken on purpose are convicted by a real run. One of each scene in CI; all of them, and the right
 * ones, by `floodproof selftest` and where FLOODPROOF_NIGHTLY is set.
 */
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { builtUrl } from '../support/built.js';

const SEED = 7;
const { brokenVenues } = (await import(
  builtUrl('zoo/gateways/collection.js')
)) as typeof import('../../harness/zoo/gateways/collection.js');
// Its worker threads run compiled modules that lie beside it.
const { playScene } = (await import(
  builtUrl('zoo/gateways/play-scene.js')
)) as typeof import('../../harness/zoo/gateways/play-scene.js');

const scenes = brokenVenues.map(({ scene }) => scene);
const firstOfScene = brokenVenues.filter(({ scene }, index) => scenes.indexOf(scene) === index);
const chosen = process.env.FLOODPROOF_NIGHTLY === '1' ? brokenVenues : firstOfScene;

describe('a server that is broken on purpose', () => {
  test.each(chosen)('$name is convicted by $convictedBy', async ({ scene, build, convictedBy }) => {
    const { broken, evidence } = await playScene(scene, build, SEED);
    expect(broken).toEqual(expect.arrayContaining([...convictedBy]));
    expect(evidence.length).toBeGreaterThan(0);
  });
});
