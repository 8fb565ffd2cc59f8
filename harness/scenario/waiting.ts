/**
 * Scenarios that need a part which no target has yet. They may use behaviours and metrics that are still to come, so only
 * what says who they are is read; they stand in the catalogue as waiting, and nothing plays them.
 */
import { z } from 'zod';
import type { Fault } from '../errors.js';
import { nameField, paragraphField, pathField } from './field.js';
import { mappingField } from './mappings.js';
import { type Part, partTable, providedParts } from './plan.js';
import { phaseSchema, scenarioSchema } from './scenario-schema.js';
import { checkShape } from './shape.js';
import { entriesOf, listOf, type YamlSource } from './yaml-source.js';

export interface WaitingScenario {
  readonly name: string;
  readonly file: string;
  readonly claim: string;
  readonly maps: readonly string[];
  readonly tags: readonly string[];
  readonly needs: readonly Part[];
  /** Of these the ones that no target has; at least one. */
  readonly missing: readonly Part[];
  /** As it is opened. */
  readonly policyFile: string;
  readonly phases: readonly { readonly name: string; readonly lengthUs: number }[];
  readonly actors: readonly { readonly name: string; readonly label: string; readonly behaviour: string }[];
  readonly expectations: readonly string[];
}

export const waitingSchema = z.looseObject({
  version: scenarioSchema.shape.version,
  name: scenarioSchema.shape.name,
  claim: scenarioSchema.shape.claim,
  maps: z.array(mappingField()).max(32).prefault([]),
  tags: scenarioSchema.shape.tags,
  needs: scenarioSchema.shape.needs,
  policy: pathField('path of the policy file, from the folder of this file'),
  phases: z.array(phaseSchema).min(1).max(100),
  actors: z
    .array(
      z.looseObject({
        name: nameField('name of the actor'),
        label: z.enum(['legit', 'abuse']),
        behaviour: nameField('what it does; such a behaviour may be still to come'),
      }),
    )
    .min(1)
    .max(100),
  expect: z.array(paragraphField(500, 'an expectation; its metric may be still to come')).min(1).max(200),
});

/** Parts that the file needs and no target has, as far as they can be read. */
export function missingParts(source: YamlSource): readonly Part[] {
  const provided: readonly string[] = providedParts;
  return listOf(entriesOf(source.value).needs).filter(
    (need): need is Part => typeof need === 'string' && Object.hasOwn(partTable, need) && !provided.includes(need),
  );
}

export interface WaitingReading {
  readonly waiting: WaitingScenario | null;
  readonly faults: readonly Fault[];
}

/** @param policyFile - as it is opened; null = it is not told, or can't be read. */
export function readWaiting(source: YamlSource, policyFile: string | null): WaitingReading {
  const { value, faults } = checkShape(waitingSchema, source.value, source);
  if (value === null || policyFile === null) return { waiting: null, faults };
  const { name, claim, maps, tags, needs, phases, actors, expect } = value;
  const waiting: WaitingScenario = {
    name,
    file: source.file,
    claim,
    maps,
    tags,
    needs,
    missing: missingParts(source),
    policyFile,
    phases: phases.map((phase) => ({ name: phase.name, lengthUs: phase.for })),
    actors: actors.map(({ name: actor, label, behaviour }) => ({ name: actor, label, behaviour })),
    expectations: expect,
  };
  return { waiting, faults };
}

/** `waits for mfa, which no target has yet`. */
export function waitingText({ missing }: Pick<WaitingScenario, 'missing'>): string {
  return `waits for ${missing.join(' and ')}, which no target has yet`;
}
