/** What a check of one invariant is made of, and how fast-check plays it. */
import fc from 'fast-check';
import type { Claims } from './claims.js';
import type { VerifierAdapter, VerifierInvariantName } from './contract.js';
import { BrokenPromise, type CallCount, Desk } from './desk.js';
import { holders } from './drafts.js';

/** What a check has to work with. */
export class Stage {
  readonly adapter: VerifierAdapter;
  readonly claims: Claims;
  /** What this verifier can show besides its answers. */
  readonly shows: { readonly work: boolean; readonly size: boolean };
  readonly count: CallCount = { calls: 0, wasLate: false };

  constructor(adapter: VerifierAdapter, claims: Claims, shows: { readonly work: boolean; readonly size: boolean }) {
    this.adapter = adapter;
    this.claims = claims;
    this.shows = shows;
  }

  /** Plays with a verifier that knows the three holders and has seen nothing. */
  async with(play: (desk: Desk) => Promise<void>): Promise<void> {
    const desk = await Desk.open(this.adapter, this.claims, this.count);
    try {
      for (const holder of holders) await desk.meet(holder);
      await play(desk);
    } finally {
      await desk.close();
    }
  }
}

export interface CheckRun {
  readonly runs: number;
  /** null: nothing was broken. */
  readonly broken: { readonly promise: BrokenPromise; readonly path: string } | null;
}

export interface CheckParameters {
  readonly runs: number;
  readonly seed: number;
  readonly path: string | undefined;
}

export interface VerifierCheck {
  readonly name: VerifierInvariantName;
  /** Why it is not asked of this verifier; null: it is. */
  skip(stage: Stage): string | null;
  /** What is promised, with the contract's numbers. */
  formula(claims: Claims): string;
  run(stage: Stage, parameters: CheckParameters): Promise<CheckRun>;
}

export interface CheckParts<T> {
  readonly name: VerifierInvariantName;
  readonly skip?: (stage: Stage) => string | null;
  readonly formula: (claims: Claims) => string;
  readonly histories: (claims: Claims) => fc.Arbitrary<T>;
  readonly play: (stage: Stage, history: T) => Promise<void>;
  /** At most so many runs: of a check whose every run is long. */
  readonly runsMax?: (claims: Claims) => number;
}

export function defineCheck<T>(parts: CheckParts<T>): VerifierCheck {
  return {
    name: parts.name,
    skip: parts.skip ?? (() => null),
    formula: parts.formula,
    run: async (stage, { runs, seed, path }) => {
      const property = fc.asyncProperty(parts.histories(stage.claims), (history) => parts.play(stage, history));
      const numRuns = Math.max(1, Math.min(runs, parts.runsMax?.(stage.claims) ?? runs));
      const details = await fc.check(property, path === undefined ? { seed, numRuns } : { seed, path, numRuns });
      if (!details.failed) return { runs: details.numRuns, broken: null };
      const error = details.errorInstance;
      if (!(error instanceof BrokenPromise)) throw error;
      return { runs: details.numRuns, broken: { promise: error, path: details.counterexamplePath ?? '' } };
    },
  };
}
