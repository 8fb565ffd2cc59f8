import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeAddon, loadAddon } from '../../../harness/native/load.js';
import { describeTwins } from '../../twin/engines.js';

const bindingFolder = fileURLToPath(new URL('../../../native/binding/', import.meta.url));
const prefix = `floodproof.${process.platform}-${process.arch}`;

describe('the addon', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'floodproof-addon-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('is absent, with the platform named, where nothing was built', () => {
    const absent = `the addon is not built for ${process.platform}-${process.arch}`;
    expect(loadAddon(folder)).toEqual({ absent });
    expect(loadAddon(join(folder, 'no such folder'))).toEqual({ absent });
  });

  test('of another platform is not tried', () => {
    writeFileSync(join(folder, 'floodproof.beos-m68k.node'), '');
    expect(loadAddon(folder).absent).toContain('not built');
  });

  test('that is no library is reported with its name in one line', () => {
    writeFileSync(join(folder, `${prefix}-gnu.node`), 'not a library');
    const { absent } = loadAddon(folder);
    expect(absent).toMatch(new RegExp(`^${prefix}-gnu\\.node can not be loaded: [^\\n]+$`));
  });

  test('of another version is reported as stale', () => {
    expect(judgeAddon({ abi: () => 0 }, 'x.node')).toEqual({
      absent: 'x.node is stale: it speaks version 0, wanted is 6',
    });
  });

  test('that is something else is reported as such', () => {
    for (const other of [{}, null, undefined, 'text', { abi: 1 }]) {
      expect(judgeAddon(other, 'x.node')).toEqual({ absent: 'x.node is no addon of Floodproof' });
    }
  });

  describeTwins('when built', () => {
    test('is found from the package and from any other folder', () => {
      expect(loadAddon().absent).toBeUndefined();
      const built = readdirSync(bindingFolder).filter((name) => name.startsWith(prefix));
      for (const name of built) copyFileSync(join(bindingFolder, name), join(folder, name));
      expect(loadAddon(folder).addon?.abi()).toBe(6);
    });
  });
});
