/**
 * CPU time that the hypervisor gave to others while this machine wanted it, from the `cpu` line of /proc/stat
 * (`man 5 proc`: user nice system idle iowait irq softirq steal). Systems without it report none.
 */
import { readFileSync } from 'node:fs';

interface CpuTicks {
  readonly total: number;
  readonly stolen: number;
}

export function parseCpuLine(text: string): CpuTicks | null {
  const line = /^cpu\s+(.+)$/m.exec(text)?.[1];
  if (line === undefined) return null;
  const ticks = line.trim().split(/\s+/).slice(0, 8).map(Number);
  if (ticks.length < 8 || ticks.some((tick) => !Number.isFinite(tick))) return null;
  return { total: ticks.reduce((sum, tick) => sum + tick, 0), stolen: ticks[7] as number };
}

function readTicks(): CpuTicks | null {
  try {
    return parseCpuLine(readFileSync('/proc/stat', 'latin1'));
  } catch {
    return null;
  }
}

export class StolenCpu {
  private last = readTicks();

  /** Share of the machine's CPU time stolen since the last call, 0 to 1. */
  share(): number {
    const now = readTicks();
    const before = this.last;
    this.last = now;
    if (now === null || before === null || now.total <= before.total) return 0;
    return Math.max(0, now.stolen - before.stolen) / (now.total - before.total);
  }
}
