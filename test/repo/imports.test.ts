import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { houseRoot, houseTexts } from './house-files.js';
import { allowedEdges, edgeFaults, importsOf } from './import-rules.js';

const sources = houseTexts((path) => path.startsWith('harness/'));

describe('the rooms of the house', () => {
  test('import each other only in the allowed direction', () => {
    expect(edgeFaults(sources)).toEqual([]);
  });

  test('have no edge back: the table of directions has no circle', () => {
    const open = new Map(Object.entries(allowedEdges));
    for (let before = -1; before !== open.size; ) {
      before = open.size;
      for (const [room, edges] of open) if (!edges.some((edge) => open.has(edge))) open.delete(room);
    }
    expect([...open.keys()]).toEqual([]);
  });

  test('import only packages that are installed with floodproof; only what measures or checks others, or is built into the page, may need them', () => {
    const declared: { dependencies: Record<string, string> } = JSON.parse(
      readFileSync(join(houseRoot, 'package.json'), 'utf8'),
    );
    const strangers = sources
      .filter(({ path }) => path.endsWith('.ts') && !/^harness\/(?:bench|invariants\/peers|web)\//.test(path))
      .flatMap((file) =>
        importsOf(file.text).map(({ specifier, line }) => ({ file, line, name: packageOf(specifier) })),
      )
      .filter(({ name }) => name !== null && declared.dependencies[name] === undefined)
      .map(({ file, line, name }) => `${file.path}:${line}: ${name} is no dependency`);
    expect(strangers).toEqual([]);
  });
});

describe('the checker of the directions', () => {
  const house = [
    { path: 'harness/core/gate.ts', text: '' },
    { path: 'harness/engine/clock.ts', text: '' },
    { path: 'harness/cli/main.ts', text: '' },
    { path: 'harness/errors.ts', text: '' },
    { path: 'harness/index.ts', text: '' },
  ];
  const faultsOf = (path: string, text: string): string[] => edgeFaults([...house, { path, text }]);

  test.each([
    { text: "import { now } from '../engine/clock.js';", because: 'a static import' },
    { text: "import type { Now } from '../engine/clock.js';", because: 'a type is an edge too' },
    { text: "import {\n  now,\n  later,\n} from '../engine/clock.js';", because: 'over several lines' },
    { text: 'import * as clock from "../engine/clock.js";', because: 'double quotes' },
    { text: "import '../engine/clock.js';", because: 'for its effect' },
    { text: "export { now } from '../engine/clock.js';", because: 'passed on' },
    { text: "export * from '../engine/clock.js';", because: 'all passed on' },
    { text: "const clock = await import('../engine/clock.js');", because: 'loaded later' },
    { text: 'const clock = await import(`../engine/clock.js`);', because: 'a template without a substitution' },
    { text: "type Now = import('../engine/clock.js').Now;", because: 'a type written in place' },
    { text: "const clock = require('../engine/clock.js');", because: 'CommonJS' },
    { text: "new Worker(new URL('../engine/clock.js', import.meta.url));", because: 'a worker' },
    { text: "const s = 'a'; /* x */ import { now } from /* y */ '../engine/clock.js';", because: 'beside comments' },
    { text: "const r = /'/; import { now } from '../engine/clock.js';", because: 'behind a quote in an expression' },
  ])('finds $text: $because', ({ text }) => {
    expect(faultsOf('harness/core/planted.ts', text)).toEqual([
      expect.stringMatching(/^harness\/core\/planted\.ts:\d+: core must not import engine/),
    ]);
  });

  test.each([
    { text: "// import { now } from '../engine/clock.js';", because: 'a comment' },
    { text: 'const text = "import { now } from \'../engine/clock.js\'";', because: 'a string' },
    { text: "const text = `from '../engine/clock.js'`;", because: 'a template' },
    { text: "import { Gate } from './gate.js';", because: 'the own room' },
    { text: "import { FloodproofError } from '../errors.js';", because: 'the error table' },
    { text: "Array.from('../engine/clock.js');", because: 'another from' },
    { text: "new URL('http://127.0.0.1:3000/a.js');", because: 'an address' },
    { text: "new URL('../../package.json', import.meta.url);", because: 'a file that is no module' },
  ])('leaves $text alone: $because', ({ text }) => {
    expect(faultsOf('harness/core/planted.ts', text)).toEqual([]);
  });

  test.each([
    { path: 'harness/lobby/planted.ts', text: '', fault: 'no such room', because: 'the folder has no row' },
    { path: 'harness/planted.ts', text: '', fault: 'no such room', because: 'the file stands in no room' },
    { path: 'harness/lobby/page.html', text: '', fault: 'no such room', because: 'any file makes a folder' },
    {
      path: 'harness/judge/a.ts',
      text: "import '../cli/main.js'",
      fault: 'must not import cli',
      because: 'nothing imports cli',
    },
    { path: 'harness/judge/a.ts', text: "import './b.js'", fault: 'does not exist', because: 'there is no such file' },
    {
      path: 'harness/judge/a.ts',
      text: "import '../index.js'",
      fault: 'public door',
      because: 'the door is for users',
    },
    {
      path: 'harness/judge/a.ts',
      text: "import '../../test/x.js'",
      fault: 'leaves the harness',
      because: 'tests are outside',
    },
    {
      path: 'harness/judge/a.ts',
      text: "import '/opt/x.js'",
      fault: 'path of this machine',
      because: 'the path is absolute',
    },
    {
      path: 'harness/judge/a.ts',
      text: 'await import(name)',
      fault: 'computed import',
      because: 'the name is a value',
    },
    {
      path: 'harness/judge/a.ts',
      text: 'await import(`./${name}.js`)',
      fault: 'computed import',
      because: 'a part of it is',
    },
    {
      path: 'harness/bench/a.ts',
      text: 'await import(path)',
      fault: 'computed import',
      because: 'of the benchmark only one file may, for a limiter that its caller names',
    },
  ])('refuses $path with "$text" because $because', ({ path, text, fault }) => {
    expect(faultsOf(path, text).join('\n')).toContain(fault);
    expect(faultsOf(path, text)).toHaveLength(1);
  });

  test('lets the public door import every room but cli, and the cli every room', () => {
    const text = "export * from './core/gate.js';";
    expect(
      edgeFaults([
        { path: 'harness/core/gate.ts', text: '' },
        { path: 'harness/index.ts', text },
      ]),
    ).toEqual([]);
    expect(faultsOf('harness/index.ts', "export * from './cli/main.js';")).toHaveLength(1);
    expect(faultsOf('harness/cli/other.ts', "import '../engine/clock.js'; import '../core/gate.js';")).toEqual([]);
  });
});

/** `@scope/name` or `name`; null for files and the modules of Node. */
function packageOf(specifier: string | null): string | null {
  if (specifier === null || /^[./]|^node:/.test(specifier)) return null;
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? null;
}
