import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandPaths, fileReader } from '../../../harness/cli/file-reader.js';
import { FloodproofError } from '../../../harness/errors.js';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'floodproof-'));
  mkdirSync(join(folder, 'suite/inner'), { recursive: true });
  mkdirSync(join(folder, 'bare'));
  for (const name of ['b.yaml', 'a.yaml', 'c.yml', 'notes.md', 'inner/d.yaml']) {
    writeFileSync(join(folder, 'suite', name), `name: ${name}\n`);
  }
  mkdirSync(join(folder, 'suite/folder.yaml'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function errorOf(action: () => unknown): FloodproofError {
  try {
    action();
  } catch (error) {
    if (error instanceof FloodproofError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('fileReader.read', () => {
  it('gives the whole text', () => {
    expect(fileReader.read(join(folder, 'suite/a.yaml'))).toBe('name: a.yaml\n');
  });

  it.each([
    { name: 'gone.yaml', reason: 'there is no such file' },
    { name: 'suite', reason: 'it is a folder' },
    { name: 'suite/a.yaml/b.yaml', reason: 'a part of the path is not a folder' },
    { name: `${'x'.repeat(300)}.yaml`, reason: 'the path is too long' },
  ])('says of $name that $reason', ({ name, reason }) => {
    const path = join(folder, name);
    const error = errorOf(() => fileReader.read(path));
    expect(error.code).toBe('FP_FILE_UNREADABLE');
    expect(error.message).toBe(`cannot read ${path}: ${reason}`);
  });

  it('reads files of 1 MiB, and none larger', () => {
    const path = join(folder, 'large.txt');
    writeFileSync(path, 'x');
    truncateSync(path, 1_048_576);
    expect(fileReader.read(path)).toHaveLength(1_048_576);
    truncateSync(path, 1_048_577);
    expect(errorOf(() => fileReader.read(path)).message).toContain('it has 1048577 bytes, at most 1048576 are read');
  });

  it('reads text alone', () => {
    const path = join(folder, 'binary.yaml');
    writeFileSync(path, new Uint8Array([0x61, 0xff, 0xfe]));
    expect(errorOf(() => fileReader.read(path)).message).toBe(`cannot read ${path}: it is not UTF-8 text`);
  });

  it('reads no device, which may have no end', () => {
    expect(errorOf(() => fileReader.read('/dev/null')).message).toBe('cannot read /dev/null: it is not a regular file');
  });

  it('does not follow links for ever', () => {
    const path = join(folder, 'loop.yaml');
    symlinkSync(path, path);
    expect(errorOf(() => fileReader.read(path)).message).toBe(`cannot read ${path}: its links lead in a circle`);
  });
});

describe('fileReader.resolve', () => {
  it.each([
    { from: 'scenarios/release/a.yaml', reference: '../policies/p.yaml', path: 'scenarios/policies/p.yaml' },
    { from: 'a.yaml', reference: 'p.yaml', path: 'p.yaml' },
    { from: './a.yaml', reference: './p.yaml', path: 'p.yaml' },
    { from: '/x/a.yaml', reference: 'p.yaml', path: '/x/p.yaml' },
    { from: '/x/a.yaml', reference: '/y//p.yaml', path: '/y/p.yaml' },
  ])('takes $reference in $from for $path', ({ from, reference, path }) => {
    expect(fileReader.resolve(from, reference)).toBe(path);
  });
});

describe('expandPaths', () => {
  it('takes a folder for its own files in the order of their names', () => {
    const suite = join(folder, 'suite');
    const expected = ['a.yaml', 'b.yaml', 'c.yml'].map((name) => join(suite, name));
    expect(expandPaths([suite])).toEqual(expected);
    expect(expandPaths([`${suite}/`])).toEqual(expected);
  });

  it('takes a file for itself, whatever its name', () => {
    const file = join(folder, 'suite/notes.md');
    expect(expandPaths([file, join(folder, 'suite/inner')])).toEqual([file, join(folder, 'suite/inner/d.yaml')]);
  });

  it('names the folders within that hold files, since they are not looked into', () => {
    const outer = join(folder, 'outer');
    for (const name of ['b', 'a', 'c', 'd', 'none']) mkdirSync(join(outer, name), { recursive: true });
    for (const name of ['b', 'a', 'c', 'd']) writeFileSync(join(outer, name, 'x.yaml'), '');
    const { code, hint } = errorOf(() => expandPaths([outer]));
    expect(code).toBe('FP_FILE_EMPTY');
    expect(hint).toBe(
      `folders within it are not looked into: name ${['a', 'b', 'c'].map((name) => join(outer, name)).join(' or ')}`,
    );
  });

  it('refuses a folder without files, and what is not there', () => {
    const bare = join(folder, 'bare');
    const empty = errorOf(() => expandPaths([bare]));
    expect(empty.code).toBe('FP_FILE_EMPTY');
    expect(empty.message).toBe(`the folder ${bare} holds no .yaml file`);
    const gone = errorOf(() => expandPaths([join(folder, 'gone')]));
    expect(gone.code).toBe('FP_FILE_UNREADABLE');
  });
});
