/** What an import makes of a foreign document before it is written: limits with their places, and what could not be read. */
import type { LimitPart } from '../core/spec.js';
import { type RequestClass, requestClasses } from '../scenario/plan-policy.js';
import type { Place } from './faults.js';

export type SourceName = 'nginx' | 'envoy' | 'kong';

/** One key of a limit as the policy file has it, with the reason for its number. */
export interface ImportedNumber {
  readonly key: string;
  readonly value: string | number | boolean;
}

export interface ImportedLimit {
  /** What it is called there; made kebab-case and unique when it is written. */
  readonly name: string;
  /** Lines of the comment above it: where it stands, and what its numbers come from. */
  readonly origin: readonly string[];
  /** '*' = every class that carries what it counts by. */
  readonly match: '*' | readonly RequestClass[];
  /** Empty = one counter of all. */
  readonly by: readonly LimitPart[];
  readonly family: 'token-bucket' | 'leaky-queue' | 'fixed-window' | 'sliding-counter' | 'concurrency';
  readonly numbers: readonly ImportedNumber[];
  readonly isShadow: boolean;
  /** null = as the policy has it when it is left out. */
  readonly maxKeys: number | null;
  /** Each IPv6 address counts alone there, where ours would count 64 bits. */
  readonly isWholeAddress: boolean;
}

/** What was not read, or not as it stands, and what follows from it. */
export interface ImportNote {
  readonly place: Place | null;
  readonly text: string;
}

export interface Imported {
  readonly source: SourceName;
  readonly limits: readonly ImportedLimit[];
  readonly notes: readonly ImportNote[];
  /** Lines of YAML for `clientIp`, with the comment above them. */
  readonly clientIp: { readonly value: string; readonly because: string } | null;
  readonly resolution: { readonly value: string; readonly because: string };
  /** Why the number of nodes may matter; null = one counter for all of them. */
  readonly nodesBecause: string | null;
  readonly slackBecause: string | null;
}

/** The paths of each class as the target has them; null = not told, so that words in paths have to tell. */
export type ClassPathTable = Readonly<Partial<Record<RequestClass, readonly string[]>>>;

/** Classes that carry a key once a policy signs them: those of an account. */
export const accountClasses: readonly RequestClass[] = [
  'account',
  'order.place',
  'order.amend',
  'order.cancel',
  'order.list',
];

/** In the order of the policy; '*' when all are there. */
export function classList(names: ReadonlySet<RequestClass>): '*' | readonly RequestClass[] {
  const listed = requestClasses.filter((name) => names.has(name));
  return listed.length === requestClasses.length ? '*' : listed;
}

/** 1 to 64 of a-z, 0-9 and single hyphens, beginning with a letter; never one that is taken. */
export function freeName(wanted: string, taken: Set<string>): string {
  const plain = wanted
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const lettered = /^[a-z]/.test(plain) ? plain : `limit-${plain}`;
  const base = lettered.slice(0, 56).replace(/-+$/, '');
  let name = base;
  for (let nth = 2; taken.has(name); nth += 1) name = `${base}-${nth}`;
  taken.add(name);
  return name;
}
