/** Policy file -> policy. */
import type { Fault } from '../errors.js';
import { profileOf } from '../signing/profiles.js';
import { invalidFiles } from './faults.js';
import type { FileReader } from './file-reader.js';
import { deepFreeze } from './freeze.js';
import { buildLimit } from './limit.js';
import { type ClientIpRule, type Policy, type PolicyAuth, requestClasses } from './plan.js';
import { checkPolicy } from './policy-check.js';
import { type AuthEntry, type PolicyFile, policySchema } from './policy-schema.js';
import { checkShape } from './shape.js';
import { entriesOf, readYaml, type YamlSource } from './yaml-source.js';

/** A policy or the reasons why there is none. */
export interface PolicyReading {
  readonly policy: Policy | null;
  readonly faults: readonly Fault[];
}

/**
 * Reads a policy file.
 * @throws {FloodproofError} FP_FILE_UNREADABLE, or FP_FILE_INVALID with every fault of the file.
 */
export function loadPolicy(reader: FileReader, file: string): Policy {
  const { policy, faults } = readPolicy(file, reader.read(file));
  if (policy === null) throw invalidFiles(faults);
  return policy;
}

export function readPolicy(file: string, text: string): PolicyReading {
  const { source, faults: textFaults } = readYaml(file, text);
  if (source === null) return { policy: null, faults: textFaults };
  const kind = wrongKind(source);
  if (kind !== null) return { policy: null, faults: [...textFaults, kind] };
  const shape = checkShape(policySchema, source.value, source);
  const faults = [...textFaults, ...shape.faults, ...checkPolicy(source)];
  if (shape.value === null || faults.length > 0) return { policy: null, faults };
  return { policy: deepFreeze(buildPolicy(file, shape.value)), faults: [] };
}

function wrongKind(source: YamlSource): Fault | null {
  const top = entriesOf(source.value);
  if (top.limits !== undefined || (top.phases === undefined && top.actors === undefined)) return null;
  return source.fault([], { code: 'FP_FILE_KIND', message: 'is a scenario, but a policy is wanted here' });
}

/** What the file leaves out is as the profile has it. */
function buildAuth(auth: AuthEntry): PolicyAuth {
  const { hash = 'sha256', encoding = 'hex' } = auth;
  const profile = profileOf(auth.profile, { hash, encoding });
  const { defaults } = profile;
  return {
    profile: auth.profile,
    hash: profile.kind === 'hmac' ? profile.hash : hash,
    encoding: profile.kind === 'hmac' ? profile.encoding : encoding,
    signed: requestClasses.map((name) => (auth.signed as readonly string[]).includes(name)),
    windowUs: auth.window ?? defaults.windowUs,
    futureUs: auth.future ?? defaults.futureUs,
    // A number that must rise is never taken twice, whatever else a venue remembers.
    replay: profile.freshness === 'nonce' ? 'refuse' : (auth.replay ?? defaults.replay),
    replayCapacity: auth.replayCapacity,
    replayPerKey: auth.replayPerKey ?? Math.ceil(auth.replayCapacity / 4),
  };
}

function buildClientIp(rule: PolicyFile['clientIp']): ClientIpRule {
  if (typeof rule === 'string') return { from: rule };
  const { trustedHop, trustedProxies = [] } = rule;
  if (trustedHop !== undefined) return { from: 'trusted-hop', hops: trustedHop };
  return { from: 'trusted-proxies', ranges: trustedProxies };
}

function buildPolicy(file: string, content: PolicyFile): Policy {
  const signed = content.auth?.signed ?? [];
  const { N, r, p } = content.password.scrypt;
  return {
    name: content.name,
    file,
    auth: content.auth === undefined ? null : buildAuth(content.auth),
    clientIp: buildClientIp(content.clientIp),
    limits: content.limits.map((limit) => buildLimit(limit, signed)),
    resolutionUs: content.resolution,
    nodes: content.nodes,
    slackCells: content.slack,
    exclusive: content.exclusive,
    latestDecisionUs: content.latestDecision,
    weaknesses: content.weaknesses,
    password: { scryptN: N, scryptR: r, scryptP: p },
  };
}
