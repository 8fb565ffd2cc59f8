import { describe, expect, it } from 'vitest';
import { contractOfText } from '../../../harness/cli/promise-text.js';

describe('a promise of one line', () => {
  it.each([
    {
      text: '5 per 10s',
      numbers: {
        family: 'fixed-window',
        capacity: 5,
        windowUs: 10_000_000,
        anchor: 'first-hit',
        credit: 'none',
        countsDenied: false,
      },
    },
    {
      text: ' token-bucket  20 per 1 min ',
      numbers: { family: 'token-bucket', capacity: 20, refillCells: 20, refillPeriodUs: 60_000_000 },
    },
    { text: 'sliding-log 3 per 250ms', numbers: { family: 'sliding-log', capacity: 3, windowUs: 250_000 } },
    { text: 'sliding-counter 3 per 1h', numbers: { family: 'sliding-counter', capacity: 3, windowUs: 3_600_000_000 } },
  ])('$text', ({ text, numbers }) => {
    expect(contractOfText(text)).toMatchObject({ promises: [numbers], costMax: 1, retryGrainUs: 1_000_000 });
  });

  it.each([
    { text: 'five per second', says: 'no number of cells', hint: 'write "<cells> per <duration>"' },
    { text: '5 per', says: 'no number of cells', hint: 'write' },
    { text: '5 per 10', says: 'the duration must be a duration', hint: '' },
    { text: '5 per 3m', says: 'must be a duration', hint: '3min' },
    { text: '5 per 9us', says: 'must be 1ms to 365d', hint: '' },
    { text: 'fixed 5 per 1s', says: 'there is no family "fixed"', hint: 'did you mean "fixed-window"?' },
  ])('$text is refused', ({ text, says, hint }) => {
    expect(() => contractOfText(text)).toThrow(
      expect.objectContaining({
        code: 'FP_USAGE',
        message: expect.stringContaining(says),
        hint: expect.stringContaining(hint),
      }),
    );
  });
});
