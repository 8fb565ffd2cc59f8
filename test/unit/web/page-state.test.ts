import { describe, expect, test } from 'vitest';
import { afterEvent, type PageState } from '../../../harness/web/page-state.js';
import { sampleDefaults, samplePage, sampleRun } from '../../support/page-sample.js';

const data = samplePage({ bins: 8, actors: 2 });
const other = sampleRun({ ...sampleDefaults, bins: 8, actors: 2, scenario: 'other' });
const state: PageState = { data: { ...data, runs: [...data.runs, other] }, connection: 'lost', exitCode: null };

describe('what the page knows', () => {
  test('is replaced by a page, and is live again', () => {
    expect(afterEvent(state, { event: 'page', data })).toEqual({ data, connection: 'open', exitCode: null });
  });

  test('changes in one run alone', () => {
    const run = { ...other, scenario: 'newer' };
    const after = afterEvent(state, { event: 'run', data: { index: 1, run } });
    expect(after.data?.runs).toEqual([data.runs[0], run]);
    expect(after.connection).toBe('open');
  });

  test('takes bins into the run that they are of', () => {
    const series = other.series;
    if (series === null) throw new Error('no series was made');
    const after = afterEvent(state, {
      event: 'series',
      data: { index: 1, series: { ...series, firstBin: 0, bins: 2 } },
    });
    expect(after.data?.runs[1]?.series?.bins).toBe(2);
    expect(after.data?.runs[0]).toBe(data.runs[0]);
  });

  test('stays as it is when a run is told that is not there, or nothing was told before', () => {
    const after = afterEvent(state, { event: 'run', data: { index: 7, run: other } });
    expect(after.data?.runs).toEqual(state.data?.runs);
    const empty: PageState = { data: null, connection: 'opening', exitCode: null };
    expect(afterEvent(empty, { event: 'run', data: { index: 0, run: other } })).toBe(empty);
  });

  test('is over with the exit code of the suite', () => {
    const after = afterEvent(state, { event: 'end', data: { exitCode: 3 } });
    expect([after.connection, after.exitCode, after.data]).toEqual(['over', 3, state.data]);
  });
});
