import { describe, expect, it } from 'vitest';
import { delayNote, readDelay } from '../../../harness/cli/delay.js';
import { parseCores } from '../../../harness/cli/pinning.js';
import { FloodproofError } from '../../../harness/errors.js';

describe('--delay', () => {
  it('is a relay by its time alone, and netem by name', () => {
    expect(readDelay(null)).toBeNull();
    expect(readDelay('20ms')).toEqual({ us: 20_000, by: 'relay' });
    expect(readDelay('netem:1.5s')).toEqual({ us: 1_500_000, by: 'netem' });
  });

  it.each(['20', '0ms', '999us', '10.1s', 'netem:', 'netem:20', 'relay:20ms', '-5ms'])('refuses %j', (text) => {
    expect(() => readDelay(text)).toThrow(FloodproofError);
    expect(() => readDelay(text)).toThrow(/^--delay must be /);
  });

  it('stands in the verdict', () => {
    expect(delayNote({ us: 20_000, by: 'relay' })).toBe(
      'a relay held what went between generator and target back by 20ms each way',
    );
    expect(delayNote({ us: 20_000, by: 'netem' })).toMatch(/^netem held/);
  });
});

describe("a kernel's list of cores", () => {
  it.each([
    ['0', [0]],
    ['0,1', [0, 1]],
    ['0-2,5\n', [0, 1, 2, 5]],
    ['', []],
    ['all', []],
    ['3-1', []],
  ])('%j is read as %j', (list, cores) => {
    expect(parseCores(list)).toEqual(cores);
  });
});
