/** When the server of virtual time serves nobody: in outages, and while it starts anew. */
import type { VirtualWorld } from '../../scenario/plan.js';

/** From a restart until the server is there again. */
export const RESTART_US = 1_000_000;

interface Span {
  readonly fromUs: number;
  /** Exclusive. */
  readonly toUs: number;
}

export class Downtime {
  private readonly spans: readonly Span[];
  private current = 0;

  /** @param startUs - run time of the first phase: the world's times count from there. */
  constructor({ outages, restarts }: Pick<VirtualWorld, 'outages' | 'restarts'>, startUs: number) {
    const spans = [
      ...outages.map(({ atUs, forUs }) => ({ fromUs: startUs + atUs, toUs: startUs + atUs + forUs })),
      ...restarts.map((atUs) => ({ fromUs: startUs + atUs, toUs: startUs + atUs + RESTART_US })),
    ];
    const joined: Span[] = [];
    for (const span of spans.sort((a, b) => a.fromUs - b.fromUs)) {
      const last = joined.at(-1);
      if (last === undefined || last.toUs < span.fromUs) joined.push(span);
      else joined[joined.length - 1] = { fromUs: last.fromUs, toUs: Math.max(last.toUs, span.toUs) };
    }
    this.spans = joined;
  }

  /** @param runUs - never before that of an earlier call. */
  isDown(runUs: number): boolean {
    while ((this.spans[this.current]?.toUs ?? Number.POSITIVE_INFINITY) <= runUs) this.current++;
    return (this.spans[this.current]?.fromUs ?? Number.POSITIVE_INFINITY) <= runUs;
  }
}
