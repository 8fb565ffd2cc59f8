/** The command that records what reaches an API, with its options. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../../scenario/durations.js';
import type { CommandContext } from '../program.js';

const DAY_US = 86_400_000_000;

function duration(text: string): number {
  const parsed = parseDuration(text, { minUs: 1_000, maxUs: DAY_US });
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(`It ${parsed.complaint.message}.`);
}

export function addCapture(
  program: Command,
  { console, setExit }: CommandContext,
  wholeNumber: (min: number, max: number) => (text: string) => number,
): void {
  program
    .command('capture')
    .description('stand in front of an API of this machine and write down what it is asked, without secrets')
    .requiredOption('--to <url>', 'where the API listens: an http:// URL on loopback')
    .option('--port <n>', 'where callers ask instead; 0 = any free one', wholeNumber(0, 65535), 0)
    .option('--out <file>', 'the HAR that is written; never over one', 'capture.har')
    .option('--for <time>', 'ends after so long; until Ctrl-C when left out', duration)
    .option('--max-requests <n>', 'ends after so many requests', wholeNumber(1, 10_000_000), 100_000)
    .option('--max-bytes <n>', 'ends when so many bytes are written', wholeNumber(1, 2 ** 28), 2 ** 27)
    .addHelpText(
      'after',
      `
Requests and answers pass byte for byte. Written are methods, paths, headers,
bodies of requests up to 64 KiB, and status, times and sizes of answers; never a
credential: authorization, cookies, keys, signatures and passwords are redacted.

Examples:
  floodproof capture --to http://127.0.0.1:3000 --port 8080 --for 60s
  floodproof record capture.har --policy my-policy.yaml --out my-traffic.yaml`,
    )
    .action(async (options) => {
      const { captureCommand } = await import('../capture.js');
      const { to, port, out, maxRequests, maxBytes } = options;
      const flags = { to, port, out, forUs: options.for ?? null, maxRequests, maxBytes };
      setExit(await captureCommand(flags, console));
    });
}
