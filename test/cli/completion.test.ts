import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandTable, readCommandTable } from '../support/command-line.js';
import { projectRoot, runCli, scratch } from '../support/run-cli.js';

const place = scratch();
afterAll(() => place.remove());

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** bash is everywhere; the others are asked where they are installed. */
const present = shells.filter((shell) => spawnSync(shell, ['-c', 'exit 0']).status === 0);

const scriptOf = (shell: Shell): string => join(place.path, `completion.${shell}`);
const table: CommandTable = readCommandTable();

beforeAll(async () => {
  for (const shell of shells) {
    const { code, stdout, stderr } = await runCli(['completion', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    writeFileSync(scriptOf(shell), stdout);
  }
  mkdirSync(join(place.path, 'plans', 'my folder'), { recursive: true });
  writeFileSync(join(place.path, 'plans', 'my file.yaml'), '');
});

function output(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 30_000 });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

const bashAsked = `
set -eu
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_floodproof
set +u
for word in "\${COMPREPLY[@]}"; do printf '%s\\n' "$word"; done
`;

/** What bash proposes for the last word of a line, which may be empty. */
function bashProposes(words: readonly string[], cwd = projectRoot): string[] {
  const args = ['--norc', '--noprofile', '-c', bashAsked, 'bash', scriptOf('bash'), 'floodproof', ...words];
  return output('bash', args, cwd).split('\n').slice(0, -1);
}

describe('the completion of bash', () => {
  it.each([
    { words: ['re'], proposed: ['replay', 'report', 'record'] },
    { words: ['--quiet', 'sel'], proposed: ['selftest'] },
    { words: ['--q'], proposed: ['--quiet'] },
    { words: ['run', '--tar'], proposed: ['--target'] },
    { words: ['run', '--engine', ''], proposed: ['auto', 'native', 'ts'] },
    { words: ['--no-color', 'run', '--engine', 'n'], proposed: ['native'] },
    { words: ['run', '--seed', ''], proposed: [] },
    { words: ['run', '--seed', '7', '--pin', 'o'], proposed: ['off'] },
    { words: ['run', '--target', 'g'], proposed: ['gateway'] },
    { words: ['run', 'scenarios/rel'], proposed: ['scenarios/release'] },
    { words: ['run', 'scenarios/release', 'scenarios/lo'], proposed: ['scenarios/load'] },
    { words: ['run', '--out', 'scenarios/ab'], proposed: ['scenarios/abuse'] },
    { words: ['compare', 'scenarios/ab'], proposed: ['scenarios/abuse'] },
    { words: ['compare', 'scenarios/abuse', 'scenarios/rel'], proposed: ['scenarios/release'] },
    { words: ['ui', 'scenarios/rel'], proposed: ['scenarios/release'] },
    { words: ['replay', 'scenarios/README'], proposed: [] },
    { words: ['list', '--tag', 'floo'], proposed: ['flood'] },
    { words: ['new', 'mine', '--from', 'quote'], proposed: ['quote-stuffing'] },
    { words: ['gateway', '--venue', 'k'], proposed: ['kraken', 'kucoin'] },
    { words: ['help', 'be'], proposed: ['bench'] },
    { words: ['completion', ''], proposed: ['bash', 'zsh', 'fish'] },
    { words: ['completion', 'bash', ''], proposed: [] },
    { words: ['nonsense', ''], proposed: [] },
  ])('proposes $proposed for $words', ({ words, proposed }) => {
    expect(bashProposes(words)).toEqual(proposed);
  });

  it('takes a name with a space in it as one', () => {
    expect(bashProposes(['run', 'plans/my'], place.path).sort()).toEqual(['plans/my file.yaml', 'plans/my folder']);
    expect(bashProposes(['run', '--out', 'plans/m'], place.path)).toEqual(['plans/my folder']);
  });

  it('knows every command and every option of the help', () => {
    const commands = [...table.keys()].filter((name) => name !== '');
    expect(bashProposes([''])).toEqual([...commands, 'help']);
    const missing = commands.flatMap((command) => {
      const proposed = new Set(bashProposes([command, '-']));
      return [...(table.get(command)?.keys() ?? [])]
        .filter((option) => !proposed.has(option))
        .map((o) => `${command} ${o}`);
    });
    expect(missing).toEqual([]);
  });

  it('is what the shell asks for the name of the program', () => {
    const code = `source "$1"; complete -p floodproof`;
    expect(output('bash', ['--norc', '--noprofile', '-c', code, 'bash', scriptOf('bash')], projectRoot)).toBe(
      'complete -F _floodproof floodproof\n',
    );
  });
});

const lines: readonly { line: string; becomes: string }[] = [
  { line: 'repl', becomes: 'replay' },
  { line: '--qui', becomes: '--quiet' },
  { line: 'run --targ', becomes: 'run --target' },
  { line: 'run --tag floo', becomes: 'run --tag flood' },
  { line: '--quiet run --pin of', becomes: '--quiet run --pin off' },
  { line: 'run scenarios/relea', becomes: 'run scenarios/release' },
  { line: 'run --out scenarios/rel', becomes: 'run --out scenarios/release' },
  { line: 'gateway --venue kra', becomes: 'gateway --venue kraken' },
  { line: 'help prob', becomes: 'help probe' },
  { line: 'completion zs', becomes: 'completion zsh' },
];

/** Types each line and a tab into a shell on a terminal of its own, and tells what the line has become. */
const zshTypes = `
zmodload zsh/zpty
zpty typed zsh -f -i
zpty -w typed "autoload -Uz compinit; compinit -u -D; source \${(q)1}; floodproof() { print -r -- \\"typed<\\$*>\\" }; print -r -- rea''dy"
shift
zpty -r typed seen '*ready*'
for line in "$@"; do
  zpty -w -n typed "$line"$'\\t\\n'
  zpty -r typed seen '*typed<*>*'
  print -r -- "\${\${seen##*typed<}%%>*}"
done
zpty -d typed
`;

const completed: Readonly<Record<Shell, () => string[]>> = {
  bash: () => lines.map(({ line }) => completedLine(line, bashProposes(line.split(' ')))),
  zsh: () => {
    const typed = lines.map(({ line }) => `floodproof ${line}`);
    return output('zsh', ['-f', '-c', zshTypes, 'zsh', scriptOf('zsh'), ...typed], projectRoot)
      .trimEnd()
      .split('\n');
  },
  fish: () =>
    lines.map(({ line }) => {
      const code = `source ${scriptOf('fish')}; complete -C ${JSON.stringify(`floodproof ${line}`)}`;
      const proposed = output('fish', ['--no-config', '-c', code], projectRoot).trimEnd().split('\n');
      return completedLine(
        line,
        proposed.map((one) => one.replace(/\/?(?:\t.*)?$/, '')),
      );
    }),
};

function completedLine(line: string, proposed: readonly string[]): string {
  expect(proposed, line).toHaveLength(1);
  return [...line.split(' ').slice(0, -1), ...proposed].join(' ');
}

describe('a line and a tab', () => {
  it.each(present)('become the whole line in %s', (shell) => {
    expect(completed[shell]()).toEqual(lines.map(({ becomes }) => becomes));
  });

  it('a shell that there is no script for is told so', async () => {
    const { code, stdout, stderr } = await runCli(['completion', 'bsh']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("'bsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish");
    expect(stderr).toContain('did you mean bash or zsh?');
  });
});
