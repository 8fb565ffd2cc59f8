import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot, scratch } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

const addonName = `floodproof.${process.platform}-${process.arch}.node`;
let root: string;
let count = 0;

/** A program of the project's own, found before that of the system. */
function program(name: string, lines: readonly string[]): void {
  const path = join(root, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${lines.join('\n')}\n`);
  chmodSync(path, 0o755);
}

/** A project in which npm writes what a build would, and notes that it ran. */
beforeEach(() => {
  count += 1;
  root = join(place.path, `project-${count}`);
  for (const folder of ['harness/web', 'native/binding', 'bin']) mkdirSync(join(root, folder), { recursive: true });
  cpSync(join(projectRoot, 'harness/setup.mjs'), join(root, 'harness/setup.mjs'));
  program('npm', [
    'case "$3" in',
    '  build:ts) mkdir -p dist/cli && printf 1 > dist/cli/main.js ;;',
    '  build:web) mkdir -p dist/web && printf page > dist/web/page.html ;;',
    `  build:native) printf addon > native/binding/${addonName} ;;`,
    'esac',
    'printf "%s " "$3" >> ran',
  ]);
  program('cargo', ['exit 0']);
  for (const name of ['typescript', 'vite']) {
    mkdirSync(join(root, 'node_modules', name), { recursive: true });
    writeFileSync(join(root, 'node_modules', name, 'package.json'), '{}');
  }
  for (const file of ['package-lock.json', 'Cargo.lock', 'harness/a.ts', 'harness/web/page.html', 'native/a.rs']) {
    writeFileSync(join(root, file), '{}');
    utimesSync(join(root, file), 1, 1);
  }
  writeFileSync(join(root, 'node_modules/.package-lock.json'), '{}');
});

interface SetUp {
  readonly code: number | null;
  readonly stderr: string;
  /** The builds that ran, in their order. */
  readonly ran: string[];
}

function setUp(env: Readonly<Record<string, string>> = {}): SetUp {
  rmSync(join(root, 'ran'), { force: true });
  const { CI: _ci, FLOODPROOF_NATIVE: _native, ...rest } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['harness/setup.mjs'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...rest, PATH: `${join(root, 'bin')}${delimiter}${process.env.PATH}`, ...env },
  });
  expect(stdout).toBe('');
  const ran = existsSync(join(root, 'ran')) ? readFileSync(join(root, 'ran'), 'utf8').trim().split(' ') : [];
  return { code: status, stderr, ran };
}

/** A text is no addon: a real one takes its place, whichever of those that the tests' own tools bring. */
function makeAddonLoadable(): void {
  const [folder = ''] = readdirSync(join(projectRoot, 'node_modules/@rolldown')).filter((name) =>
    /^binding-/.test(name),
  );
  const folderPath = join(projectRoot, 'node_modules/@rolldown', folder);
  const [addon = ''] = readdirSync(folderPath).filter((name) => name.endsWith('.node'));
  cpSync(join(folderPath, addon), join(root, 'native/binding', addonName));
}

describe('the set-up', () => {
  it('builds what is not there, one plain line a step, and nothing the second time', () => {
    const first = setUp();
    expect(first).toMatchObject({ code: 0, ran: ['build:ts', 'build:web', 'build:native'] });
    expect(first.stderr.replace(/\d+\.\d s/g, 'TIME')).toBe(
      'set-up: built TypeScript (TIME)\n' +
        'set-up: built the page (TIME)\n' +
        'set-up: building the native core, about a minute the first time ...\n' +
        'set-up: built the native core (TIME)\n',
    );
    makeAddonLoadable();
    expect(setUp()).toEqual({ code: 0, stderr: '', ran: [] });
  });

  it.each([
    {
      what: 'a build that was ended before its stamp',
      spoil: () => rmSync(join(root, 'dist/.built')),
      ran: ['build:ts', 'build:web'],
    },
    {
      what: 'a dist without its main',
      spoil: () => rmSync(join(root, 'dist/cli'), { recursive: true }),
      ran: ['build:ts', 'build:web'],
    },
    { what: 'a page that is gone', spoil: () => rmSync(join(root, 'dist/web/page.html')), ran: ['build:web'] },
    {
      what: 'a page that was cut off',
      spoil: () => truncateSync(join(root, 'dist/web/page.html'), 2),
      ran: ['build:web'],
    },
    {
      what: 'a page of other sources',
      spoil: () => writeFileSync(join(root, 'harness/web/main.tsx'), ''),
      ran: ['build:web'],
    },
    {
      what: 'a source that is new',
      spoil: () => writeFileSync(join(root, 'harness/b.ts'), ''),
      ran: ['build:ts', 'build:web'],
    },
    { what: 'a source that is gone', spoil: () => rmSync(join(root, 'harness/a.ts')), ran: ['build:ts', 'build:web'] },
    {
      what: 'an addon that was cut off',
      spoil: () => truncateSync(join(root, 'native/binding', addonName), 100),
      ran: ['build:native'],
    },
  ])('mends $what', ({ spoil, ran }) => {
    setUp();
    makeAddonLoadable();
    spoil();
    expect(setUp()).toMatchObject({ code: 0, ran });
    expect(readFileSync(join(root, 'dist/web/page.html'), 'utf8')).toBe('page');
  });

  it('says what to do where the packages of development were left out', () => {
    rmSync(join(root, 'node_modules/vite'), { recursive: true });
    const noPage = setUp();
    expect(noPage).toMatchObject({ code: 0, ran: ['build:ts', 'build:native'] });
    expect(noPage.stderr).toContain('set-up: vite is not installed here ("npm ci --omit=dev" leaves it out)');
    expect(setUp({ CI: 'true' }).code).toBe(4);
    rmSync(join(root, 'node_modules/typescript'), { recursive: true });
    expect(setUp()).toMatchObject({ code: 0 });
    writeFileSync(join(root, 'harness/b.ts'), '');
    const noBuild = setUp();
    expect(noBuild).toMatchObject({ code: 4, ran: [] });
    expect(noBuild.stderr).toContain('dist is not up to date, and typescript is not installed here');
    // What was built before is still there.
    expect(existsSync(join(root, 'dist/cli/main.js'))).toBe(true);
  });

  it('shows the output of a step that fails, and exits with 4', () => {
    program('npm', ['echo "a.ts(1,2): wrong"', 'exit 1']);
    const { code, stderr } = setUp();
    expect(code).toBe(4);
    expect(stderr).toContain('a.ts(1,2): wrong\n');
    expect(stderr).toContain('set-up: building TypeScript failed; mend what stands above and run the command again\n');
  });
});
