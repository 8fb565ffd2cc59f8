/** Mutants that do what the program does which they were made of, so that nobody can tell them apart. */

export interface Equivalent {
  /** See `Mutant.id`. */
  readonly id: string;
  readonly because: string;
}

export const equivalents: readonly Equivalent[] = [];
