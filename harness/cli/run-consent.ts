/** What a run has to do with the owner of its target: what is asked of him, and what the verdict says about it. */
import process from 'node:process';
import { type ConsentWatch, watchConsent } from '../engine/consent-watch.js';
import type { RunRecord, TlsFiles } from '../engine/record/run-folder.js';
import type { FloodproofError } from '../errors.js';
import type { Plan } from '../scenario/plan.js';
import { type ConsentQuestion, type GrantedConsent, lost, recheckConsent } from '../targets/consent/consent.js';
import { type ConsentDemand, demandOf } from '../targets/consent/consent-demand.js';
import { readOperatorKey } from '../targets/consent/consent-key.js';
import type { TlsSettings } from '../targets/http/tls.js';
import type { CheckedTarget } from '../targets/loopback.js';
import type { IdentityTransport } from '../targets/source-address.js';
import { noTlsFiles, readPems } from './tls-files.js';
import { packageVersion } from './versions.js';

/** Asks for all of these plans at once. @param files - of https; null = as the system has it. */
export function consentQuestion(plans: readonly Plan[], files: TlsFiles | null): ConsentQuestion {
  return questionOf(plans.map(demandOf), files);
}

export function questionOf(demands: readonly ConsentDemand[], files: TlsFiles | null): ConsentQuestion {
  return {
    tls: () => readPems(files ?? noTlsFiles),
    demands,
    operator: () => readOperatorKey(process.env),
    tool: `floodproof/${packageVersion()}`,
  };
}

/** @returns what is told when the consent is gone, and how to end looking for it. */
export function watchGranted(
  granted: GrantedConsent,
  tls: TlsSettings | null,
): {
  readonly ended: Promise<FloodproofError>;
  readonly watch: ConsentWatch;
} {
  let tell: (error: FloodproofError) => void = () => undefined;
  const ended = new Promise<FloodproofError>((resolve) => {
    tell = resolve;
  });
  const watch = watchConsent({
    check: async () => await recheckConsent(granted, tls),
    everyMs: granted.checkEveryMs,
    expiresAtMs: granted.expiresAtMs,
    expired: () => lost(granted, 'it has expired'),
    onLost: tell,
  });
  return { ended, watch };
}

/** How identities reach this target: with addresses of their own where it has them. */
export function transportTo({ sources }: CheckedTarget, own: IdentityTransport): IdentityTransport {
  return sources === 'one' ? 'one-address' : own;
}

const SHARED =
  'all identities share one address at this target: as limits by ip see one caller, throttles are judged as unsure (exclusive: false)';

/**
 * Where all identities call from one address, a limit by ip counts them together, and a throttle by it may well be right.
 * A leak stays one: a counter of many admits each of them no more than its own would.
 */
export function judgedFromOneAddress(
  record: RunRecord,
  transport: IdentityTransport,
): { readonly record: RunRecord; readonly notes: readonly string[] } {
  const { policy } = record.plan;
  const isByIp = policy.limits.some(({ by }) => by.includes('ip'));
  if (transport !== 'one-address' || policy.clientIp.from === 'trusted-hop' || !isByIp) return { record, notes: [] };
  return { record: { ...record, plan: { ...record.plan, policy: { ...policy, exclusive: false } } }, notes: [SHARED] };
}

/** For the verdict. */
export function consentNotes({ consent }: CheckedTarget): readonly string[] {
  if (consent === null) return [];
  const until = new Date(consent.expiresAtMs).toISOString();
  return [
    `the owner of ${consent.pinned.host} agreed to this run (until ${until}); its requests carry ${consent.mark.name}`,
  ];
}
