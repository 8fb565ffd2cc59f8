/**
 * Which requests of each person are on their way to the server or there, where a server may end his connection and must
 * find them: to look through all that are open would take longer the more there are.
 */
export class OpenRequests {
  private readonly slots = new Map<number, Set<number>>();

  /** @param identity - its index. */
  add(identity: number, slot: number): void {
    const own = this.slots.get(identity);
    if (own === undefined) this.slots.set(identity, new Set([slot]));
    else own.add(slot);
  }

  remove(identity: number, slot: number): void {
    const own = this.slots.get(identity);
    if (own?.delete(slot) === true && own.size === 0) this.slots.delete(identity);
  }

  /** In no order that means anything. */
  of(identity: number): readonly number[] {
    return [...(this.slots.get(identity) ?? [])];
  }
}
