import { describe, expect, it } from 'vitest';
import { ownCommand, quote } from '../../../harness/cli/own-command.js';

describe('ownCommand', () => {
  it.each([
    { script: '/usr/local/bin/floodproof', command: 'floodproof', because: 'it is on the PATH' },
    { script: '/my/app/node_modules/.bin/floodproof', command: 'npx floodproof', because: 'it is a link of a package' },
    { script: '/my/app/dist/cli/main.js', command: 'node dist/cli/main.js', because: 'the file itself was run' },
    { script: '/my/other/main.js', command: 'node ../other/main.js', because: 'paths count from where one stands' },
    { script: '/my/app/a b/main.js', command: "node 'a b/main.js'", because: 'a shell would split it' },
  ])('$script is called by $command, since $because', ({ script, command }) => {
    expect(ownCommand(script, '/my/app')).toBe(command);
  });
});

describe('quote', () => {
  it.each([
    { path: 'results/runs/20260101-000000-replay', quoted: 'results/runs/20260101-000000-replay' },
    { path: '', quoted: "''" },
    { path: 'my runs', quoted: "'my runs'" },
    { path: "it's", quoted: "'it'\\''s'" },
    { path: '$(reboot)', quoted: "'$(reboot)'" },
    { path: 'a\nb', quoted: "'a\nb'" },
  ])('a shell reads $quoted as $path', ({ path, quoted }) => {
    expect(quote(path)).toBe(quoted);
  });
});
