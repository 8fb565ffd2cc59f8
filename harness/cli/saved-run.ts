/** A run that was played: its judgement, and all that is kept of it in its folder. */
import { rmSync } from 'node:fs';
import { buildWorld } from '../actors/identities/world.js';
import type { Played } from '../engine/play.js';
import { sealParquet } from '../engine/record/parquet.js';
import type { RunFolder, RunRecord } from '../engine/record/run-folder.js';
import { FloodproofError } from '../errors.js';
import type { Controls } from '../judge/controls.js';
import { type Judgement, judgeFully } from '../judge/judge.js';
import type { KnownWorld } from '../judge/judged-world.js';
import type { VerdictDocument } from '../judge/verdict.js';
import { renderJson, suiteDocument } from '../report/json.js';
import { renderJunit } from '../report/junit.js';
import { renderMarkdown } from '../report/markdown.js';
import { renderPage } from '../report/page.js';
import { pageRun, savedPage } from '../report/page-run.js';
import { type Plan, requestClasses } from '../scenario/plan.js';
import { generatorSeconds } from '../timeline/generator-seconds.js';
import type { SeriesDocument } from '../timeline/series.js';
import { seriesOf } from '../timeline/series-of.js';
import { readPageTemplate } from '../watch/page-file.js';
import { versions } from './versions.js';

/** What was repaired in, or is odd about, the files of times. */
export function traceNotes({ traces = [] }: Pick<Played, 'traces'>): readonly string[] {
  return [...new Set(traces.flatMap(({ notes }) => notes))];
}

export interface JudgeFacts {
  readonly engine: 'native' | 'ts';
  readonly notes: readonly string[];
  readonly startedAt: Date;
  readonly replay: string;
  /** When it is there already; made from plan and seed else. */
  readonly world?: KnownWorld;
  /** What was measured beside the run; left out = nothing was. */
  readonly controls?: Controls | null;
  /** Of virtual time; null over HTTP, and of a run that was stopped. */
  readonly decisionHash?: string;
}

export function judgePlayed(record: RunRecord, played: Played, facts: JudgeFacts): Judgement {
  return judgeFully({
    plan: record.plan,
    world: facts.world ?? buildWorld(record.plan, record.seed),
    observations: played.observations,
    generator: played.generator,
    isInterrupted: played.isInterrupted,
    seed: record.seed,
    target: record.target,
    engine: facts.engine,
    decisionHash: facts.decisionHash ?? null,
    notes: facts.notes,
    controls: facts.controls ?? null,
    replay: facts.replay,
    versions: versions(),
    startedAt: facts.startedAt.toISOString(),
    durationMs: Math.round(played.durationUs / 1000),
  });
}

export interface SaveFacts {
  /** The record that the run was judged by. */
  readonly record: Pick<RunRecord, 'plan' | 'seed' | 'gatewayPolicy'>;
  /** When it is there already; made from plan and seed else. */
  readonly world?: KnownWorld;
  /** false where the rows are too many to be kept, and the seed makes them again; yes when left out. */
  readonly keepsRows?: boolean;
}

/**
 * The verdict comes last: a folder that has one is whole.
 *
 * @throws {FloodproofError} FP_DISK
 */
export function saveRun(
  folder: RunFolder,
  { record, world, keepsRows = true }: SaveFacts,
  played: Played,
  { document, latencies }: Judgement,
): void {
  const { plan, seed } = record;
  folder.write('generator.json', `${JSON.stringify({ seconds: played.seconds, machine: played.machine }, null, 2)}\n`);
  folder.write('latency.json', renderLatencies(plan, latencies));
  const series = seriesOf(
    record,
    world ?? buildWorld(plan, seed),
    played.observations,
    document.leaks,
    generatorSeconds(plan, played.seconds, played.machine),
    played.durationUs,
  );
  folder.write('series.json', `${JSON.stringify(series)}\n`);
  if (keepsRows) {
    sealParquet(folder.file('observations.parquet'), played.observations, {
      'floodproof.scenario': document.scenario,
      'floodproof.seed': String(document.seed),
      'floodproof.schema': 'floodproof/observations/1',
    });
  }
  for (const path of played.files) rmSync(path, { force: true });
  const suite = suiteDocument([document]);
  folder.write('junit.xml', renderJunit(suite));
  folder.write('summary.md', renderMarkdown(suite));
  writePage(folder, record, document, series);
  folder.write('verdict.json', renderJson(document));
}

/** A checkout in which the page was not built has no template for it: then the run is saved without its page. */
function writePage(
  folder: RunFolder,
  { plan, gatewayPolicy }: SaveFacts['record'],
  verdict: VerdictDocument,
  series: SeriesDocument,
): void {
  let template: string;
  try {
    template = readPageTemplate();
  } catch (error) {
    if (error instanceof FloodproofError && error.code === 'FP_PAGE_ABSENT') return;
    throw error;
  }
  const facts = { folder: folder.path, state: 'ended', plan, enforcedPolicy: gatewayPolicy, verdict, series } as const;
  folder.write('report.html', renderPage(template, savedPage([pageRun({ ...facts, missing: [], error: null })])));
}

/** Encoded HdrHistograms (microseconds) with the names of their actor, class and phase. */
function renderLatencies(plan: Plan, latencies: Judgement['latencies']): string {
  const histograms = latencies.map(({ kind, actor, requestClass, phase, histogram }) => ({
    kind,
    actor: plan.actors[actor]?.name,
    requestClass: requestClasses[requestClass],
    phase: plan.phases[phase]?.name,
    histogram,
  }));
  return `${JSON.stringify({ schema: 'floodproof/latency/1', unit: 'us', histograms }, null, 2)}\n`;
}
