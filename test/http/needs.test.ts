import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findProgram, needs } from '../support/needs.js';
import { temporaryFolder } from './temporary-folder.js';

/** A context that takes note of being skipped, and ends the test as vitest's does. */
function skippable(): { readonly notes: string[]; skip(note?: string | boolean): never } {
  const notes: string[] = [];
  return {
    notes,
    skip(note) {
      notes.push(String(note));
      throw new Error('skipped');
    },
  };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a program that a test needs', () => {
  it('is found by its path when it can be executed', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'some-program');
    writeFileSync(file, '#!/bin/sh\n');
    expect(findProgram('some-program', folder)).toBeNull();
    chmodSync(file, 0o755);
    expect(findProgram('some-program', `/nowhere:${folder}`)).toBe(file);
    vi.stubEnv('PATH', folder);
    expect(needs(skippable(), 'some-program', 'make it')).toBe(file);
  });

  it('and that is absent skips the test with the command that brings it', () => {
    vi.stubEnv('CI', '');
    const context = skippable();
    expect(() => needs(context, 'no-such-program', 'apt-get install it')).toThrow('skipped');
    expect(context.notes).toEqual(['no-such-program is not installed: run "apt-get install it"']);
  });

  it('and that is absent fails the test in CI', () => {
    vi.stubEnv('CI', 'true');
    const context = skippable();
    expect(() => needs(context, 'no-such-program', 'apt-get install it')).toThrow(
      'no-such-program is not installed: run "apt-get install it"',
    );
    expect(context.notes).toEqual([]);
  });
});
