/** `--delay`: what stands for the way between generator and target, as it is written and as a verdict tells it. */
import type { WireDelay } from '../engine/record/run-folder.js';
import { FloodproofError } from '../errors.js';
import { formatDuration, parseDuration } from '../scenario/durations.js';

const DELAY_US = { minUs: 1_000, maxUs: 10_000_000 };

/**
 * @param text - "20ms" for a relay, "netem:20ms" for the kernel's own delay; null = no delay.
 * @throws {FloodproofError} FP_USAGE
 */
export function readDelay(text: string | null): WireDelay | null {
  if (text === null) return null;
  const by = text.startsWith('netem:') ? 'netem' : 'relay';
  const parsed = parseDuration(by === 'netem' ? text.slice('netem:'.length) : text, DELAY_US);
  if (parsed.ok) return { us: parsed.value, by };
  throw new FloodproofError('FP_USAGE', `--delay ${parsed.complaint.message}`, {
    hint: 'write for example "20ms" or "netem:20ms", from 1ms to 10s each way',
  });
}

/** For the verdict. */
export function delayNote({ us, by }: WireDelay): string {
  const what = by === 'relay' ? 'a relay' : 'netem';
  return `${what} held what went between generator and target back by ${formatDuration(us)} each way`;
}
