/** Judges what a log tells: the same verdict as of a run, without sending anything. */
import { identityOffsets } from '../actors/identities/offsets.js';
import { judgeRun } from '../judge/judge.js';
import type { ExpectationResult, Verdict, VerdictDocument } from '../judge/verdict.js';
import type { Policy } from '../scenario/plan.js';
import type { LogMap } from './log-map.js';
import { notesOfLog } from './log-notes.js';
import { expectationsOf, planOfLog, worldOfLog } from './log-plan.js';
import type { LogRead } from './read-log.js';

export interface JudgeLogTask {
  readonly read: LogRead;
  readonly map: LogMap;
  readonly policy: Policy;
  /** Name of the log, for the verdict. */
  readonly name: string;
  /** As the command line has them; none = the usual ones. */
  readonly expected: readonly string[];
  /** The command that judges it again. */
  readonly again: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly startedAt: string;
  readonly durationMs: () => number;
}

/** Of resampling: a log is judged alike each time. */
const SEED = 1;
/** Expectations that are left out where they can't be told, as nobody has asked for them. */
const IF_TOLD = ['all.wrongfulBlocks', 'all.replaysAccepted'];

/** What is expected of a log when nobody says so. */
export function usualExpectations(policy: Policy, read: LogRead): readonly string[] {
  const hasSignatures = read.callers.signatures.size > 0;
  return [
    'all.leak <= 0',
    ...(isWhole(policy, read) ? ['all.wrongfulBlocks <= 0'] : []),
    ...(hasSignatures && policy.auth !== null && policy.auth.replay === 'refuse' ? ['all.replaysAccepted <= 0'] : []),
  ];
}

/**
 * Whether every request is in the rows that can have charged a limit. A line that can't be read may have been admitted: without
 * it a limiter looks emptier than it was, and a right throttle wrongful.
 */
function isWhole({ exclusive, nodes }: Policy, { counts }: LogRead): boolean {
  return exclusive && nodes === 1 && counts.unreadable === 0;
}

export function judgeLog(task: JudgeLogTask): VerdictDocument {
  const { read, map, policy, expected } = task;
  const texts = expected.length > 0 ? expected : usualExpectations(policy, read);
  // A time of 0 stands for "never" in an observation.
  const originUs = read.store.firstUs - 1;
  const plan = planOfLog({
    name: task.name,
    policy: isWhole(policy, read) ? policy : { ...policy, exclusive: policy.exclusive && read.counts.unreadable === 0 },
    map,
    callers: read.callers,
    span: { startUs: 1, endUs: read.store.lastUs - originUs + 1 },
    expectations: expectationsOf(texts, map),
  });
  const offsets = identityOffsets(plan);
  const document = judgeRun({
    plan,
    world: worldOfLog(read.callers, offsets),
    observations: read.store.source(originUs, offsets),
    generator: {
      asked: read.counts.rows,
      sent: read.counts.rows,
      answered: read.counts.rows,
      ownDelayMsP99: 0,
      targetWaitMsP99: 0,
      worstSecond: null,
      faults: [],
    },
    isInterrupted: false,
    seed: SEED,
    target: 'log',
    engine: 'ts',
    notes: notesOfLog(read, map, originUs + 1),
    replay: task.again,
    versions: task.versions,
    startedAt: task.startedAt,
    durationMs: 0,
    fromLog: { startUs: read.startUs - originUs },
  });
  return { ...settled(document, expected.length > 0, read), durationMs: task.durationMs() };
}

/** Without what nobody has asked for and nothing tells. */
function settled(document: VerdictDocument, isAsked: boolean, read: LogRead): VerdictDocument {
  const isKept = ({ metric, pass }: ExpectationResult): boolean =>
    isAsked || pass !== null || !IF_TOLD.includes(metric);
  const expectations = document.expectations.filter(isKept);
  const untold = document.expectations.filter((one) => !isKept(one));
  const actors = Object.entries(document.actors).map(([name, actor]) => [
    name,
    read.longestUs === null ? actor : { ...actor, latencyMs: { p50: null, p99: null, p999: null } },
  ]);
  return {
    ...document,
    verdict: verdictOf(expectations),
    expectations,
    actors: Object.fromEntries(actors),
    notes: [...document.notes, ...untold.map(({ text, evidence }) => `${text} can't be told: ${evidence[0] ?? ''}`)],
  };
}

function verdictOf(expectations: readonly ExpectationResult[]): Verdict {
  if (expectations.some(({ pass }) => pass === false)) return 'fail';
  return expectations.some(({ pass }) => pass === null) ? 'undecided' : 'pass';
}
