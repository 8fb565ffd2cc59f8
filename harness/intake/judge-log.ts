/** Judges what a log tells: the same verdict as of a run, without sending anything. */
import { identityOffsets } from '../actors/identities/offsets.js';
import { judgeRun } from '../judge/judge.js';
import type { ActorResult, ExpectationResult, Verdict, VerdictDocument } from '../judge/verdict.js';
import { type Policy, type PolicyLimit, requestClasses } from '../scenario/plan.js';
import type { LogMap } from './log-map.js';
import { notesOfLog } from './log-notes.js';
import { expectationsOf, planOfLog, worldOfLog } from './log-plan.js';
import type { LineCounts, LogRead } from './read-log.js';

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
function usualExpectations(policy: Policy, read: LogRead): readonly string[] {
  const hasSignatures = read.callers.signatures.size > 0;
  return [
    'all.leak <= 0',
    ...(canBeWrongful(policy, read) ? ['all.wrongfulBlocks <= 0'] : []),
    ...(hasSignatures && policy.auth !== null && policy.auth.replay === 'refuse' ? ['all.replaysAccepted <= 0'] : []),
  ];
}

/** Whether a throttle can be called wrongful. */
function canBeWrongful(policy: Policy, read: LogRead): boolean {
  const { exclusive, nodes } = policyOfLog(policy, read);
  return exclusive && nodes === 1;
}

/**
 * The policy as far as a log can be held to it. Of lines that tell nothing the limits may have counted some: without them a
 * limiter looks emptier than it was, as if others had access. What was ordered before the log began may be filled at any
 * time, and so explain any number of cells of a limit that is credited.
 */
function policyOfLog(policy: Policy, read: LogRead): Policy {
  const isCredited = policy.limits.some(
    (limit) => 'creditsMax' in limit && limit.creditsMax.some((cells) => cells > 0),
  );
  return { ...policy, exclusive: policy.exclusive && !missesCharges(policy, read.counts) && !isCredited };
}

/** Whether a limit may have counted requests of lines that are not among the rows. */
function missesCharges({ limits }: Policy, { unreadable, other, otherWay }: LineCounts): boolean {
  // One that counts all classes counts whatever is asked, and so what is of none of them.
  return unreadable + otherWay.count > 0 || (other.count > 0 && limits.some(countsAll));
}

function countsAll({ costs, isShadow }: PolicyLimit): boolean {
  return !isShadow && requestClasses.every((_, index) => (costs[index] ?? 0) > 0);
}

export function judgeLog(task: JudgeLogTask): VerdictDocument {
  const { read, map, policy, expected } = task;
  // Of unlabelled callers nobody says that they are honest: their own part is looked at when it is asked for.
  const tellsHonest = map.actors.length > 0 || expected.some((text) => /falseBlock|recovery|collateral/.test(text));
  const texts = expected.length > 0 ? expected : usualExpectations(policy, read);
  // A time of 0 stands for "never" in an observation.
  const originUs = read.store.firstUs - 1;
  const plan = planOfLog({
    name: task.name,
    policy: policyOfLog(policy, read),
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
    fromLog: { startUs: read.startUs - originUs, tellsHonest },
  });
  return { ...settled(document, expected.length > 0, read, tellsHonest), durationMs: task.durationMs() };
}

/** Without what nobody has asked for and nothing tells. */
function settled(document: VerdictDocument, isAsked: boolean, read: LogRead, tellsHonest: boolean): VerdictDocument {
  const isKept = ({ metric, pass }: ExpectationResult): boolean =>
    isAsked || pass !== null || !IF_TOLD.includes(metric);
  const expectations = document.expectations.filter(isKept);
  const untold = document.expectations.filter((one) => !isKept(one));
  const actors = Object.entries(document.actors).map(([name, actor]): [string, ActorResult] => [
    name,
    {
      ...actor,
      falseBlockRate: tellsHonest ? actor.falseBlockRate : null,
      latencyMs: read.longestUs === null ? actor.latencyMs : { p50: null, p99: null, p999: null },
    },
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
