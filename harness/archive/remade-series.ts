/** The series of a run that lacks its `series.json`, made again from its rows. */
import { join } from 'node:path';
import { buildWorld } from '../actors/identities/world.js';
import { type ColumnName, columnNames, type ObservationBatch, type ObservationSource } from '../judge/observation.js';
import { generatorSeconds, type MachineSecond, type ThreadSecond } from '../timeline/generator-seconds.js';
import type { GeneratorSecond } from '../timeline/series.js';
import { seriesOf } from '../timeline/series-of.js';
import type { ArchivedRun } from './archived-run.js';
import { readDocument } from './read-document.js';

interface GeneratorFile {
  readonly seconds: readonly ThreadSecond[];
  readonly machine: readonly MachineSecond[];
}

/**
 * The run with its series: as they were saved, or made from rows and plan. It takes some seconds for ten million rows.
 *
 * Never throws for what is in the folder: rows that are damaged in the middle are counted up to there, and a plan that can't
 * be played any more makes none. What happened is added to `missing`.
 */
export function withSeries(run: ArchivedRun): ArchivedRun {
  const { folder, record, rows, series, verdict } = run;
  if (series !== null || record === null || rows === null) return run;
  const said: string[] = [];
  try {
    const { plan, seed } = record;
    const world = buildWorld(plan, seed);
    const read = upToDamage(rows, columnsOfSeries, (why) => {
      said.push(
        `the rows can be read up to the damage alone (${why}): the courses over time end there, or tell too little`,
      );
    });
    const remade = seriesOf({ plan, seed }, world, read, verdict?.leaks ?? [], generatorOf(run, said));
    return { ...run, series: remade, missing: [...run.missing, ...said] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    said.push(`the courses over time can't be made from the rows of ${folder}, as if the plan had been edited: ${why}`);
    return { ...run, missing: [...run.missing, ...said] };
  }
}

/** What `SeriesBuilder` reads. */
const columnsOfSeries = columnNames.filter(
  (name) => !['dispatchedUs', 'kind', 'status', 'signature', 'retryAfterMs'].includes(name),
);

/**
 * Ends where the rows can't be read any further, which is told once, however often they are walked over.
 *
 * @param looked - the columns that will be looked at: those of a sealed record are unpacked when that happens first, so it is
 * made to happen here.
 */
export function upToDamage(
  rows: ObservationSource,
  looked: readonly ColumnName[],
  onDamage: (why: string) => void,
): ObservationSource {
  let isTold = false;
  return function* walk() {
    const batches = rows()[Symbol.iterator]();
    try {
      for (;;) {
        const next = nextOf(batches, looked);
        if (next instanceof Error) {
          if (!isTold) onDamage(next.message);
          isTold = true;
          return;
        }
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      batches.return?.();
    }
  };
}

function nextOf(
  batches: Iterator<ObservationBatch>,
  looked: readonly ColumnName[],
): IteratorResult<ObservationBatch> | Error {
  try {
    const next = batches.next();
    if (next.done !== true) for (const name of looked) next.value.columns[name].at(0);
    return next;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function generatorOf({ folder, record }: ArchivedRun, said: string[]): readonly GeneratorSecond[] {
  if (record === null) return [];
  const { document, fault } = readDocument<GeneratorFile>(folder, 'generator.json');
  if (document === null) {
    said.push(`${fault}: how the generator did is told by the verdict alone (${join(folder, 'generator.json')})`);
    return [];
  }
  return generatorSeconds(record.plan, document.seconds, document.machine);
}
