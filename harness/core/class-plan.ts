/** What is asked of a request class: worked out once, when the gate is made or changed. */
import { type CallerWriter, callerWordOf } from './callers.js';
import { INT32_MAX } from './family.js';
import type { LimitTable } from './limit-table.js';
import type { AgeCost, GateSpec, LimitPart, LimitSpec } from './spec.js';

/** Stands in a key's words for the index of the class, which no caller's words hold. */
export const CLASS_WORD = -1;

/** In which order the hashes of several parts are hashed together. */
const partsInOrder: readonly LimitPart[] = ['ip', 'master', 'account', 'key', 'class'];

/** How a limit finds the counter of a request. */
export interface LimitKey {
  /** Where in a caller's words stands the hash; of no use when several are combined. */
  readonly word: number;
  /** Where the hashes stand that are combined, or `CLASS_WORD`; null when there is one alone. */
  readonly combined: readonly number[] | null;
  /** Words that are not to be blank. */
  readonly needs: readonly number[];
}

/** A limit that matches a class, with its cost for it. */
export interface Match extends LimitKey {
  readonly table: LimitTable;
  /** Cells for each element. */
  readonly cost: number;
  readonly ages: readonly AgeCost[] | null;
  /** Whether a request holds its cells until it ends; only one that is admitted does. */
  readonly isHeld: boolean;
}

/** A limit that takes credit, whatever the class. */
export interface Credited {
  readonly table: LimitTable;
  readonly key: LimitKey;
}

/** The limits before the verifier, the verifier, the limits after it. */
export interface ClassPlan {
  readonly classId: number;
  readonly isSigned: boolean;
  readonly front: readonly Match[];
  readonly back: readonly Match[];
  readonly frontShadows: readonly Match[];
  readonly backShadows: readonly Match[];
  /** Limits whose cells are held, enforced or not. */
  readonly held: readonly Match[];
  readonly hasShadows: boolean;
  readonly hasQueues: boolean;
  readonly countsDenied: boolean;
  /** Words that are not to be blank before and after the verifier, for enforced limits. */
  readonly frontNeeds: readonly number[];
  readonly backNeeds: readonly number[];
  /** What any limit counts by. */
  readonly needsIp: boolean;
  readonly needsPrefixes: boolean;
  readonly needsMaster: boolean;
  readonly needsAccount: boolean;
  readonly needsKey: boolean;
}

/** Parts of `by` in their order, so that two that are written differently are seen to be the same. */
export function orderedParts(by: readonly LimitPart[]): readonly LimitPart[] {
  return partsInOrder.filter((part) => by.includes(part));
}

export function limitKeyOf(limit: LimitSpec, writer: CallerWriter): LimitKey {
  const wordOf = (part: LimitPart): number => {
    if (part === 'class') return CLASS_WORD;
    return part === 'ip' ? writer.wordOfIp(limit.ipPrefix) : callerWordOf[part];
  };
  const words = orderedParts(limit.by).map(wordOf);
  const needs = words.filter((word) => word !== CLASS_WORD);
  const [first = callerWordOf.global] = words;
  const isAlone = words.length < 2 && first !== CLASS_WORD;
  return { word: isAlone ? first : callerWordOf.global, combined: isAlone ? null : words, needs };
}

/** Cells of a request; above what any counter keeps it is just that. `elements` x `cost` stays below 2^53. */
export function costOf({ cost, ages }: Match, elements: number, ageUs: number): number {
  let cells = cost * elements;
  if (ages !== null) {
    for (const age of ages) {
      if (ageUs >= age.underUs) continue;
      cells += age.cells;
      break;
    }
  }
  return Math.min(cells, INT32_MAX + 1);
}

/** Whether a limit stands before the verifier: what it counts by is known from the connection. */
function isFront({ by }: LimitSpec): boolean {
  return by.includes('ip') && by.every((part) => part === 'ip' || part === 'class');
}

export function planClass(
  spec: GateSpec,
  tables: readonly LimitTable[],
  writer: CallerWriter,
  classId: number,
): ClassPlan {
  const isSigned = spec.auth?.signed[classId] ?? false;
  const rows = spec.limits
    .map((limit, index) => ({ limit, match: matchOf(limit, tables[index] as LimitTable, writer, classId) }))
    .filter(({ limit, match }) => match.cost > 0 && (isSigned || !limit.by.includes('key')));
  const matches = (isWanted: (limit: LimitSpec) => boolean): Match[] =>
    rows.filter(({ limit }) => isWanted(limit)).map(({ match }) => match);
  const enforced = matches((limit) => !limit.isShadow);
  const front = matches((limit) => isFront(limit) && !limit.isShadow);
  const back = matches((limit) => !isFront(limit) && !limit.isShadow);
  const needsOf = (list: readonly Match[]): number[] => [...new Set(list.flatMap(({ needs }) => needs))];
  const counts = (part: LimitPart): boolean => rows.some(({ limit }) => limit.by.includes(part));
  return {
    classId,
    isSigned,
    front,
    back,
    frontShadows: matches((limit) => isFront(limit) && limit.isShadow),
    backShadows: matches((limit) => !isFront(limit) && limit.isShadow),
    held: matches((limit) => limit.numbers.family === 'concurrency'),
    hasShadows: rows.length > enforced.length,
    hasQueues: rows.some(({ limit }) => !limit.isShadow && limit.numbers.family === 'leaky-queue'),
    countsDenied: enforced.some(({ table }) => table.countsDenied),
    frontNeeds: needsOf(front),
    backNeeds: needsOf(back),
    needsIp: rows.some(({ limit }) => limit.by.includes('ip') && limit.ipPrefix === null),
    needsPrefixes: rows.some(({ limit }) => limit.by.includes('ip') && limit.ipPrefix !== null),
    needsMaster: counts('master'),
    needsAccount: counts('account'),
    needsKey: counts('key'),
  };
}

function matchOf(limit: LimitSpec, table: LimitTable, writer: CallerWriter, classId: number): Match {
  const ages = limit.ageCosts[classId] ?? [];
  return {
    ...limitKeyOf(limit, writer),
    table,
    cost: limit.costs[classId] ?? 0,
    ages: ages.length === 0 ? null : ages,
    isHeld: limit.numbers.family === 'concurrency',
  };
}
