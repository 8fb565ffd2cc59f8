import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nearPaths } from '../../../harness/cli/near-path.js';

const root = mkdtempSync(join(tmpdir(), 'floodproof-near-'));
mkdirSync(join(root, 'scenarios', 'release'), { recursive: true });
mkdirSync(join(root, 'scenarios', 'policies'));
mkdirSync(join(root, 'crowd'));
for (const name of ['release/replay.yaml', 'release/long.yaml', 'policies/spot-exchange.yaml']) {
  writeFileSync(join(root, 'scenarios', name), '');
}
for (let file = 0; file <= 2_000; file++) symlinkSync('nowhere', join(root, 'crowd', `release-${file}`));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a path that is not there', () => {
  test.each([
    { path: 'scenarios/relase', near: ['scenarios/release'], because: 'a folder is misspelt' },
    { path: 'scenarios/relase/', near: ['scenarios/release'], because: 'of a folder' },
    { path: 'scenarios/release/repaly.yaml', near: ['scenarios/release/replay.yaml'], because: 'the file is misspelt' },
    {
      path: 'scenarios/relase/replay.yaml',
      near: ['scenarios/release/replay.yaml'],
      because: 'the folder, not the file',
    },
    { path: 'scenaros/relase/repaly', near: ['scenarios/release/replay.yaml'], because: 'everything' },
    { path: 'scenarios/release/replay.yml', near: ['scenarios/release/replay.yaml'], because: 'the ending' },
    { path: 'scenarios/release/replay', near: ['scenarios/release/replay.yaml'], because: 'no ending' },
    { path: 'scenarios/release/gone.yaml', near: [], because: 'an ending alone makes no name near' },
    { path: 'scenarios/policies/binance.yaml', near: [], because: 'nothing is near' },
    { path: 'crowd/release', near: [], because: 'a folder of thousands is not searched' },
    { path: 'nowhere/else/at/all', near: [], because: 'nothing of it is there' },
  ])('$path means $near: $because', ({ path, near }) => {
    expect(nearPaths(join(root, path))).toEqual(near.map((one) => join(root, one)));
  });

  test('a name alone is looked for among what comes with the package', () => {
    expect(nearPaths('order-flood')).toEqual([
      'scenarios/abuse/order-flood.yaml',
      'scenarios/release/order-flood-100x.yaml',
      'scenarios/release/order-flood-20x.yaml',
    ]);
    expect(nearPaths('relase')).toEqual(['scenarios/release']);
    expect(nearPaths('spot-exchnge.yaml')).toEqual(['scenarios/policies/spot-exchange.yaml']);
    expect(nearPaths('order-flood.json')).toEqual([]);
  });

  test('an empty path, the root and a megabyte of letters are near to nothing', () => {
    expect(nearPaths('')).toEqual([]);
    expect(nearPaths('/')).toEqual([]);
    expect(nearPaths('a'.repeat(1_000_000))).toEqual([]);
    expect(nearPaths(`${'../'.repeat(500)}nope-nowhere/x`)).toEqual([]);
  });
});
