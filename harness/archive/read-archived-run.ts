/** Reads a run folder with whatever it has: each part that is missing, damaged or of another run is told in a sentence. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../engine/record/run-folder.js';
import { type Fault, FloodproofError } from '../errors.js';
import type { VerdictDocument } from '../judge/verdict.js';
import type { SeriesDocument } from '../timeline/series.js';
import type { ArchivedRun } from './archived-run.js';
import {
  otherRun,
  planContradictions,
  type RunMark,
  seriesContradictions,
  verdictContradictions,
} from './contradictions.js';
import { type KeptRows, keptRows, SEALED_NAME } from './kept-rows.js';
import { type ReadDocument, readDocument } from './read-document.js';
import { type ReadRecord, readRecord } from './read-record.js';

/**
 * Reads the documents of a folder and opens its record; of the rows themselves none is read yet.
 *
 * What a folder is of says its verdict, or its plan where it has none. A part that is of another scenario or seed is left out.
 *
 * @throws {FloodproofError} FP_RUN_UNREADABLE when the folder is not there, or nothing in it can be read.
 */
export function readArchivedRun(folder: string): ArchivedRun {
  assertFolder(folder);
  const plan = readRecord(folder);
  const verdict = readDocument<VerdictDocument>(folder, 'verdict.json');
  const series = readDocument<SeriesDocument>(folder, 'series.json');
  const rows = keptRows(folder);
  assertSomething(folder, plan, verdict, series, rows);
  const found = { record: plan.record, verdict: verdict.document, series: series.document, rows };
  const { kept, others } = ofOneRun(found);
  const missing = [
    ...others,
    ...faultSentences(plan, verdict),
    ...(series.fault === null ? [] : [`${series.fault}: ${withoutSeries(kept)}`]),
    ...rowSentences(rows, verdict.document, series.document),
    ...contradictionsOf(kept),
  ];
  return { folder, ...kept, missing };
}

function assertFolder(folder: string): void {
  let isFolder: boolean;
  try {
    isFolder = statSync(folder).isDirectory();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'it is not there' : message;
    throw new FloodproofError('FP_RUN_UNREADABLE', `cannot read the run ${folder}: ${why}`, { cause });
  }
  if (!isFolder) throw new FloodproofError('FP_RUN_UNREADABLE', `cannot read the run ${folder}: it is not a folder`);
}

/** @throws {FloodproofError} FP_RUN_UNREADABLE with what is wrong with each file that there is. */
function assertSomething(
  folder: string,
  plan: ReadRecord,
  verdict: ReadDocument<VerdictDocument>,
  series: ReadDocument<SeriesDocument>,
  rows: KeptRows,
): void {
  if (plan.record !== null || verdict.document !== null || series.document !== null || rows.source !== null) return;
  const parts = [
    { name: 'plan.json', isThere: plan.isThere, why: plan.fault ?? '' },
    { name: 'verdict.json', isThere: verdict.isThere, why: verdict.fault ?? '' },
    { name: 'series.json', isThere: series.isThere, why: series.fault ?? '' },
    { name: SEALED_NAME, isThere: rows.isThere, why: rows.faults.join('; ') },
  ].filter(({ isThere }) => isThere);
  if (parts.length === 0) {
    throw new FloodproofError('FP_RUN_UNREADABLE', `${folder} holds no run: none of the files of one is there`);
  }
  const faults = parts.map(
    ({ name, why }): Fault => ({
      code: 'FP_RUN_UNREADABLE',
      file: join(folder, name),
      line: 0,
      column: 0,
      message: why,
      hint: 'bring it back from a copy, or play the scenario again',
    }),
  );
  throw new FloodproofError('FP_RUN_UNREADABLE', `${folder} holds nothing that can be read`, { faults });
}

interface Found {
  readonly record: RunRecord | null;
  readonly verdict: VerdictDocument | null;
  readonly series: SeriesDocument | null;
  readonly rows: KeptRows;
}

type Kept = Pick<ArchivedRun, 'record' | 'verdict' | 'series' | 'rows'>;

/** Leaves out what is of another run than the first of verdict, plan, series and rows that says of which it is. */
function ofOneRun({ record, verdict, series, rows }: Found): {
  readonly kept: Kept;
  readonly others: readonly string[];
} {
  const marks: readonly (readonly [string, RunMark | null])[] = [
    ['verdict.json', verdict],
    ['plan.json', record === null ? null : { scenario: record.plan.name, seed: record.seed }],
    ['series.json', series],
    [SEALED_NAME, markOf(rows)],
  ];
  const [referenceName, reference] = marks.find(([, mark]) => mark !== null) ?? ['', null];
  const others = new Map<string, string>();
  for (const [name, mark] of marks) {
    if (mark === null || reference === null) continue;
    const sentence = otherRun(name, mark, referenceName, reference);
    if (sentence !== null) others.set(name, sentence);
  }
  // Rows that do not say of which run they are can be told by their plan alone.
  const isOtherRows = others.has(SEALED_NAME);
  return {
    kept: {
      record: others.has('plan.json') ? null : record,
      verdict,
      series: others.has('series.json') ? null : series,
      rows: isOtherRows ? null : rows.source,
    },
    others: [...others.values()],
  };
}

function markOf({ facts }: KeptRows): RunMark | null {
  const scenario = facts.get('floodproof.scenario');
  const seed = facts.get('floodproof.seed');
  return scenario === undefined || seed === undefined ? null : { scenario, seed: Number(seed) };
}

function faultSentences(plan: ReadRecord, verdict: ReadDocument<VerdictDocument>): readonly string[] {
  const sentences: string[] = [];
  if (plan.fault !== null) sentences.push(`${plan.fault}: the plan can't be shown, nor the run be replayed from here`);
  if (verdict.fault !== null) {
    const why = verdict.isThere ? '' : ' (it is written last: the run was cut off before, or it was removed)';
    sentences.push(`${verdict.fault}${why}: nothing is judged`);
  }
  return sentences;
}

/** `withSeries` makes them from plan and rows, both of this run. */
function withoutSeries({ record, rows }: Kept): string {
  if (record !== null && rows !== null) return 'courses over time are made from the rows';
  const lacking = record !== null ? 'the rows' : rows !== null ? 'the plan' : 'the plan and the rows';
  return `there are no courses over time, for they can't be made without ${lacking}`;
}

function rowSentences(
  rows: KeptRows,
  verdict: VerdictDocument | null,
  series: SeriesDocument | null,
): readonly string[] {
  const sentences = rows.faults.map((fault) => `${fault}: single requests can't be listed`);
  if (rows.isOpen) {
    sentences.push(
      'the record is not sealed: what was observed until the run was cut off is there, and perhaps not all',
    );
  }
  if (!rows.isThere) {
    const why = verdict?.notes.some((note) => note.includes('observations are not kept')) === true;
    const reason = why ? 'is not kept of a run of this size' : 'is not there';
    sentences.push(`${SEALED_NAME} ${reason}: single requests can't be listed`);
  }
  if (rows.count !== null && verdict !== null) {
    const judged = Object.values(verdict.actors).reduce((sum, { sent }) => sum + sent, 0);
    if (rows.count < judged) {
      sentences.push(`${SEALED_NAME} has ${rows.count} rows, and ${judged} requests were judged: it is not whole`);
    }
  }
  if (series !== null && series.bins === 0 && rows.count !== null && rows.count > 0) {
    sentences.push('series.json has no bins, though there were requests');
  }
  return sentences;
}

function contradictionsOf({ record, verdict, series }: Kept): readonly string[] {
  if (verdict === null) return [];
  return [
    ...verdictContradictions(verdict),
    ...(record === null ? [] : planContradictions(record, verdict)),
    ...(series === null ? [] : seriesContradictions(series, verdict)),
  ];
}
