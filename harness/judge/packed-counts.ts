/**
 * Counts by index, most of them small: pages of bytes that are widened where a count needs it. Ten million identities
 * with a few requests each take ten megabytes; an index that was never counted takes nothing when its page has none.
 */
const PAGE_INDEXES = 1024;

type Page = Uint8Array | Uint16Array | Uint32Array;

export class PackedCounts {
  private readonly pages: (Page | undefined)[] = [];

  get(index: number): number {
    const page = this.pages[Math.floor(index / PAGE_INDEXES)];
    return page === undefined ? 0 : (page[index % PAGE_INDEXES] as number);
  }

  /**
   * @returns the count after it.
   * @throws {RangeError} when a count would no longer fit in 32 bits: a record of so many rows is none of ours.
   */
  add(index: number, amount = 1): number {
    const number = Math.floor(index / PAGE_INDEXES);
    const page = this.pages[number] ?? this.pageOf(number, new Uint8Array(PAGE_INDEXES));
    const at = index % PAGE_INDEXES;
    const count = (page[at] as number) + amount;
    if (count <= largestOf(page)) page[at] = count;
    else this.pageOf(number, widened(page, count))[at] = count;
    return count;
  }

  /** Whether anything near `index` was counted: false = nothing of the 1,024 that share its page. */
  hasPageOf(index: number): boolean {
    return this.pages[Math.floor(index / PAGE_INDEXES)] !== undefined;
  }

  /** Above all indexes that were counted. */
  get end(): number {
    return this.pages.length * PAGE_INDEXES;
  }

  /** Bytes of all pages. */
  get bytes(): number {
    return this.pages.reduce((sum, page) => sum + (page?.byteLength ?? 0), 0);
  }

  private pageOf(number: number, page: Page): Page {
    this.pages[number] = page;
    return page;
  }
}

/** The indexes that any of these counted, ascending. Where none counted it takes a step for each 1,024. */
export function* indexesOf(all: readonly PackedCounts[]): Iterable<number> {
  const end = all.reduce((most, counts) => Math.max(most, counts.end), 0);
  for (let first = 0; first < end; first += PAGE_INDEXES) {
    const near = all.filter((counts) => counts.hasPageOf(first));
    if (near.length === 0) continue;
    for (let index = first; index < first + PAGE_INDEXES; index++) {
      if (near.some((counts) => counts.get(index) > 0)) yield index;
    }
  }
}

function largestOf({ BYTES_PER_ELEMENT: bytes }: Page): number {
  return bytes === 1 ? 0xff : bytes === 2 ? 0xffff : 0xffffffff;
}

function widened(page: Page, count: number): Page {
  if (count < 2 ** 16) return Uint16Array.from(page);
  if (count < 2 ** 32) return Uint32Array.from(page);
  throw new RangeError(`a count of ${count} does not fit in 32 bits`);
}
