/**
 * Observations + oracle + expectations -> verdict. Pure and synchronous.
 *
 * The record is walked over two to four times instead of being kept: once to count and to learn how late answers came,
 * once for the oracles, once more for the requests behind a leak and once for those behind what else did not hold. Memory
 * grows with
 * identities and keys (some bytes each, more for those that were blocked or can have leaked) and with the rows that wait
 * for an answer at once, not with the length of the run; only `timeToContain`, `recovery` keep ten
 * numbers a second and the replay audit one bit a signature.
 */
import { Outcome } from '../actors/outcome.js';
import type { Plan, PolicyLimit } from '../scenario/plan.js';
import { BlockEvidence } from './block-evidence.js';
import { type BlockJudgement, BlockOracle, type FromLog } from './block-oracle.js';
import { isProvable } from './bound.js';
import { beside, type Controls, controlNotes } from './controls.js';
import { Counters } from './counters.js';
import { Evidence } from './evidence.js';
import { gatherRequests } from './evidence-walk.js';
import { evaluate } from './expectations.js';
import { hardestHitOf } from './hardest-hit.js';
import { type JudgedRun, TimeSeekers } from './judged-run.js';
import { type JudgedWorld, judgedWorld, type KnownWorld } from './judged-world.js';
import { provedThoughLate } from './late-run.js';
import type { EncodedLatency } from './latency-book.js';
import { LeakOracle, type LeakSubject } from './leak-oracle.js';
import { LEAKS_MAX, LeakReport } from './leak-report.js';
import type { FollowBounds } from './leak-screen.js';
import { measure } from './measures.js';
import type { ObservationSource } from './observation.js';
import { convictedOf, smallestLatencyChange, smallestProvableLeak } from './power.js';
import { ReplayAudit } from './replay-audit.js';
import type { RetryFinding } from './retry-watch.js';
import { forEachRow, type Row } from './row.js';
import { phaseAt, selectionOf } from './scope.js';
import { Survey } from './survey.js';
import { Tally } from './tally.js';
import type { ActorResult, ExpectationResult, GeneratorResult, Leak, Verdict, VerdictDocument } from './verdict.js';
import { countText } from './wording.js';

const LATE_PROOF =
  'the generator fell behind, and what is proved all the same stands: what else was expected is not judged, see generator';

export interface JudgeTask {
  readonly plan: Plan;
  readonly world: KnownWorld;
  readonly observations: ObservationSource;
  readonly generator: GeneratorResult;
  readonly isInterrupted: boolean;
  readonly seed: number;
  readonly target: string;
  readonly engine: 'native' | 'ts';
  readonly decisionHash?: string | null;
  readonly notes: readonly string[];
  readonly replay: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly startedAt: string;
  readonly durationMs: number;
  /** What was measured beside the run; left out or null = nothing was. */
  readonly controls?: Controls | null;
  /** Up to where every counter is followed; the usual ones when left out. */
  readonly followBounds?: FollowBounds;
  /** The rows are a server's log and no run of ours; left out = they are a run's. */
  readonly fromLog?: FromLog;
}

export interface Judgement {
  readonly document: VerdictDocument;
  /** Latencies of admitted requests by kind, actor, class and phase, as histograms that other runs' can be added to. */
  readonly latencies: readonly EncodedLatency[];
}

export function judgeRun(task: JudgeTask): VerdictDocument {
  return judgeFully(task).document;
}

/** The verdict, and the histograms behind its percentiles. */
export function judgeFully(task: JudgeTask): Judgement {
  const counted = countRows(task, nobody);
  return { document: writeVerdict(task, counted), latencies: counted.tally.latencies.encode() };
}

/** What a run is studied from: a task without what its verdict only repeats. */
export type StudyTask = Pick<JudgeTask, 'plan' | 'world' | 'observations' | 'seed' | 'followBounds' | 'fromLog'>;

/** Whoever counts by himself what is seen of a run while it is studied. */
export interface StudyWatch {
  /** Once for each row, in the order of the record; the row is overwritten when the next one comes. */
  readonly onRow: (row: Row) => void;
  readonly onJudged: (judgement: BlockJudgement) => void;
}

const nobody: StudyWatch = { onRow: () => undefined, onJudged: () => undefined };

/** All that metrics are measured by (`measure`), for others than the expectations of the plan. */
export function studyRun(task: StudyTask, watch: StudyWatch): JudgedRun {
  const counted = countRows(task, watch);
  return judgedRun(task, counted, askOracles(task, counted, watch));
}

function judgedRun({ plan, seed }: StudyTask, counted: Counted, found: Found): JudgedRun {
  return {
    plan,
    tally: counted.tally,
    leakSubjects: found.subjects,
    perhapsLeakSubjects: found.perhapsSubjects,
    followsSome: counted.survey.screen.followsSome,
    charges: counted.survey.charges,
    limitedActors: counted.survey.limitedActors,
    provableActors: counted.survey.provableActors,
    seekers: counted.seekers,
    seed,
  };
}

function writeVerdict(task: JudgeTask, counted: Counted): VerdictDocument {
  const { plan } = task;
  const controls = task.controls ?? null;
  const found = askOracles(task, counted, nobody);
  const run = judgedRun(task, counted, found);
  const convicted = convictedOf(found.subjects);
  const leaks = reportLeaks(task, counted.counters, convicted.slice(0, LEAKS_MAX));
  const { results: expectations, provesThoughLate } = judgeExpectations(task, counted, run, found.blocks);
  return {
    schema: 'floodproof/verdict/1',
    scenario: plan.name,
    claim: plan.claim,
    target: task.target,
    engine: task.engine,
    seed: task.seed,
    decisionHash: task.decisionHash ?? null,
    verdict: verdictOf(task, expectations, provesThoughLate),
    expectations,
    actors: Object.fromEntries(plan.actors.map(({ name, label }) => [name, actorResult(run, name, label)])),
    leaks,
    // Of callers without a label nobody says that they are honest.
    ...(task.fromLog?.tellsHonest === false ? {} : { hardestHit: hardestHitOf(run, counted.world) }),
    unsure: counted.tally.unsureRows,
    smallestProvableLeak: smallestProvableLeak(
      found.subjects,
      ({ limitIndex, counter }) => counted.survey.isBlocked(limitIndex, counter),
      counted.survey.screen.missesPressed,
    ),
    smallestLatencyChange: smallestLatencyChange(run),
    controls,
    generator: task.generator,
    notes: [
      ...task.notes,
      ...(provesThoughLate ? [LATE_PROOF] : []),
      ...(controls === null ? [] : controlNotes(controls)),
      ...notesOf(plan, counted, convicted.length),
      ...(task.fromLog === undefined ? [] : gapNotes(plan, counted)),
    ],
    replay: task.replay,
    versions: task.versions,
    startedAt: task.startedAt,
    durationMs: task.durationMs,
  };
}

interface Expected {
  readonly results: readonly ExpectationResult[];
  /** The generator fell behind, and an expectation certainly did not hold all the same. */
  readonly provesThoughLate: boolean;
}

function judgeExpectations(task: JudgeTask, counted: Counted, run: JudgedRun, blocks: BlockEvidence): Expected {
  const { plan, observations } = task;
  const { world, counters, replays } = counted;
  const evidence = new Evidence({ run, world, blocks, replays, counters });
  const evaluations = plan.expectations.map((expectation) => evaluate(run, expectation, evidence));
  const misses = evaluations.map(({ miss }) => miss);
  const requests = gatherRequests(
    {
      run,
      counters,
      replays,
      observations,
      newBlockOracle: (onJudged, onRetry) => newBlockOracle(task, counted, onJudged, onRetry),
    },
    misses,
  );
  const results = plan.expectations.map((expectation, index) => {
    const { result } = evaluations[index] as (typeof evaluations)[number];
    const shown = requests[index] ?? null;
    return beside(plan, task.controls ?? null, expectation, shown === null ? result : { ...result, requests: shown });
  });
  const isLate = task.generator.faults.length > 0;
  const proved = isLate && !task.isInterrupted ? provedThoughLate(results, misses) : null;
  return { results: proved ?? results, provesThoughLate: proved !== null };
}

interface Counted {
  readonly world: JudgedWorld;
  readonly counters: Counters;
  readonly survey: Survey;
  readonly tally: Tally;
  readonly replays: ReplayAudit;
  readonly seekers: TimeSeekers;
}

function countRows({ plan, world: known, observations, seed, followBounds }: StudyTask, watch: StudyWatch): Counted {
  const world = judgedWorld(known);
  const counters = new Counters(plan.policy, world);
  const survey = new Survey(plan, counters, followBounds);
  const tally = new Tally({ plan, seed, isRegistered: (account) => world.isRegistered(account) });
  const seekers = new TimeSeekers(plan, counters);
  const replays = new ReplayAudit((actor) => plan.actors[actor]?.label === 'abuse');
  const seeking = [...seekers.containments.values(), ...seekers.recoveries.values()];
  forEachRow(
    observations,
    (row) => {
      survey.add(row);
      tally.add(row);
      watch.onRow(row);
      for (const seeker of seeking) seeker.add(row);
      const replay = replays.add(row);
      if (replay === null) return;
      const phase = tally.phaseOf(row);
      if (phase < 0) return;
      const grid = replay.isCertain ? tally.replays : tally.perhapsReplays;
      for (const actor of replay.actors) grid.add(actor, phase);
    },
    false,
  );
  return { world, counters, survey, tally, replays, seekers };
}

interface Found {
  readonly subjects: readonly LeakSubject[];
  readonly perhapsSubjects: readonly LeakSubject[];
  readonly blocks: BlockEvidence;
}

function newBlockOracle(
  { plan, fromLog }: StudyTask,
  { counters, survey }: Counted,
  onJudged: (judgement: BlockJudgement) => void,
  onRetry: (row: Row, finding: Exclude<RetryFinding, 'untold'>) => void,
): BlockOracle {
  return new BlockOracle({
    plan,
    counters,
    blockedCounters: survey.blockedCounters,
    blockedIdentities: survey.blockedIdentities,
    coldLimits: survey.coldLimits(),
    lagUsMax: survey.lagUsMax,
    fromLog: fromLog === undefined ? null : { ...fromLog, untoldLimits: survey.untoldLimits, hasBans: survey.hasBans },
    onJudged,
    onRetry,
  });
}

function askOracles(task: StudyTask, counted: Counted, watch: StudyWatch): Found {
  const { plan, observations } = task;
  const { counters, survey, tally, seekers } = counted;
  const blocks = new BlockEvidence(plan);
  const recoveries = [...seekers.recoveries.values()];
  const newLeakOracle = (countsUnclear: boolean): LeakOracle =>
    new LeakOracle({
      policy: plan.policy,
      counters,
      credits: survey.credits,
      dearestCells: survey.dearestCells,
      serviceUsMax: survey.serviceUsMax,
      countsUnclear,
      followed: (limitIndex) => survey.screen.followed(limitIndex),
      phaseAt: (us) => phaseAt(plan.phases, us),
    });
  const leakOracle = newLeakOracle(false);
  const perhapsOracle = survey.hasUnclear ? newLeakOracle(true) : null;
  const blockOracle = newBlockOracle(
    task,
    counted,
    (judgement) => {
      tally.judge(judgement);
      watch.onJudged(judgement);
      blocks.judge(judgement);
      for (const seeker of recoveries) seeker.judge(judgement);
    },
    (row, finding) => {
      const phase = tally.phaseOf(row);
      if (phase >= 0) (finding === 'kept' ? tally.retriesKept : tally.retriesBroken).add(row.actor, phase);
    },
  );
  forEachRow(
    observations,
    (row) => {
      leakOracle.add(row);
      perhapsOracle?.add(row);
      blockOracle.add(row);
    },
    false,
  );
  blockOracle.finish();
  const subjects = [...leakOracle.subjects()];
  return { subjects, perhapsSubjects: perhapsOracle === null ? subjects : [...perhapsOracle.subjects()], blocks };
}

function reportLeaks(
  { plan, observations }: JudgeTask,
  counters: Counters,
  convicted: readonly LeakSubject[],
): readonly Leak[] {
  if (convicted.length === 0) return [];
  const report = new LeakReport(plan, counters, convicted);
  forEachRow(observations, (row) => report.add(row));
  return report.leaks();
}

function verdictOf(task: JudgeTask, expectations: readonly ExpectationResult[], provesThoughLate: boolean): Verdict {
  if (task.isInterrupted) return 'interrupted';
  if (provesThoughLate) return 'fail';
  if (task.generator.faults.length > 0) return 'invalid';
  if (expectations.some(({ pass }) => pass === false)) return 'fail';
  return expectations.some(({ pass }) => pass === null) ? 'undecided' : 'pass';
}

function actorResult(run: JudgedRun, name: string, label: 'legit' | 'abuse'): ActorResult {
  const { tally } = run;
  const actor = run.plan.actors.findIndex((one) => one.name === name);
  const selection = { actors: [actor], phases: run.plan.phases.map((_, index) => index) };
  const latencyMs = (percent: number): number | null => {
    const us = tally.latencies.percentileUs('intended', selection, percent);
    return us === null ? null : us / 1000;
  };
  return {
    label,
    sent: tally.sent.sum(selection),
    admitted: tally.count(Outcome.admitted, selection),
    throttled: tally.count(Outcome.throttled, selection),
    refused: tally.count(Outcome.refused, selection) + tally.count(Outcome.denied, selection),
    banned: tally.count(Outcome.banned, selection),
    errors: tally.errors.sum(selection),
    falseBlockRate: label === 'legit' ? measure(run, name, 'falseBlockRate', null).value : null,
    leakCells: measure(run, name, 'leak', null).value ?? 0,
    latencyMs: { p50: latencyMs(50), p99: latencyMs(99), p999: latencyMs(99.9) },
  };
}

function unprovableText(limit: PolicyLimit): string {
  return limit.family === 'concurrency'
    ? 'how many requests it held at once cannot be told from outside, so no leak of it can be proved'
    : 'others may have been filled on the same counters (exclusive: false), so no leak of it can be proved';
}

function notesOf(plan: Plan, { survey, tally }: Counted, convicted: number): string[] {
  const { policy } = plan;
  const notes: string[] = [];
  const unclear = tally.count(Outcome.unclear, selectionOf(plan, 'all', null));
  if (unclear > 0)
    notes.push(
      `${countText(unclear, 'answer')} (a 404, a redirect and the like) can't tell whether the limits let the request ` +
        'through: what depends on them is undecided',
    );
  if (convicted > LEAKS_MAX) notes.push(`${convicted} counters leaked; the ${LEAKS_MAX} worst are listed`);
  if (!policy.exclusive) notes.push('the policy is not exclusive: no throttle can be called wrongful or false');
  if (policy.nodes > 1)
    notes.push(`the limits are counted on ${policy.nodes} nodes: no throttle can be called wrongful or false`);
  for (const limit of policy.limits) {
    if (!limit.isShadow && !isProvable(limit, policy)) notes.push(`limit ${limit.name}: ${unprovableText(limit)}`);
  }
  const resets = tally.count(Outcome.reset, selectionOf(plan, 'all', null));
  if (resets > 0 && policy.limits.some(({ kills, isShadow }) => kills && !isShadow))
    notes.push(
      `${countText(resets, 'request')} lost the connection: limits of this policy close it, so the requests beside a ` +
        'throttled one are lost with it; they count as errors, and what became of them is unsure',
    );
  for (const index of survey.coldLimits()) {
    const limit = policy.limits[index];
    notes.push(
      `limit ${limit?.name} holds ${limit?.maxKeys} keys and saw so many that some may have shared a counter: its ` +
        "throttles can't be called wrongful",
    );
  }
  return notes;
}

/** What a log does not tell of the limits, and so leaves unsure. */
function gapNotes({ policy }: Plan, { survey }: Counted): string[] {
  const named = (limit: PolicyLimit | undefined, why: string): string =>
    `limit ${limit?.name}: ${why}, so no throttle that may be of this limit can be called wrongful`;
  return [
    ...[...survey.untoldLimits].map((index) =>
      named(
        policy.limits[index],
        `some lines of requests that it counts lack the ${policy.limits[index]?.by.join(' or ')}`,
      ),
    ),
    ...policy.limits
      .filter(({ ban, isShadow }) => ban !== null && !isShadow && !survey.hasBans)
      .map((limit) => named(limit, 'no line is of a ban, and perhaps bans are answered as throttles are')),
  ];
}
