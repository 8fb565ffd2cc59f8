/**
 * What a run proves although its generator fell behind. A leak, a replay that was accepted and a wrongful block are told by
 * when requests were really sent and answered: no load, however late or bunched it came, makes a right target do them.
 * Everything else was asked of the load that was planned, and that load was not played.
 */
import type { MetricName } from '../scenario/metrics.js';
import type { Miss } from './exhibits.js';
import type { ExpectationResult } from './verdict.js';

const proofs: readonly MetricName[] = ['leak', 'replaysAccepted', 'wrongfulBlocks'];

const UNJUDGED = 'the generator fell behind, so this is not judged';

function isProof(miss: Miss | null): boolean {
  return miss !== null && !miss.isUndecided && miss.side === 'above' && proofs.includes(miss.metric);
}

/**
 * The expectations of a late run when it proves that one did not hold: that one as it is, those without a proof undecided.
 * null = it proves nothing, and judges nothing.
 *
 * @param misses - by expectation.
 */
export function provedThoughLate(
  results: readonly ExpectationResult[],
  misses: readonly (Miss | null)[],
): readonly ExpectationResult[] | null {
  const isProved = misses.map(isProof);
  if (!isProved.includes(true)) return null;
  return results.map((result, index) =>
    isProved[index] ? result : { ...result, pass: null, evidence: [UNJUDGED, ...result.evidence] },
  );
}
