import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadOwnAdapters } from '../../../harness/cli/own-adapter.js';

const folder = mkdtempSync(join(tmpdir(), 'floodproof-adapter-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function moduleOf(text: string): string {
  const path = join(folder, `module-${files++}.mjs`);
  writeFileSync(path, text);
  return path;
}

const good = `{ adapter: { name: 'mine', clock: 'argument', create() {} }, contract: { promises: [] } }`;

describe("a module of one's own", () => {
  it('gives one limiter or a list, each with a name to ask for it by', async () => {
    expect((await loadOwnAdapters(moduleOf(`export default ${good};`))).map(({ name }) => name)).toEqual(['mine']);
    const list = `[${good}, ${good}, { name: 'other', ...${good} }]`;
    expect((await loadOwnAdapters(moduleOf(`export default ${list};`))).map(({ name }) => name)).toEqual([
      'mine',
      'mine#2',
      'other',
    ]);
  });

  it('is told every fault of its shape at once', async () => {
    const entries = `[
      { adapter: { name: '', clock: 'sundial' } },
      7,
      { name: 3, adapter: null, contract: [] },
      ${good},
    ]`;
    const error = await loadOwnAdapters(moduleOf(`export default ${entries};`)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'FP_FILE_INVALID', exitCode: 2 });
    expect((error as { faults: { message: string }[] }).faults.map(({ message }) => message)).toEqual([
      'default[0].adapter.name must be a text',
      'default[0].adapter.clock must be "argument", "global" or "real", got "sundial"',
      'default[0].adapter.create must be a function that makes a limiter, got nothing',
      'default[0].contract must be an object, got nothing',
      'default[1] is a number, not an object with adapter and contract',
      'default[2].name must be a text',
      'default[2].adapter must be an object, got null',
      'default[2].contract must be an object, got a list',
    ]);
  });

  it.each([
    { text: 'export default [];', code: 'FP_FILE_INVALID', says: 'holds no limiter' },
    { text: 'export const limiter = 1;', code: 'FP_FILE_INVALID', says: 'has no default export' },
    { text: 'throw new Error("not today");', code: 'FP_FILE_UNREADABLE', says: 'can not be loaded: not today' },
    { text: 'throw null;', code: 'FP_FILE_UNREADABLE', says: 'can not be loaded: null' },
    { text: 'export default {', code: 'FP_FILE_UNREADABLE', says: 'can not be loaded: ' },
  ])('is refused when it reads $text', async ({ text, code, says }) => {
    await expect(loadOwnAdapters(moduleOf(text))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(says),
    });
  });

  it('is refused when it is not there', async () => {
    await expect(loadOwnAdapters(join(folder, 'gone.mjs'))).rejects.toMatchObject({ code: 'FP_FILE_UNREADABLE' });
  });
});
