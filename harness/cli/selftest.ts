/** `floodproof selftest`: is everything caught that is broken on purpose, and nothing that is right? */
import process from 'node:process';
import { ExitCode, FloodproofError } from '../errors.js';
import { nearest } from '../scenario/nearest.js';
import { type CheckedZoo, holds } from '../zoo/checked.js';
import { collections } from '../zoo/registry.js';
import { checkZoo } from '../zoo/runner.js';
import { type CreatureKind, creatureKinds } from '../zoo/zoo.js';
import type { Console } from './console.js';
import { catchInterrupt } from './interrupt.js';
import { selftestText } from './selftest-text.js';

export interface SelftestFlags {
  readonly only: string | null;
  readonly kind: CreatureKind | null;
  readonly http: boolean;
  readonly json: boolean;
  readonly seed: number;
}

/** Far more than the slowest needs on a slow machine: what takes longer loops for ever. */
const DEADLINE_MS = 60_000;

export async function selftestCommand(flags: SelftestFlags, console: Console): Promise<number> {
  const kinds = flags.kind === null ? creatureKinds : [flags.kind];
  if (flags.only !== null) await assertKnown(flags.only, kinds, flags.http);
  const interrupt = catchInterrupt(() => console.note('stopping (once more: end at once)'));
  const clear = (): void => void (console.redraws && process.stderr.write('\r\u001b[K'));
  try {
    const zoo = await checkZoo({
      collections,
      kinds,
      only: flags.only,
      http: flags.http,
      options: { seed: flags.seed },
      stop: interrupt.signal,
      deadlineMs: DEADLINE_MS,
      onChecked(done, all) {
        clear();
        if (console.redraws) process.stderr.write(`checked ${done} of ${all}`);
      },
    });
    clear();
    console.result(flags.json ? selftestJson(zoo) : textOf(zoo, flags, console));
    if (interrupt.signal.aborted) return ExitCode.interrupted;
    return holds(zoo) ? ExitCode.pass : ExitCode.failed;
  } finally {
    interrupt.release();
  }
}

function textOf(zoo: CheckedZoo, { only }: SelftestFlags, { colorOut, widthOut }: Console): string {
  return selftestText(zoo, { color: colorOut, width: widthOut, evidence: only !== null });
}

function selftestJson({ seed, mutants, right }: CheckedZoo): string {
  const document = {
    schema: 'floodproof/selftest/1',
    seed,
    mutants: mutants.map(({ name, kind, caught, by, ms }) => ({ name, kind, caught, by, ms: Math.round(ms) })),
    right: right.map(({ name, accused, by, kind }) => ({ name, kind, accused, by })),
  };
  return JSON.stringify(document, null, 2);
}

/** @throws {FloodproofError} FP_USAGE when nobody that could be checked has this name. */
async function assertKnown(name: string, kinds: readonly CreatureKind[], http: boolean): Promise<void> {
  const loaded = await Promise.all(
    collections.filter(({ kind, overHttp }) => kinds.includes(kind) && (http || !overHttp)).map((one) => one.load()),
  );
  const names = loaded.flatMap(({ creatures, rightOnes }) => [...creatures, ...rightOnes].map((one) => one.name));
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const proposal = near.length > 0 ? `did you mean ${near.map((one) => `"${one}"`).join(' or ')}?` : '';
  throw new FloodproofError('FP_USAGE', `nobody in the zoo is called "${name}"`, {
    hint: `${proposal} "floodproof selftest --json" names all`.trim(),
  });
}
