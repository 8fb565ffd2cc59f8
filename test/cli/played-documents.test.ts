/** The documents that teach are played as they stand, and print what they show. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  codeShown,
  endServer,
  makeClone,
  missingParts,
  playCommands,
  startServer,
  stepsOf,
  writeStep,
} from '../support/played-document.js';
import { projectRoot, scratch } from '../support/run-cli.js';

const documents = [
  'docs/tutorial.md',
  'docs/oracle.md',
  'docs/how-to-test-an-express-app.md',
  'docs/how-to-test-nginx.md',
  'docs/how-to-test-an-exchange-client.md',
];

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === 'object' ? String(address.port) : '';
}

/** What a busy machine sends late is not what a document is about. */
function patient(text: string): string {
  const isScenario = /^actors:/m.test(text) && !/^generator:/m.test(text);
  return isScenario ? `${text}generator: { ownDelayP99: 1min, ownDelayP99WorstSecond: 1min, sentShare: 50% }\n` : text;
}

describe('the documents that teach', () => {
  it.each(documents)('%s is played, and prints what it shows', { timeout: 400_000 }, async (document) => {
    const place = scratch();
    let server: ChildProcess | null = null;
    onTestFinished(async () => {
      await endServer(server);
      place.remove();
    });
    makeClone(place.path);
    const port = await freePort();
    const steps = stepsOf(readFileSync(join(projectRoot, document), 'utf8').replaceAll('3000', port));
    expect(steps.filter((step) => step.kind === 'commands' && step.shown !== null)).not.toEqual([]);
    for (const step of steps) {
      if (step.kind === 'file') writeStep(place.path, { ...step, text: patient(step.text) });
      else if (step.kind === 'server') {
        await endServer(server);
        server = await startServer(place.path, step.file);
      } else {
        const { code, output } = await playCommands(place.path, step.script);
        const missing = step.shown === null ? [] : missingParts(step.shown, output);
        const wanted = { script: step.script, missing: [], code: codeShown(step.shown) };
        expect({ script: step.script, missing, code }, output).toEqual(wanted);
      }
    }
  });
});

describe('a document that is played', () => {
  it.each([
    { shown: 'one\n...\nthree\n', because: 'parts stand in their order', missing: [] },
    { shown: 'three\n...\none\n', because: 'parts do not', missing: ['one\n'] },
    { shown: 'one   two\n', because: 'lines may be broken elsewhere', missing: [] },
    { shown: 'one\n...\nfour\n', because: 'a part is not there', missing: ['four\n'] },
    { shown: 'one ...\nthree\n', because: 'the end of a line is left out', missing: [] },
    { shown: 'in 5.2 ms\n', because: 'a time may differ', missing: [] },
    { shown: 'of 5 cells\n', because: 'a count may not', missing: ['of 5 cells\n'] },
  ])('has what it shows, or not: $because', ({ shown, missing }) => {
    expect(missingParts(shown, 'zero\none\ntwo\nthree\nin 1,007 ms\nof 6 cells\n')).toEqual(missing);
  });

  it('has files, servers, commands and what they print, in their order', () => {
    const blocks = [
      'yaml\n# a/b.yaml\nx: 1',
      'yaml\nx: 1',
      'js\n// a.mjs\nserve();',
      'sh\nnode a.mjs',
      'sh\nnpm test',
      'sh\nnpx floodproof gateway',
      'sh\nls',
      '\nb',
    ];
    expect(stepsOf(blocks.map((block) => `\`\`\`${block}\n\`\`\`\n`).join(''))).toEqual([
      { kind: 'file', path: 'a/b.yaml', text: '# a/b.yaml\nx: 1\n' },
      { kind: 'file', path: 'a.mjs', text: '// a.mjs\nserve();\n' },
      { kind: 'server', file: 'a.mjs' },
      { kind: 'commands', script: 'ls\n', shown: 'b\n' },
    ]);
  });

  it.each([
    ['pass  1 of 1 scenarios passed, exit code 0\n', 0],
    ['FAIL  0 of 1 scenarios passed, exit code 3\n', 3],
    ['error FP_USAGE  no\n', 2],
    ['a.log  FAIL\n...\n', 3],
    ['x  1 REGRESSION\n', 3],
    [null, 0],
  ])('ends as it shows: %j', (shown, code) => {
    expect(codeShown(shown)).toBe(code);
  });
});
