/**
 * The requests that are shown for one expectation: of all that bear it out the worst, then the earliest. Which ones do is
 * told from outside (`exhibits.ts`); here they are kept in order, spread over several identities where it is about those.
 */
import { outcomeNames } from '../actors/outcome.js';
import { type Plan, requestClasses } from '../scenario/plan.js';
import { Foremost } from './foremost.js';
import { isAnswered, isWritten, type Row } from './row.js';
import type { EvidenceRequest } from './verdict.js';

/** Requests that are shown under one expectation. */
export const SHOWN_MAX = 20;
/** Of each identity, where there are enough of them to fill it. */
const OF_IDENTITY_MAX = 4;

/** Whether a request bears an expectation out: `perhaps` = it can't be told. */
export type Claim = 'yes' | 'perhaps' | 'no';

export interface Shown {
  readonly row: Row;
  readonly role?: 'unsure' | 'original';
  /** Whether its signature is what it is shown for. */
  readonly isSigned?: boolean;
}

/** How bad a request is: a smaller tier before a larger one, and within it a smaller rank. */
export interface Badness {
  readonly tier: number;
  readonly rank: number;
}

interface Candidate extends Badness, Shown {}

const ALIKE: Badness = { tier: 0, rank: 0 };

/** Certain ones before others, bad ones before good ones, early ones before late ones. */
function compare(a: Candidate, b: Candidate): number {
  return (
    Number(a.role === 'unsure') - Number(b.role === 'unsure') ||
    a.tier - b.tier ||
    a.rank - b.rank ||
    a.row.intendedUs - b.row.intendedUs ||
    a.row.sentUs - b.row.sentUs ||
    a.row.concludedUs - b.row.concludedUs ||
    a.row.identity - b.row.identity
  );
}

export class Exhibit {
  private readonly showsUnsure: boolean;
  private readonly all: Foremost<Candidate>;
  private readonly byIdentity: ReadonlyMap<number, Foremost<Candidate>> | null;

  /**
   * @param showsUnsure - whether those of which it can't be told are shown behind the others.
   * @param identities - only theirs are shown, in this order; null = anybody's.
   */
  constructor(showsUnsure: boolean, identities: readonly number[] | null = null) {
    this.showsUnsure = showsUnsure;
    this.all = new Foremost(SHOWN_MAX, compare);
    const each = Math.max(OF_IDENTITY_MAX, Math.floor(SHOWN_MAX / (identities?.length ?? 1)));
    this.byIdentity = identities === null ? null : new Map(identities.map((one) => [one, new Foremost(each, compare)]));
  }

  /** @param row - may be another one's after the call. */
  offer(row: Row, claim: Claim, { tier, rank }: Badness = ALIKE): void {
    if (claim === 'no' || (claim === 'perhaps' && !this.showsUnsure)) return;
    const kept = this.byIdentity === null ? this.all : this.byIdentity.get(row.identity);
    if (kept === undefined) return;
    const candidate: Candidate = { row, tier, rank, ...(claim === 'perhaps' && { role: 'unsure' }) };
    if (kept.wants(candidate)) kept.add({ ...candidate, row: { ...row } });
  }

  shown(): readonly Shown[] {
    if (this.byIdentity === null) return this.all.items;
    return [...this.byIdentity.values()].flatMap(({ items }) => items).slice(0, SHOWN_MAX);
  }
}

/** A request as the verdict tells it. */
export function evidenceRequest(plan: Plan, { row, role, isSigned }: Shown): EvidenceRequest {
  const sinceFirstPhaseMs = (us: number): number => (us - plan.warmupUs) / 1000;
  const hasAnswer = isAnswered(row) || row.answeredUs > 0;
  return {
    intendedMs: sinceFirstPhaseMs(row.intendedUs),
    sentMs: isWritten(row) ? sinceFirstPhaseMs(row.sentUs) : null,
    answeredMs: hasAnswer ? sinceFirstPhaseMs(row.answeredUs) : null,
    actor: plan.actors[row.actor]?.name ?? '',
    identity: row.identity,
    requestClass: requestClasses[row.requestClass] ?? '',
    outcome: outcomeNames[row.outcome] ?? '',
    limit: plan.policy.limits[row.limit]?.name ?? null,
    ...(role !== undefined && { role }),
    ...(isSigned === true && { signature: row.signature }),
  };
}
