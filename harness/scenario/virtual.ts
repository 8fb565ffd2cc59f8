/** `virtual` of a file -> what surrounds the target in virtual time. */
import type { VirtualWorld } from './plan.js';
import { virtualDefaults } from './plan-defaults.js';
import { resolveRate } from './rates.js';
import type { VirtualEntry } from './virtual-schema.js';

function spansOf(spans: readonly { readonly at: number; readonly for: number }[]) {
  return spans.map((span) => ({ atUs: span.at, forUs: span.for }));
}

/** @param entry - Checked. */
export function buildVirtual(entry: VirtualEntry, capacityPerSecond: number | null): VirtualWorld {
  const { reorder, server, clock } = entry;
  const served = server === undefined ? null : resolveRate(server.rate, capacityPerSecond);
  if (served !== null && !served.ok) throw new Error(served.complaint.message);
  return {
    delayUs: entry.delay,
    jitterUs: entry.jitter,
    loss: entry.loss,
    reorderShare: reorder?.share ?? 0,
    reorderUs: reorder?.by ?? 0,
    serverPerSecond: served?.value ?? null,
    serverQueueMax: server?.queue ?? virtualDefaults.serverQueueMax,
    driftPpm: clock.drift,
    steps: clock.steps.map(({ at, by }) => ({ atUs: at, byUs: by })),
    freezes: spansOf(clock.freezes),
    outages: spansOf(entry.outages),
    restarts: entry.restarts,
  };
}
