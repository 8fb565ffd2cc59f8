/** As whom a doctor asks: somebody of a scenario, or of a made-up one under the policy, or under one that fits the adapter. */

import type { Identity } from '../../actors/actor.js';
import { buildWorld } from '../../actors/identities/world.js';
import { everybody, type World } from '../../actors/world.js';
import type { Adapter } from '../../scenario/adapter.js';
import { isPolicyText } from '../../scenario/file-kind.js';
import type { FileReader } from '../../scenario/file-reader.js';
import { type ActorPlan, type Plan, type RequestClass, requestClasses } from '../../scenario/plan.js';
import { loadScenario } from '../../scenario/scenario.js';

export interface DoctorWorld {
  readonly plan: Plan;
  readonly world: World;
  /** Who asks, and whose people he belongs to. */
  readonly actor: ActorPlan;
  readonly identity: Identity;
}

/** No key signs for these where nobody says what is signed. */
const openClasses: ReadonlySet<RequestClass> = new Set(['login', 'ticker', 'time', 'markets', 'book']);

const scenarioText = (policy: string): string => `version: 1
name: doctor
claim: Requests are understood.
policy: ${JSON.stringify(policy)}
phases: [{ name: only, for: 1s }]
actors:
  - { name: somebody, label: legit, behaviour: order-flood, arrivals: { process: constant, rate: 1/s } }
expect: [all.leak <= 0]
`;

function policyText({ sign, calls }: Adapter): string {
  const signed = requestClasses.filter((name) => calls[name] !== undefined && !openClasses.has(name));
  const profile = sign.kind === 'profile' ? `profile: ${sign.profile}, ` : '';
  const auth = signed.length === 0 ? '' : `auth: { ${profile}signed: [${signed.join(', ')}] }\n`;
  return `version: 1
name: doctor
${auth}limits:
  - { name: none, match: "*", by: ip, family: token-bucket, capacity: 1000000, refill: 1000000 per 1s }
`;
}

/** @param file - A scenario or policy file; null = neither. @throws {FloodproofError} FP_FILE_INVALID, FP_FILE_UNREADABLE */
export function doctorWorld(adapter: Adapter, file: string | null, reader: FileReader, seed: number): DoctorWorld {
  const plan = planOf(adapter, file, reader);
  const world = buildWorld(plan, seed);
  const identity = firstWithKey(world);
  return { plan, world, identity, actor: plan.actors[identity.actor] as ActorPlan };
}

function planOf(adapter: Adapter, file: string | null, reader: FileReader): Plan {
  if (file !== null && !isPolicyText(file, reader.read(file))) return loadScenario(reader, file);
  const texts: Readonly<Record<string, string>> = {
    'doctor.yaml': scenarioText(file ?? 'made-up-policy.yaml'),
    ...(file === null ? { 'made-up-policy.yaml': policyText(adapter) } : {}),
  };
  const within: FileReader = {
    read: (path) => texts[path] ?? reader.read(path),
    resolve: (_from, reference) => reference,
  };
  return loadScenario(within, 'doctor.yaml');
}

/** The first who has a key, else the first at all. */
function firstWithKey(world: World): Identity {
  for (const identity of everybody(world)) if (identity.keyId !== '') return identity;
  return world.identity(0);
}
