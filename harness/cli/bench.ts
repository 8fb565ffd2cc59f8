/** `floodproof bench`: hands options and console over to the benchmarks. */
import { runBench } from '../bench/run.js';
import { ExitCode } from '../errors.js';
import type { Console } from './console.js';

export interface BenchFlags {
  readonly quick: boolean;
  readonly large: boolean;
  readonly limiter: string | null;
  readonly compare: string | null;
  readonly json: boolean;
  readonly out: string | null;
}

export async function benchCommand(names: readonly string[], flags: BenchFlags, console: Console): Promise<number> {
  await runBench({
    names,
    isQuick: flags.quick,
    isLarge: flags.large,
    ownLimiter: flags.limiter,
    compareWith: flags.compare,
    folder: flags.out,
    isJson: flags.json,
    result: (text) => console.result(text),
    note: (line) => console.note(line),
  });
  return ExitCode.pass;
}
