import { describe, expect, test } from 'vitest';
import { wantsColor, withoutCommands } from '../../../harness/cli/console.js';

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

describe('a line for a runner that takes commands', () => {
  test.each([
    { line: '::error::harm', shown: ': :error::harm', because: 'it begins with the mark' },
    {
      line: ' \t\u00a0\u0085::stop-commands::x',
      shown: ' \t\u00a0\u0085: :stop-commands::x',
      because: 'spaces are passed over',
    },
    {
      line: 'well\n::error::harm\r::add-mask::1',
      shown: 'well\n: :error::harm\r: :add-mask::1',
      because: 'each line counts',
    },
    { line: 'told: ##[error]harm', shown: 'told: ## [error]harm', because: 'the older mark counts anywhere' },
    { line: '##[a]##[b]', shown: '## [a]## [b]', because: 'and each of them' },
    { line: 'limit ::1 of ip', shown: 'limit ::1 of ip', because: 'the mark within a line is none' },
    { line: ': : # #[', shown: ': : # #[', because: 'there is none' },
  ])('$line is shown as $shown, because $because', ({ line, shown }) => {
    expect(withoutCommands(line, { GITHUB_ACTIONS: 'true' })).toBe(shown);
    for (const environment of [{}, { GITHUB_ACTIONS: '' }, { GITHUB_ACTIONS: 'false' }]) {
      expect(withoutCommands(line, environment)).toBe(line);
    }
  });
});
