/**
 * Loaded before a program (`node --import`): at its end it writes to descriptor 3 the most memory, in KiB, that the program
 * itself has held. `resourceUsage().maxRSS` begins with what the parent held when it forked; Linux keeps the program's own
 * figure in `VmHWM` (`man 5 proc`).
 */
import { readFileSync, writeSync } from 'node:fs';
import process from 'node:process';

const PLACE = 3;

function peakKiB(): number {
  try {
    const own = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    if (own !== undefined) return Number(own);
  } catch {
    // Not Linux: the parent is part of the figure there.
  }
  return process.resourceUsage().maxRSS;
}

process.on('exit', () => {
  writeSync(PLACE, String(peakKiB()));
});
