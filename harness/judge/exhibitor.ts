/** Chooses, while the rows go by once more, the requests that show why an expectation did not hold. */
import type { BlockJudgement, Finding } from './block-oracle.js';
import type { Badness, Claim, Exhibit, Shown } from './exhibit.js';
import type { AcceptedReplay } from './replay-audit.js';
import type { RetryFinding } from './retry-watch.js';
import type { Row } from './row.js';
import type { RowClaim } from './row-claims.js';

/** What it does not look at is left out, and then need not be found out for it. */
export interface Exhibitor {
  /** Each row, in the order of the record; it may be another one after the call. */
  see?(row: Row): void;
  judge?(judgement: BlockJudgement): void;
  seeRetry?(row: Row, finding: RetryFinding): void;
  seeReplay?(row: Row, replay: AcceptedReplay | null): void;
  shown(): readonly Shown[];
}

/** @param isMeant - whether a row is of the subject and the phase. */
export function ofRows(
  isMeant: (row: Row) => boolean,
  claim: RowClaim,
  exhibit: Exhibit,
  badnessOf?: (row: Row) => Badness,
): Exhibitor {
  return {
    see: (row) => {
      if (!isMeant(row)) return;
      const told = claim(row);
      if (told !== 'no') exhibit.offer(row, told, badnessOf?.(row));
    },
    shown: () => exhibit.shown(),
  };
}

export function claimOf(finding: Finding | null): Claim {
  if (finding === 'wrongful') return 'yes';
  return finding === 'unsure' ? 'perhaps' : 'no';
}

/** @param view - whose account of the block counts: that of the limit, or that of the identity alone. */
export function ofBlocks(
  isMeant: (row: Row) => boolean,
  view: 'shared' | 'own',
  exhibit: Exhibit,
  badnessOf?: (row: Row) => Badness,
): Exhibitor {
  return {
    judge: (judgement) => {
      const { row } = judgement;
      if (isMeant(row)) exhibit.offer(row, claimOf(judgement[view]), badnessOf?.(row));
    },
    shown: () => exhibit.shown(),
  };
}

/** Requests that came back as late as they had been told to and were throttled all the same; or that were let in. */
export function ofRetries(isMeant: (row: Row) => boolean, wanted: RetryFinding, exhibit: Exhibit): Exhibitor {
  return {
    seeRetry: (row, finding) => {
      if (isMeant(row)) exhibit.offer(row, finding === wanted ? 'yes' : 'no');
    },
    shown: () => exhibit.shown(),
  };
}

/**
 * The first and the last of what is claimed, in the order of the answers: half of what is shown each.
 *
 * @param each - how many of each end.
 */
export function ofEnds(isMeant: (row: Row) => boolean, claim: RowClaim, showsUnsure: boolean, each: number): Exhibitor {
  const first: Shown[] = [];
  let last: Shown[] = [];
  return {
    see: (row) => {
      if (!isMeant(row)) return;
      const told = claim(row);
      if (told === 'no' || (told === 'perhaps' && !showsUnsure)) return;
      const shown: Shown = { row: { ...row }, ...(told === 'perhaps' && { role: 'unsure' }) };
      if (first.length < each) {
        first.push(shown);
        return;
      }
      last.push(shown);
      if (last.length >= 2 * each) last = last.slice(-each);
    },
    shown: () => [...first, ...last.slice(-each)],
  };
}
