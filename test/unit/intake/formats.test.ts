import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { bindMap } from '../../../harness/intake/bound-map.js';
import { ClassPaths, housePatterns, isPattern } from '../../../harness/intake/class-paths.js';
import { LineReader } from '../../../harness/intake/line-reader.js';
import { type LogMap, noMap } from '../../../harness/intake/log-map.js';
import { outcomeOfStatus } from '../../../harness/intake/outcome-rules.js';
import { LogStamps, NumberReader, type StampOptions, type TimeUnit } from '../../../harness/intake/stamps.js';
import { TextFormat } from '../../../harness/intake/text-format.js';
import { requestClasses } from '../../../harness/scenario/plan.js';
import { aPolicy, aTokenBucket } from '../../support/plan-builder.js';

function textsOf(format: string, line: string): readonly (string | null)[] | null {
  const reader = new TextFormat(format);
  const bytes = Buffer.from(`before${line}behind`);
  return reader.read(bytes, 6, 6 + Buffer.byteLength(line)) ? reader.names.map((_, index) => reader.text(index)) : null;
}

describe('a line by the text of its format', () => {
  it.each([
    { format: '$a $b', line: '1 2', texts: ['1', '2'], because: 'the last goes to the end' },
    { format: '[$a] $b', line: '[x y] z w', texts: ['x y', 'z w'], because: 'a variable goes up to what follows it' },
    {
      format: '"$a" $b',
      line: '"say \\"hi\\" \\\\" 5',
      texts: ['say \\"hi\\" \\\\', '5'],
      because: 'quotes within are escaped',
    },
    { format: '$a $b', line: '- 2', texts: [null, '2'], because: 'a dash is nothing' },
    { format: '$a "$b"', line: '1 ""', texts: ['1', null], because: 'nothing is nothing' },
    { format: '$a "$b"', line: '1 "x" more', texts: null, because: 'a line must be used up' },
    { format: '$a "$b"', line: '1 "x', texts: null, because: 'it was cut' },
    { format: 'log $a', line: 'lag 1', texts: null, because: 'it begins otherwise' },
    { format: '"$a"-$b', line: '"x" y', texts: null, because: 'behind the quote stands something else' },
  ])('$line by $format: $because', ({ format, line, texts }) => {
    expect(textsOf(format, line)).toEqual(texts);
  });

  it('is not taken in by a name that holds a line of its own', () => {
    const format = '$ip $id $user [$time] "$request" $status';
    const forged = 'x [01/Jan/2020:00:00:00 +0000] "GET /v1/ticker HTTP/1.1" 200';
    expect(textsOf(format, `192.0.2.1 - ${forged} [02/Jan/2020:00:00:00 +0000] "GET / HTTP/1.1" 429`)).not.toContain(
      '429',
    );
    // What stands behind the forged status can be no status, and so the line is no row.
    expect(textsOf(format, `192.0.2.1 - ${forged} [02/Jan] "GET /" 429`)?.at(-1)).not.toBe('200');
  });

  it('names a variable twice only by mistake', () => {
    expect(() => new TextFormat('$a $a')).toThrow(expect.objectContaining({ code: 'FP_USAGE' }));
    expect(() => new TextFormat('none')).toThrow(/names no variable/);
  });
});

describe('numbers and times', () => {
  it.each<{ unit: TimeUnit; text: string; us: number | null; grainUs: number }>([
    { unit: 's', text: '1764190000.123', us: 1_764_190_000_123_000, grainUs: 1000 },
    { unit: 's', text: '5', us: 5_000_000, grainUs: 1_000_000 },
    { unit: 's', text: '0.0000019', us: 1, grainUs: 1 },
    { unit: 'ms', text: '12.5', us: 12_500, grainUs: 100 },
    { unit: 'us', text: '7.9', us: 7, grainUs: 1 },
    { unit: 'ns', text: '1764190000123456789', us: 1_764_190_000_123_456, grainUs: 1 },
    { unit: 'ns', text: '999', us: 0, grainUs: 1 },
    { unit: 's', text: '-1', us: null, grainUs: 1 },
    { unit: 's', text: '1e3', us: null, grainUs: 1 },
    { unit: 's', text: '.5', us: null, grainUs: 1 },
    { unit: 's', text: '1.2.3', us: null, grainUs: 1 },
    { unit: 's', text: '', us: null, grainUs: 1 },
    { unit: 's', text: '9999999999999', us: null, grainUs: 1 },
  ])('$text $unit', ({ unit, text, us, grainUs }) => {
    const reader = new NumberReader(unit);
    expect(reader.read(text)).toBe(us !== null);
    if (us !== null) expect({ us: reader.us, grainUs: reader.grainUs }).toEqual({ us, grainUs });
  });

  const iso: StampOptions = { form: 'iso', unit: 's', zoneMinutes: 120, grainUs: 0, rounding: 'down' };
  const noon = Date.UTC(2026, 0, 2, 12) * 1000;
  it.each<{ options: StampOptions; text: string; first: number | null; last: number }>([
    { options: iso, text: '2026-01-02T12:00:00Z', first: noon, last: noon + 999_999 },
    { options: iso, text: '2026-01-02T14:00:00.25', first: noon + 250_000, last: noon + 259_999 },
    { options: iso, text: '2026-01-02 14:00', first: noon, last: noon + 59_999_999 },
    { options: iso, text: '1764190000', first: null, last: 0 },
    { options: { ...iso, form: 'clf' }, text: '02/Jan/2026:13:00:00 +0100', first: noon, last: noon + 999_999 },
    { options: { ...iso, grainUs: 10_000 }, text: '2026-01-02T12:00:00.001Z', first: noon + 1000, last: noon + 11_999 },
    {
      options: { ...iso, rounding: 'nearest' },
      text: '2026-01-02T12:00:00.001Z',
      first: noon + 500,
      last: noon + 1500,
    },
    { options: { ...iso, rounding: 'either' }, text: '2026-01-02T12:00:00.001Z', first: noon + 500, last: noon + 2000 },
  ])('$text is a span of moments', ({ options, text, first, last }) => {
    const stamps = new LogStamps(options);
    expect(stamps.read(text)).toBe(first !== null);
    // The same text again is the same span.
    expect(stamps.read(text)).toBe(first !== null);
    if (first !== null) expect([stamps.firstUs, stamps.lastUs]).toEqual([first, last]);
  });
});

describe('the class of a request', () => {
  const name = (index: number): string => requestClasses[index] ?? 'none';

  it.each([
    ['GET /v1/ticker?symbol=X HTTP/1.1', 'ticker'],
    ['GET http://api.example/v1/ticker HTTP/1.1', 'ticker'],
    ['POST /v1/ticker HTTP/1.1', 'none'],
    ['DELETE /v1/orders/7 HTTP/1.1', 'order.cancel'],
    ['DELETE /v1/orders/7/8 HTTP/1.1', 'none'],
    ['GET /v1/orders HTTP/1.1', 'order.list'],
    ['\\x16\\x03', 'none'],
  ])('%s is %s', (line, wanted) => {
    expect(name(new ClassPaths(housePatterns).ofRequest(line))).toBe(wanted);
  });

  it('goes by segments that are named, any, or all that follow', () => {
    const paths = new ClassPaths({ ticker: ['* /a/**'], account: ['GET /b/{id}/c'] });
    expect(['/a', '/a/b/c', '/ab', '/b/1/c', '/b/1/d'].map((path) => name(paths.of('GET', path)))).toEqual([
      'ticker',
      'ticker',
      'none',
      'account',
      'none',
    ]);
  });

  it.each([
    ['GET /a', true],
    ['* /**', true],
    ['get /a', false],
    ['/a', false],
    ['GET a', false],
    ['GET /a/**/b', false],
    ['GET /a**', false],
  ])('%s is a pattern: %s', (text, wanted) => {
    expect(isPattern(text)).toBe(wanted);
  });
});

describe('what became of a request', () => {
  it.each([
    [200, false, false, Outcome.admitted],
    [299, true, false, Outcome.admitted],
    [300, false, false, Outcome.unclear],
    [404, false, false, Outcome.unclear],
    [429, true, false, Outcome.throttled],
    [418, true, false, Outcome.banned],
    [499, true, false, Outcome.serverError],
    [500, true, false, Outcome.serverError],
    [401, false, true, Outcome.admitted],
    [401, false, false, Outcome.unclear],
    [401, true, false, Outcome.denied],
    [403, true, false, Outcome.denied],
    [403, false, false, Outcome.unclear],
    [0, false, false, Outcome.unclear],
  ])('by status %i, signed %s, login %s', (status, isSigned, isLogin, outcome) => {
    expect(outcomeOfStatus(status, isSigned, isLogin)).toBe(outcome);
  });

  const format = '$remote_addr $msec $status $limit_req_status "$request" $limit';
  function found(words: string, map: Partial<LogMap> = {}): readonly [string, number] {
    const bound = bindMap({ ...noMap, logFormat: format, ...map }, Buffer.from('x'));
    const reader = new LineReader(bound, aPolicy([aTokenBucket({ name: 'tickers' })]), { orders: 1, longestUs: 0 });
    const line = Buffer.from(`::1 1.000 ${words} "GET /v1/ticker HTTP/1.1" tickers`);
    const finding = reader.read(line, 0, line.length);
    return [finding, finding === 'row' ? reader.row.outcome : reader.row.limit];
  }

  it('is what nginx says of its limit_req, whatever the status', () => {
    expect(found('503 REJECTED')).toEqual(['row', Outcome.throttled]);
    expect(found('502 PASSED')).toEqual(['row', Outcome.admitted]);
    expect(found('200 DELAYED')).toEqual(['row', Outcome.admitted]);
    expect(found('200 REJECTED_DRY_RUN')).toEqual(['row', Outcome.admitted]);
    expect(found('200 -')[0]).toBe('left-out');
    expect(found('429 UNHEARD')).toEqual(['row', Outcome.throttled]);
  });

  it('is what the first rule of a map says', () => {
    const outcomes = [
      { field: 'status', in: ['503'], is: 'banned' },
      { field: 'status', in: ['5xx', '404'], is: 'never' },
      { field: 'status', in: ['*'], is: 'left-out' },
    ] as const;
    expect(found('503 PASSED', { outcomes })).toEqual(['row', Outcome.banned]);
    expect(found('502 PASSED', { outcomes })).toEqual(['row', Outcome.never]);
    expect(found('404 PASSED', { outcomes })).toEqual(['row', Outcome.never]);
    expect(found('200 PASSED', { outcomes })[0]).toBe('left-out');
  });
});
