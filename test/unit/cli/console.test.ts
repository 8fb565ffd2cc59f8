import { describe, expect, test } from 'vitest';
import { wantsColor } from '../../../harness/cli/console.js';

describe('colours', () => {
  test.each([
    { environment: {}, isTerminal: true, color: true, wanted: true, because: 'a person looks' },
    { environment: {}, isTerminal: false, color: true, wanted: false, because: 'nobody does' },
    { environment: {}, isTerminal: true, color: false, wanted: false, because: 'the option says no' },
    { environment: { TERM: 'dumb' }, isTerminal: true, color: true, wanted: false, because: 'it knows no colours' },
    { environment: { TERM: 'dumb', FORCE_COLOR: '1' }, isTerminal: true, color: true, wanted: true, because: 'forced' },
    { environment: { FORCE_COLOR: '1' }, isTerminal: false, color: true, wanted: true, because: 'forced for a log' },
    {
      environment: { FORCE_COLOR: '1' },
      isTerminal: false,
      color: false,
      wanted: false,
      because: 'the option is first',
    },
    { environment: { FORCE_COLOR: '0' }, isTerminal: true, color: true, wanted: false, because: 'forced off' },
    { environment: { FORCE_COLOR: 'false' }, isTerminal: true, color: true, wanted: false, because: 'forced off' },
    { environment: { FORCE_COLOR: '' }, isTerminal: true, color: true, wanted: true, because: 'an empty one is none' },
    { environment: { NO_COLOR: '1' }, isTerminal: true, color: true, wanted: false, because: 'refused' },
    { environment: { NO_COLOR: '0' }, isTerminal: true, color: true, wanted: false, because: 'whatever it holds' },
    { environment: { NO_COLOR: '' }, isTerminal: true, color: true, wanted: true, because: 'an empty one is none' },
    {
      environment: { NO_COLOR: '1', FORCE_COLOR: '1' },
      isTerminal: true,
      color: true,
      wanted: false,
      because: 'no wins',
    },
  ])('$environment, terminal $isTerminal, option $color: $wanted, because $because', (row) => {
    expect(wantsColor(row.environment, row.isTerminal, row.color)).toBe(row.wanted);
  });
});
