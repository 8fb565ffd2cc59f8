import { describe, expect, it } from 'vitest';
import { bindMap } from '../../../harness/intake/bound-map.js';
import { LineReader } from '../../../harness/intake/line-reader.js';
import { type LogMap, noMap, type TimeRule } from '../../../harness/intake/log-map.js';
import type { Rounding } from '../../../harness/intake/stamps.js';
import { aPolicy, aTokenBucket } from '../../support/plan-builder.js';

const format = '$remote_addr $at $took "$request" $status';
const policy = aPolicy([aTokenBucket()]);

interface Grains {
  readonly isStart: boolean;
  readonly stampUs: number;
  readonly durationUs: number;
  readonly rounding: Rounding;
}

/** Microseconds, of which the last digits are cut off or rounded away. */
function written(us: number, grainUs: number, rounding: Rounding): number {
  return (rounding === 'nearest' ? Math.round(us / grainUs) : Math.floor(us / grainUs)) * grainUs;
}

function readerFor(grains: Grains, longestUs = 0, hasDuration = true): LineReader {
  const time: TimeRule = {
    field: 'at',
    form: 'number',
    unit: grains.stampUs === 1000 ? 'ms' : 'us',
    zoneMinutes: 0,
    isStart: grains.isStart,
    grainUs: 0,
    rounding: grains.rounding,
  };
  const duration = hasDuration ? { field: 'took', unit: 'ms' as const } : null;
  const map: LogMap = { ...noMap, logFormat: format, time, duration };
  const reader = new LineReader(bindMap(map, Buffer.from('x')), policy, { orders: 1, longestUs });
  return reader;
}

function read(reader: LineReader, at: string, took: string): readonly [number, number] {
  const line = Buffer.from(`127.0.0.1 ${at} ${took} "GET /v1/ticker HTTP/1.1" 200`);
  expect(reader.read(line, 0, line.length)).toBe('row');
  return [reader.row.sentUs, reader.row.concludedUs];
}

describe('the interval of a decision', () => {
  it.each<Grains>(
    [true, false].flatMap((isStart) =>
      (['down', 'nearest', 'either'] as const).map((rounding) => ({
        isStart,
        stampUs: 1000,
        durationUs: 1000,
        rounding,
      })),
    ),
  )('holds every moment that its line leaves open, and few more: start $isStart, $rounding', (grains) => {
    const reader = readerFor(grains);
    const byLine = new Map<string, [number, number]>();
    const roundings = grains.rounding === 'either' ? (['down', 'nearest'] as const) : [grains.rounding];
    // Every true request of a few milliseconds, in steps of 50 us and at both sides of the milliseconds.
    const moments = Array.from({ length: 100 }, (_, step) => 10_000 + step * 50 - (step % 20 === 0 ? 1 : 0));
    for (const startUs of moments) {
      for (const endUs of moments.filter((us) => us >= startUs)) {
        for (const rounding of roundings) {
          const at = written(grains.isStart ? startUs : endUs, grains.stampUs, rounding) / 1000;
          for (const how of ['down', 'nearest'] as const) {
            const took = written(endUs - startUs, grains.durationUs, how) / 1000;
            const line = `${at} ${took}`;
            const [firstUs, lastUs] = byLine.get(line) ?? [startUs, endUs];
            byLine.set(line, [Math.min(firstUs, startUs), Math.max(lastUs, endUs)]);
          }
        }
      }
    }
    expect(byLine.size).toBeGreaterThan(10);
    for (const [line, [firstUs, lastUs]] of byLine) {
      const [at = '', took = ''] = line.split(' ');
      const [sentUs, concludedUs] = read(reader, at, took);
      expect(sentUs, line).toBeLessThanOrEqual(firstUs);
      expect(concludedUs, line).toBeGreaterThanOrEqual(lastUs);
      // No wider than two grains on either side of what the line says.
      expect(concludedUs - sentUs - Number(took) * 1000, line).toBeLessThanOrEqual(3000);
    }
  });

  it('is exact where the log cuts off: a millisecond of the time, and one of the duration', () => {
    const reader = readerFor({ isStart: false, stampUs: 1000, durationUs: 1000, rounding: 'down' });
    expect(read(reader, '5000', '30')).toEqual([5_000_000 - 30_000 - 999, 5_000_999]);
    const early = readerFor({ isStart: true, stampUs: 1000, durationUs: 1000, rounding: 'down' });
    expect(read(early, '5000', '30')).toEqual([5_000_000, 5_000_999 + 30_999]);
  });

  it('reaches back as far as a request lasts at most, where no duration is written', () => {
    const reader = readerFor({ isStart: false, stampUs: 1000, durationUs: 1, rounding: 'down' }, 250_000, false);
    expect(read(reader, '5000', '-')).toEqual([4_750_000, 5_000_999]);
  });

  it('goes by the digits of each number', () => {
    const reader = readerFor({ isStart: false, stampUs: 1000, durationUs: 1, rounding: 'down' });
    expect(read(reader, '5000.5', '30.25')).toEqual([5_000_500 - 30_250 - 9, 5_000_599]);
  });
});
