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

/**
 * Asks the kit.
 *
 * @param invariants - these only, in this order, until the first that convicts; all of them at once when left out.
 */
export async function convict(
  suspect: Suspect,
  { seed, runs = 100 }: ZooOptions,
  invariants?: readonly InvariantName[],
): Promise<Conviction> {
  const adapter: LimiterAdapter = {
    name: suspect.name,
    clock: suspect.clock ?? 'argument',
    create: () => suspect.create(),
  };
  if (invariants === undefined) return convictionOf(await checkLimiter(adapter, suspect.contract, { seed, runs }));
  for (const invariant of invariants) {
    const report = await checkLimiter(adapter, suspect.contract, { seed, runs, invariant });
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
