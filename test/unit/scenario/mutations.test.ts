import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FloodproofError } from '../../../harness/errors.js';
import { loadScenario } from '../../../harness/scenario/scenario.js';
import { releaseFiles, textReader } from '../../support/scenario-files.js';

/** Values that have broken readers of configuration: numbers that are none, other types, words of prototypes. */
const oddValues = [
  '',
  '~',
  'true',
  '0',
  '-1',
  '1.5',
  '1e400',
  '-.inf',
  '.nan',
  '9007199254740993',
  '""',
  '" "',
  '"\\0"',
  '"\\r\\n"',
  '"\\u202E"',
  'toString',
  '"__proto__"',
  'hasOwnProperty',
  '[]',
  '[[]]',
  '[null]',
  '{}',
  '{ a: 1 }',
  '2024-01-01',
  '0s',
  '-5%',
  '1/0s',
  '💥',
];

function outcomeOf(scenario: string, policy: string): FloodproofError | null {
  try {
    loadScenario(textReader({ 'release/s.yaml': scenario, 'policies/spot-exchange.yaml': policy }), 'release/s.yaml');
    return null;
  } catch (error) {
    if (error instanceof FloodproofError) return error;
    throw error;
  }
}

/** The text with each value of each line replaced, one at a time; and with each line left out. */
function* mutated(text: string): Generator<string> {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const head = /^(\s*(?:- )?[a-zA-Z.]+:|\s*- )/.exec(line)?.[0];
    if (head === undefined) continue;
    yield lines.toSpliced(index, 1).join('\n');
    for (const value of oddValues) yield lines.toSpliced(index, 1, `${head} ${value}`).join('\n');
    // Flow mappings have several values on a line.
    for (const match of line.matchAll(/(?<=[{,] \w+: )[^,}]+(?= ?[,}])/g)) {
      for (const value of oddValues) {
        const changed = line.slice(0, match.index) + value + line.slice(match.index + match[0].length);
        yield lines.toSpliced(index, 1, changed).join('\n');
      }
    }
  }
}

const policy = readFileSync('scenarios/policies/spot-exchange.yaml', 'utf8');
const [, scenarioFile = ''] = releaseFiles();
const scenario = readFileSync(scenarioFile, 'utf8');

function expectToldFaults(error: FloodproofError, text: string): void {
  expect(error.code).toBe('FP_FILE_INVALID');
  const lineCount = text.split('\n').length;
  for (const { code, line, column, message, hint } of error.faults) {
    expect(code).toMatch(/^FP_[A-Z_]+$/);
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lineCount);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(`${message} ${hint}`).not.toMatch(/[\p{Cc}\p{Bidi_Control}]|\[object|undefined|Invalid input/u);
    expect(hint).not.toBe('');
  }
}

describe('a scenario with one value changed', () => {
  it('is either read or refused with faults that have places and words', () => {
    let refused = 0;
    for (const text of mutated(scenario)) {
      const error = outcomeOf(text, policy);
      if (error === null) continue;
      refused += 1;
      expectToldFaults(error, text);
    }
    expect(refused).toBeGreaterThan(500);
  });
});

describe('a policy with one value changed', () => {
  it('is either read or refused with faults that have places and words', () => {
    let refused = 0;
    for (const text of mutated(policy)) {
      const error = outcomeOf(scenario, text);
      if (error === null) continue;
      refused += 1;
      // A policy that signs nothing else faults the scenario too, whose lines are fewer.
      expectToldFaults(error, text.length > scenario.length ? text : scenario);
    }
    expect(refused).toBeGreaterThan(500);
  });
});
