/** Hands a limiter to the kit, invariant by invariant, and says who convicts it. */
import type {
  CheckReport,
  Contract,
  InvariantName,
  Limiter,
  LimiterAdapter,
  LimiterClock,
} from '../../invariants/contract.js';
import { checkLimiter } from '../../invariants/index.js';
import type { ZooOptions } from '../zoo.js';

export interface Suspect {
  readonly name: string;
  readonly contract: Contract;
  readonly clock?: LimiterClock;
  create(): Limiter | Promise<Limiter>;
}

export interface Conviction {
  /** Invariants that a counterexample was found for. */
  readonly by: readonly string[];
  /** The counterexamples, in lines for a person. */
  readonly evidence: readonly string[];
}

/** Histories for each invariant. Most are convicted by the first number; a rare meeting, of two keys that look alike for example, needs the second. */
export const RUNS: readonly number[] = [100, 1000];

/**
 * Asks the kit, with more histories when fewer have found nothing.
 *
 * @param invariants - these only, in this order, until the first that convicts; all of them at once when left out.
 */
export async function convict(
  suspect: Suspect,
  { seed, runs }: ZooOptions,
  invariants?: readonly InvariantName[],
): Promise<Conviction> {
  for (const count of runs === undefined ? RUNS : [runs]) {
    const conviction = await ask(suspect, { seed, runs: count }, invariants ?? [undefined]);
    if (conviction.by.length > 0) return conviction;
  }
  return { by: [], evidence: [] };
}

async function ask(
  suspect: Suspect,
  { seed, runs }: Required<ZooOptions>,
  invariants: readonly (InvariantName | undefined)[],
): Promise<Conviction> {
  const { name, clock = 'argument', contract } = suspect;
  const adapter: LimiterAdapter = { name, clock, create: () => suspect.create() };
  for (const invariant of invariants) {
    const report = await checkLimiter(adapter, contract, {
      seed,
      runs,
      ...(invariant === undefined ? {} : { invariant }),
    });
    if (!report.pass) return convictionOf(report);
  }
  return { by: [], evidence: [] };
}

function convictionOf({ failures }: CheckReport): Conviction {
  return {
    by: failures.map(({ invariant }) => invariant),
    evidence: failures.flatMap(({ invariant, formula, message, timeline }) => [
      `${invariant}: ${message}`,
      `  promised: ${formula}`,
      ...timeline.map((line) => `  ${line}`),
    ]),
  };
}
