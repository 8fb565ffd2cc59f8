/** The task of one pool thread: finds one inhabitant of the zoo by its name and checks it. */
import { collections } from './registry.js';
import type { Accused, Caught, CreatureKind, ZooOptions } from './zoo.js';

export interface KeeperTask {
  readonly kind: CreatureKind;
  readonly name: string;
  readonly isRight: boolean;
  readonly options: ZooOptions;
}

export interface KeeperResult {
  /** Caught, or accused when it is a right one. */
  readonly convicted: boolean;
  readonly by: readonly string[];
  readonly ms: number;
  readonly evidence: readonly string[];
}

export function resultOf(outcome: Caught | Accused): KeeperResult {
  const { by, ms, evidence = [] } = outcome;
  return { convicted: 'caught' in outcome ? outcome.caught : outcome.accused, by, ms, evidence };
}

type Inhabitant = { readonly name: string; check(options: ZooOptions): Promise<Caught | Accused> };

/** By kind, loaded once a thread. */
const loaded = new Map<CreatureKind, Promise<ReadonlyMap<string, Inhabitant>>>();

function nameplate(name: string, isRight: boolean): string {
  return `${isRight ? 'right' : 'broken'} ${name}`;
}

async function loadKind(kind: CreatureKind): Promise<ReadonlyMap<string, Inhabitant>> {
  const inhabitants = new Map<string, Inhabitant>();
  for (const collection of collections.filter((one) => one.kind === kind)) {
    const { creatures, rightOnes } = await collection.load();
    for (const creature of creatures) inhabitants.set(nameplate(creature.name, false), creature);
    for (const rightOne of rightOnes) inhabitants.set(nameplate(rightOne.name, true), rightOne);
  }
  return inhabitants;
}

export default async function keep({ kind, name, isRight, options }: KeeperTask): Promise<KeeperResult> {
  const inhabitants = loaded.get(kind) ?? loadKind(kind);
  loaded.set(kind, inhabitants);
  const inhabitant = (await inhabitants).get(nameplate(name, isRight));
  if (inhabitant === undefined) throw new Error(`nobody in the zoo is called ${name}`);
  return resultOf(await inhabitant.check(options));
}
