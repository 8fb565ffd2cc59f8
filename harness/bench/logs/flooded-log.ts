/**
 * A log as nginx writes it in front of a right limiter: callers in the proportions of Zipf's law, so that the busiest are
 * throttled, one request in four. From a fixed seed, and so the same each time.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { naturalLog } from '../../actors/elementary.js';

export type LogForm = 'combined' | 'msec';
export const msecFormat = '$remote_addr $msec $request_time "$request" $status $limit_req_status';

/** What the limiter grants each address, and the policy that judges it says. */
export const granted = { capacity: 21, refillCells: 10 } as const;

const CALLERS = 20_000;
const PER_SECOND = 2000;
const CELL_US = 1_000_000 / granted.refillCells;
const BEGUN_US = 1_764_190_000_000_000;
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36';
const PIECE_LINES = 10_000;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function clf(us: number): string {
  const text = new Date(Math.floor(us / 1_000_000) * 1000).toISOString();
  const month = months[Number(text.slice(5, 7)) - 1] ?? '';
  return `${text.slice(8, 10)}/${month}/${text.slice(0, 4)}:${text.slice(11, 19)} +0000`;
}

/** @returns the bytes of the file. @throws when it can't be written. */
export function writeFloodedLog(file: string, lines: number, form: LogForm): number {
  const generator = xoroshiro128plus(1);
  const chance = (): number => (generator.next() >>> 0) / 2 ** 32;
  const sums = new Float64Array(CALLERS);
  for (let place = 0, sum = 0; place < CALLERS; place++) {
    sum += 1 / (place + 1);
    sums[place] = sum;
  }
  const total = sums[CALLERS - 1] as number;
  /** When each caller's bucket is full again (generic cell rate algorithm). */
  const fullUs = new Float64Array(CALLERS);
  const fd = openSync(file, 'w');
  let bytes = 0;
  try {
    let piece: string[] = [];
    let nowUs = BEGUN_US;
    for (let line = 0; line < lines; line++) {
      nowUs += Math.round((-1_000_000 / PER_SECOND) * naturalLog(1 - chance()));
      const caller = placeOf(sums, chance() * total);
      const dueUs = Math.max(fullUs[caller] as number, nowUs) + CELL_US;
      const isAdmitted = dueUs - nowUs <= granted.capacity * CELL_US;
      if (isAdmitted) fullUs[caller] = dueUs;
      const ip = `10.${caller >> 16}.${(caller >> 8) & 255}.${caller & 255}`;
      const request = `"GET /v1/ticker?symbol=BTC-USDT HTTP/1.1" ${isAdmitted ? 200 : 429}`;
      piece.push(
        form === 'combined'
          ? `${ip} - - [${clf(nowUs)}] ${request} 612 "-" "${AGENT}"\n`
          : `${ip} ${(Math.floor(nowUs / 1000) / 1000).toFixed(3)} 0.000 ${request} ${isAdmitted ? 'PASSED' : 'REJECTED'}\n`,
      );
      if (piece.length < PIECE_LINES && line < lines - 1) continue;
      bytes += writeSync(fd, piece.join(''));
      piece = [];
    }
  } finally {
    closeSync(fd);
  }
  return bytes;
}

/** The first place whose sum is above `at`. */
function placeOf(sums: Float64Array, at: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
