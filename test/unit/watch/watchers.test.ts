import { expect, it } from 'vitest';
import type { SuiteWatcher } from '../../../harness/watch/suite-watcher.js';
import { Watchers } from '../../../harness/watch/watchers.js';
import { aPlan } from '../../support/plan-builder.js';
import { playWatched, recordOf } from '../../support/watched-run.js';

function listening(called: string[], fails: string | null = null): SuiteWatcher {
  const hear = (what: string): void => {
    called.push(what);
    if (what === fails) throw new Error(`no ${what}`);
  };
  return {
    suiteBegins: () => hear('suiteBegins'),
    runBegins: () => hear('runBegins'),
    rows: () => hear('rows'),
    progress: () => hear('progress'),
    runEnds: () => hear('runEnds'),
    suiteEnds: async () => hear('suiteEnds'),
    close: async () => hear('close'),
  };
}

async function playSuite(watchers: Watchers): Promise<void> {
  const record = recordOf(aPlan());
  watchers.suiteBegins([record]);
  await playWatched(record, watchers);
  await watchers.suiteEnds(0);
  await watchers.close();
}

const whole = ['suiteBegins', 'runBegins', 'rows', 'progress', 'runEnds', 'suiteEnds', 'close'];

it('all hear of everything, in the order in which it happens', async () => {
  const first: string[] = [];
  const second: string[] = [];
  const notes: string[] = [];
  await playSuite(new Watchers([listening(first), listening(second)], (line) => notes.push(line)));
  expect([...new Set(first)]).toEqual(whole);
  expect(second).toEqual(first);
  expect(notes).toEqual([]);
});

it.each(whole)('one that throws in %s is told of once, and is only closed from then on', async (fails) => {
  const broken: string[] = [];
  const other: string[] = [];
  const notes: string[] = [];
  await playSuite(new Watchers([listening(broken, fails), listening(other)], (line) => notes.push(line)));
  const heard = whole.slice(0, whole.indexOf(fails) + 1);
  expect([...new Set(broken)]).toEqual(fails === 'close' ? heard : [...heard, 'close']);
  expect(broken.filter((what) => what === fails)).toHaveLength(1);
  expect([...new Set(other)]).toEqual(whole);
  expect(notes).toEqual([`watching ended by an error, the run goes on: no ${fails}`]);
});

it('want the rows only as long as one of them does', () => {
  const watcher = (rows: boolean): SuiteWatcher => ({
    close: async () => undefined,
    ...(rows ? { rows: () => undefined } : {}),
  });
  expect(new Watchers([], () => undefined).wantRows).toBe(false);
  expect(new Watchers([watcher(false)], () => undefined).wantRows).toBe(false);
  expect(new Watchers([watcher(false), watcher(true)], () => undefined).wantRows).toBe(true);
});
