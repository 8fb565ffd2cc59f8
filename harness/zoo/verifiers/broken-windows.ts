/** Verifiers whose window is not where they say. */
import type { UnsignedRequest } from '../../invariants/verifier/index.js';
import { type BrokenVerifier, contract } from './frame.js';
import { NonceMemory } from './right/nonce-memory.js';

const SECOND_US = 1_000_000;

type Fresh = (request: UnsignedRequest, nowUs: number, lastFreshUs: number) => boolean;

class WithWindow extends NonceMemory {
  private readonly fresh: Fresh;

  constructor(fresh: Fresh) {
    super();
    this.fresh = fresh;
  }

  protected override isFresh(request: UnsignedRequest): boolean {
    return this.fresh(request, this.latestUs, this.lastFreshUs(request));
  }

  /** Claims are kept for long enough, so that the window alone is wrong. */
  protected override isOver(lastFreshUs: number): boolean {
    return lastFreshUs + SECOND_US < this.latestUs;
  }
}

function wrongWindow(parts: Pick<BrokenVerifier, 'name' | 'defect'> & { readonly fresh: Fresh }): BrokenVerifier {
  const { name, defect, fresh } = parts;
  return { name, defect, convictedBy: ['timestamp-edges'], contract, create: () => new WithWindow(fresh) };
}

export const brokenWindows: readonly BrokenVerifier[] = [
  wrongWindow({
    name: 'stale-a-microsecond-late',
    defect: 'A request is accepted one microsecond after its window.',
    fresh: ({ timestampUs }, nowUs, lastUs) => timestampUs < nowUs + SECOND_US && nowUs <= lastUs + 1,
  }),
  wrongWindow({
    name: 'stale-a-microsecond-early',
    defect: 'A request is refused in the last microsecond of its window.',
    fresh: ({ timestampUs }, nowUs, lastUs) => timestampUs < nowUs + SECOND_US && nowUs < lastUs,
  }),
  wrongWindow({
    name: 'future-a-microsecond-more',
    defect: 'A request is accepted a whole second ahead, where less than a second is promised.',
    fresh: ({ timestampUs }, nowUs, lastUs) => timestampUs <= nowUs + SECOND_US && nowUs <= lastUs,
  }),
  wrongWindow({
    name: 'future-a-microsecond-less',
    defect: 'A request is refused that is one microsecond less than a second ahead.',
    fresh: ({ timestampUs }, nowUs, lastUs) => timestampUs + 1 < nowUs + SECOND_US && nowUs <= lastUs,
  }),
  wrongWindow({
    name: 'future-accepted',
    defect: 'Only the past is looked at, so that a caller can sign for next year.',
    fresh: (_request, nowUs, lastUs) => nowUs <= lastUs,
  }),
  wrongWindow({
    name: 'stale-accepted',
    defect: 'Only the future is looked at, so that a signature is good for ever.',
    fresh: ({ timestampUs }, nowUs) => timestampUs < nowUs + SECOND_US,
  }),
  wrongWindow({
    name: 'window-in-milliseconds',
    defect: 'Time and window are cut to whole milliseconds, which adds up to 999 microseconds.',
    fresh: ({ timestampUs }, nowUs, lastUs) =>
      timestampUs < nowUs + SECOND_US && Math.floor(nowUs / 1000) <= Math.floor(lastUs / 1000),
  }),
  wrongWindow({
    name: 'asked-window-ignored',
    defect: 'The window that a caller asks for is not looked at, only the longest one.',
    fresh: ({ timestampUs }, nowUs) => timestampUs < nowUs + SECOND_US && nowUs <= timestampUs + 5 * SECOND_US,
  }),
  wrongWindow({
    name: 'asked-window-believed',
    defect: 'A caller may ask for a longer window than the longest one.',
    fresh: ({ timestampUs, windowUs }, nowUs) =>
      timestampUs < nowUs + SECOND_US && nowUs <= timestampUs + (windowUs === 0 ? 5 * SECOND_US : windowUs),
  }),
  {
    name: 'timestamp-units-confused',
    defect: 'The window that is asked for is read in milliseconds where microseconds are sent.',
    convictedBy: ['timestamp-edges'],
    contract,
    create: () =>
      new (class extends NonceMemory {
        protected override lastFreshUs(request: UnsignedRequest): number {
          return super.lastFreshUs({ ...request, windowUs: request.windowUs * 1000 });
        }
      })(),
  },
];
