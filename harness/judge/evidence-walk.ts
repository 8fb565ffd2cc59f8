/**
 * One more walk over the rows for the requests that are shown under what did not hold, made only when something did not.
 * What has to be found out anew for them (which blocks were called for, which signatures were repeated) is found out only
 * when it is asked for.
 */
import type { BlockJudgement, BlockOracle } from './block-oracle.js';
import { evidenceRequest } from './exhibit.js';
import type { Exhibitor } from './exhibitor.js';
import { type ExhibitParts, exhibitorOf, type Miss } from './exhibits.js';
import type { ObservationSource } from './observation.js';
import { ReplayAudit } from './replay-audit.js';
import type { RetryFinding } from './retry-watch.js';
import { forEachRow, type Row } from './row.js';
import type { EvidenceRequest } from './verdict.js';

export interface EvidenceTask extends ExhibitParts {
  readonly observations: ObservationSource;
  /** An oracle that tells what it finds of each block, and of each request that came back when it had been told to. */
  readonly newBlockOracle: (
    onJudged: (judgement: BlockJudgement) => void,
    onRetry: (row: Row, finding: Exclude<RetryFinding, 'untold'>) => void,
  ) => BlockOracle;
}

/**
 * @param misses - null = nothing is shown for this one.
 * @returns for each of them the requests, null where there are none.
 */
export function gatherRequests(
  task: EvidenceTask,
  misses: readonly (Miss | null)[],
): readonly (readonly EvidenceRequest[] | null)[] {
  const { plan } = task.run;
  const exhibitors = misses.map((miss) => (miss === null ? null : exhibitorOf(task, miss)));
  const asked = exhibitors.filter((one) => one !== null);
  if (asked.length > 0) walk(task, asked);
  return exhibitors.map((one) => {
    const shown = one?.shown() ?? [];
    return shown.length === 0 ? null : shown.map((each) => evidenceRequest(plan, each));
  });
}

function walk({ run, observations, newBlockOracle }: EvidenceTask, asked: readonly Exhibitor[]): void {
  const seeing = asked.filter(({ see }) => see !== undefined);
  const judging = asked.filter(({ judge }) => judge !== undefined);
  const retrying = asked.filter(({ seeRetry }) => seeRetry !== undefined);
  const replaying = asked.filter(({ seeReplay }) => seeReplay !== undefined);
  const oracle =
    judging.length + retrying.length === 0
      ? null
      : newBlockOracle(
          (judgement) => {
            for (const one of judging) one.judge?.(judgement);
          },
          (row, finding) => {
            for (const one of retrying) one.seeRetry?.(row, finding);
          },
        );
  const audit = replaying.length === 0 ? null : new ReplayAudit((actor) => run.plan.actors[actor]?.label === 'abuse');
  forEachRow(
    observations,
    (row) => {
      for (const one of seeing) one.see?.(row);
      oracle?.add(row);
      if (audit === null) return;
      const replay = audit.add(row);
      for (const one of replaying) one.seeReplay?.(row, replay);
    },
    false,
  );
  oracle?.finish();
}
