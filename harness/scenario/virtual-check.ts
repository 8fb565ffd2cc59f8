/** What the parts of `virtual` mean together: events in the order of time, and within the run. */
import { formatDuration } from './durations.js';
import type { Complaint } from './faults.js';
import { resolveRate } from './rates.js';
import { readable } from './readable.js';
import { type VirtualEntry, virtualSchema } from './virtual-schema.js';
import type { Path } from './yaml-source.js';

type Report = (path: Path, complaint: Complaint) => void;

interface Event {
  readonly at: number;
  /** 0 = an instant. */
  readonly for: number;
}

export interface VirtualSetting {
  /** Length of all phases together. */
  readonly measuredUs: number;
  readonly capacityPerSecond: number | null;
  /** Whether the scenario says that it needs virtual time. */
  readonly isVirtual: boolean;
}

/** @param raw - What stands in the file; a part that has no right shape is told elsewhere. */
export function checkVirtual(raw: unknown, setting: VirtualSetting, report: Report): void {
  const world = readable(virtualSchema, raw ?? {});
  if (world === null) return;
  const lists: readonly (readonly [Path, readonly Event[]])[] = [
    [['clock', 'steps'], world.clock.steps.map(({ at }) => ({ at, for: 0 }))],
    [['clock', 'freezes'], world.clock.freezes],
    [['outages'], world.outages],
    [['restarts'], world.restarts.map((at) => ({ at, for: 0 }))],
  ];
  for (const [path, events] of lists) checkEvents(['virtual', ...path], events, setting.measuredUs, report);
  const first = lists.find(([, events]) => events.length > 0);
  if (first !== undefined && !setting.isVirtual) {
    const message = 'can be played in virtual time only';
    report(['virtual', ...first[0]], { code: 'FP_NEED_MISSING', message });
  }
  checkServer(world, setting, report);
}

function checkEvents(path: Path, events: readonly Event[], measuredUs: number, report: Report): void {
  let freeUs = -1;
  for (const [index, event] of events.entries()) {
    const place = [...path, index];
    if (event.at >= measuredUs) {
      const message = `begins at ${formatDuration(event.at)}, but the phases end at ${formatDuration(measuredUs)}`;
      report(place, { code: 'FP_TIME_OUTSIDE', message });
    } else if (event.at < freeUs || (event.for === 0 && event.at === freeUs)) {
      report(place, {
        code: 'FP_TIMES_UNSORTED',
        message: `begins at ${formatDuration(event.at)}, before the one ahead of it is over`,
      });
    }
    freeUs = Math.max(freeUs, event.at + event.for);
  }
}

function checkServer({ server }: VirtualEntry, { capacityPerSecond }: VirtualSetting, report: Report): void {
  if (server === undefined) return;
  const served = resolveRate(server.rate, capacityPerSecond);
  if (!served.ok) report(['virtual', 'server', 'rate'], served.complaint);
}
