import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from '../../../harness/engine/record/make-folder.js';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'floodproof-'));
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

test('a folder is made with all above it, and may be there already', () => {
  const folder = join(parent, 'a/b/../c');
  makeFolder(folder, 'a folder');
  makeFolder(folder, 'a folder');
  expect(statSync(join(parent, 'a/c')).isDirectory()).toBe(true);
});

test('a link to a folder is as good as the folder', () => {
  symlinkSync(parent, join(parent, 'link'));
  makeFolder(join(parent, 'link/new'), 'a folder');
  expect(statSync(join(parent, 'new')).isDirectory()).toBe(true);
});

test.each(['file', 'file/below', 'broken/below'])(
  '%s can not be made: the error says what and has the hint',
  (name) => {
    writeFileSync(join(parent, 'file'), '');
    symlinkSync(join(parent, 'gone'), join(parent, 'broken'));
    expect(() => makeFolder(join(parent, name), 'a place for runs', 'go elsewhere')).toThrowError(
      expect.objectContaining({
        code: 'FP_DISK',
        message: expect.stringMatching(/^cannot make a place for runs: E/),
        hint: 'go elsewhere',
      }),
    );
  },
);
