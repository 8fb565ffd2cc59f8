/** What lives in the zoo: things broken on purpose, that must be caught, and right ones, that nobody may accuse. */

/** `mutation`: one that a machine has made by changing one place of a right limiter or verifier. */
export type CreatureKind = 'limiter' | 'verifier' | 'gateway' | 'mutation';
export const creatureKinds: readonly CreatureKind[] = ['limiter', 'verifier', 'gateway', 'mutation'];

export interface ZooOptions {
  /** Whole, -2^31 to 2^31 - 1. The same seed catches the same creatures by the same means, those over HTTP apart. */
  readonly seed: number;
  /** Histories for each invariant, 1 to 1,000,000; each creature knows how many it needs when it is left out. */
  readonly runs?: number;
}

export interface Caught {
  readonly caught: boolean;
  /** Invariants, expectations or scenarios that convicted it, by name; none when it was not caught. */
  readonly by: readonly string[];
  /** How long it took, milliseconds. */
  readonly ms: number;
  /** What was seen, in lines for a person; none when it was not caught. */
  readonly evidence?: readonly string[];
}

/** Broken on purpose. */
export interface Creature {
  /** Unique in the whole zoo: kebab-case, or the id of a mutation. */
  readonly name: string;
  readonly kind: CreatureKind;
  /** What is wrong with it, in one sentence. */
  readonly defect: string;
  check(options: ZooOptions): Promise<Caught>;
}

export interface Accused {
  readonly accused: boolean;
  /** Who accused it, by name; none when nobody did. */
  readonly by: readonly string[];
  readonly ms: number;
  /** The accusation, in lines for a person. */
  readonly evidence?: readonly string[];
}

/** Right, as far as anybody knows. */
export interface RightOne {
  /** Unique among the right ones. */
  readonly name: string;
  readonly kind: CreatureKind;
  check(options: ZooOptions): Promise<Accused>;
}

/** All of one kind, loaded when they are asked for. */
export interface Collection {
  readonly kind: CreatureKind;
  /** Whether its checks open sockets: these run one after the other, alone. */
  readonly overHttp: boolean;
  load(): Promise<{ readonly creatures: readonly Creature[]; readonly rightOnes: readonly RightOne[] }>;
}
