import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { burstDisagreement, frozen } from '../../../../harness/bench/limiters/agreement.js';
import { loadOwnLimiter } from '../../../../harness/bench/limiters/own-limiter.js';

const folder = mkdtempSync(join(tmpdir(), 'floodproof-own-limiter-'));
afterAll(() => rmSync(folder, { recursive: true }));

function moduleOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const counting = (answer: string): string => `
  export function createLimiter({ capacity }) {
    const used = new Map();
    return {
      consume(key) {
        const before = used.get(key) ?? 0;
        used.set(key, before + 1);
        return ${answer};
      },
    };
  }`;

describe("somebody's own limiter", () => {
  test.each([
    { name: 'value.mjs', answer: 'before < capacity', form: 'value' },
    { name: 'promise.mjs', answer: 'Promise.resolve(before < capacity)', form: 'promise' },
  ])('takes part with answers that come as a $form', async ({ name, answer, form }) => {
    const rival = await loadOwnLimiter(moduleOf(name, counting(answer)));
    const limiter = rival.open(frozen);
    expect([rival.name, rival.kind, limiter.form]).toEqual([name, 'bucket', form]);
    // Nothing was used up when the form of its answers was found out.
    expect(await burstDisagreement(limiter, 0)).toBeNull();
  });

  test.each([
    { name: 'gone.mjs', text: null, code: 'FP_FILE_UNREADABLE', because: 'the file is not there' },
    { name: 'broken.mjs', text: 'export const = 1', code: 'FP_FILE_UNREADABLE', because: 'it is no JavaScript' },
    { name: 'other.mjs', text: 'export const a = 1', code: 'FP_FILE_INVALID', because: 'it has no createLimiter' },
    {
      name: 'empty.mjs',
      text: 'export const createLimiter = () => ({})',
      code: 'FP_FILE_INVALID',
      because: 'what it makes has no consume',
    },
  ])('is refused when $because', async ({ name, text, code }) => {
    const path = text === null ? join(folder, name) : moduleOf(name, text);
    await expect(loadOwnLimiter(path)).rejects.toMatchObject({ code, message: expect.stringContaining(name) });
  });
});
