import type { BenchDocument, BenchRow } from '../../../../harness/bench/limiters/row.js';

/** A row whose rounds spread by 10 % to either side of the median. */
export function row(rival: string, median: number, changes: Partial<BenchRow> = {}): BenchRow {
  return {
    group: 'limit',
    rival,
    path: 'admit',
    variant: '',
    keys: 1000,
    skew: 'uniform',
    threads: 1,
    nsPerOp: { median, min: median * 0.9, max: median * 1.1 },
    ...changes,
  };
}

export function document(rows: readonly BenchRow[], changes: Partial<BenchDocument> = {}): BenchDocument {
  return {
    schema: 'floodproof/bench-limiters/2',
    machine: {
      cpu: 'a CPU',
      cores: 2,
      memoryGiB: 8,
      platform: 'linux-x64',
      loadBefore: 0,
    },
    versions: { node: '20.20.2', openssl: '3.0.19', limiter: '4.1.0' },
    commit: '0123456789ab',
    measuredAt: '2026-11-25T00:00:00.000Z',
    doubts: [],
    absent: [],
    figures: [],
    rows: [...rows],
    ...changes,
  };
}
