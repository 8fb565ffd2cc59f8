import { describe, expect, it } from 'vitest';
import { ByteMemo } from '../../../harness/intake/byte-memo.js';
import { LogStamps, NumberReader, type StampOptions, type TimeUnit } from '../../../harness/intake/stamps.js';
import { Dice } from '../../support/dice.js';

/** A text in the middle of other bytes. */
function within(text: string): { readonly bytes: Buffer; readonly start: number; readonly end: number } {
  const bytes = Buffer.from(`7${text}7`, 'latin1');
  return { bytes, start: 1, end: bytes.length - 1 };
}

describe('what is remembered of a text by its bytes', () => {
  const numbers = new Map<string, number>();
  let asked = 0;
  const numberOf = (text: string): number => {
    asked++;
    const number = numbers.get(text) ?? numbers.size - 3;
    numbers.set(text, number);
    return number;
  };
  const read = (memo: ByteMemo, text: string): number => {
    const { bytes, start, end } = within(text);
    return memo.ofBytes(bytes, start, end);
  };

  it('is what it stands for, however many share a slot', () => {
    const memo = new ByteMemo(numberOf, 2);
    const dice = new Dice(1);
    const texts = Array.from({ length: 40 }, (_, index) => 'ab'.repeat(index) + String(index % 7));
    for (let round = 0; round < 2000; round++) {
      const text = texts[dice.between(0, texts.length - 1)] as string;
      expect(read(memo, text)).toBe(numberOf(text));
    }
  });

  it('differs in any byte and in length', () => {
    const memo = new ByteMemo(numberOf, 1);
    const texts = ['abc', 'abd', 'bbc', 'aac', 'ab', 'abcc', '\xe9', '\xea', ''];
    for (const text of texts)
      for (const other of texts) {
        read(memo, text);
        expect(read(memo, other), `${other} after ${text}`).toBe(numberOf(other));
      }
  });

  it('is not asked again, unless it is long', () => {
    const memo = new ByteMemo(numberOf, 16);
    for (const [size, times] of [
      [1, 1],
      [64, 1],
      [65, 3],
    ] as const) {
      asked = 0;
      for (let round = 0; round < 3; round++) read(memo, 'x'.repeat(size));
      expect(asked, `${size} bytes`).toBe(times);
    }
  });
});

describe('bytes are read as their text is', () => {
  it.each<TimeUnit>(['s', 'ms', 'us', 'ns'])('of numbers in %s', (unit) => {
    const byText = new NumberReader(unit);
    const byBytes = new NumberReader(unit);
    const dice = new Dice(2);
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: dice.between(0, 17) }, () => '0123456789..-e '[dice.between(0, 14)]).join('');
      const { bytes, start, end } = within(text);
      expect(byBytes.readBytes(bytes, start, end), text).toBe(byText.read(text));
      if (byText.read(text)) expect([byBytes.us, byBytes.grainUs], text).toEqual([byText.us, byText.grainUs]);
    }
  });

  const options: StampOptions = { form: 'iso', unit: 's', zoneMinutes: 0, grainUs: 0, rounding: 'down' };
  it.each<{ readonly form: StampOptions['form']; readonly texts: readonly string[] }>([
    {
      form: 'iso',
      texts: ['2026-01-02T12:00:00Z', '2026-01-02T12:00:01Z', '2026-01-02T12:00:0xZ', '2026-01-02T12:00:00.5Z', ''],
    },
    { form: 'clf', texts: ['02/Jan/2026:13:00:00 +0100', '02/Jan/2026:13:00:01 +0100', '02/Jax/2026:13:00:00 +0100'] },
    { form: 'number', texts: ['1764190000.001', '1764190000.002', '1764190000.', 'x'] },
    // Two that are alike in all that is remembered of them.
    { form: 'iso', texts: [`2026-01-02T12:00:00.${'0'.repeat(44)}Z`, `2026-01-02T12:00:00.${'0'.repeat(44)}+01:00`] },
  ])('of times as $form', ({ form, texts }) => {
    const both = new LogStamps({ ...options, form });
    const dice = new Dice(3);
    for (let round = 0; round < 500; round++) {
      const text = texts[dice.between(0, texts.length - 1)] as string;
      const alone = new LogStamps({ ...options, form });
      const isReadable = alone.read(text);
      const { bytes, start, end } = within(text);
      const byBytes = dice.between(0, 3) > 0;
      expect(byBytes ? both.readBytes(bytes, start, end) : both.read(text), text).toBe(isReadable);
      if (isReadable) expect([both.firstUs, both.lastUs], text).toEqual([alone.firstUs, alone.lastUs]);
    }
  });
});
