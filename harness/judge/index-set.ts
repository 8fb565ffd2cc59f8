/**
 * A set of whole numbers from 0 on, one bit each in pages: ten million that follow each other take little more than a
 * megabyte. Numbers that lie far apart take a page of 1,024 bits each.
 */
const PAGE_BITS = 1024;

export class IndexSet {
  size = 0;
  private readonly pages: (Uint32Array | undefined)[] = [];

  has(index: number): boolean {
    const page = this.pages[Math.floor(index / PAGE_BITS)];
    const bit = index % PAGE_BITS;
    return page !== undefined && ((page[bit >> 5] as number) & (1 << (bit & 31))) !== 0;
  }

  /** @returns whether it was not in the set before. */
  add(index: number): boolean {
    const number = Math.floor(index / PAGE_BITS);
    let page = this.pages[number];
    if (page === undefined) {
      page = new Uint32Array(PAGE_BITS / 32);
      this.pages[number] = page;
    }
    const bit = index % PAGE_BITS;
    const word = page[bit >> 5] as number;
    if ((word & (1 << (bit & 31))) !== 0) return false;
    page[bit >> 5] = word | (1 << (bit & 31));
    this.size++;
    return true;
  }
}
