import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readArchivedRun } from '../../../harness/archive/read-archived-run.js';
import { upToDamage, withSeries } from '../../../harness/archive/remade-series.js';
import { encodeSegment } from '../../../harness/engine/record/arrow-segment.js';
import { columnNames } from '../../../harness/judge/observation.js';
import type { VerdictDocument } from '../../../harness/judge/verdict.js';
import { observed, sourceOf } from '../../support/observation-builder.js';
import { savedRows, saveRunFolder } from '../../support/saved-run-folder.js';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'floodproof-archive-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const whole = (): string => saveRunFolder(parent, 'run');

function edit(folder: string, name: string, change: (document: Record<string, unknown>) => unknown): void {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>)));
}

/** A folder with the series in it, as this version saves it. */
function withSavedSeries(folder: string): string {
  writeFileSync(join(folder, 'series.json'), JSON.stringify(withSeries(readArchivedRun(folder)).series));
  return folder;
}

const rowsIn = (run: { rows: (() => Iterable<{ rows: number }>) | null }): number =>
  [...(run.rows?.() ?? [])].reduce((sum, batch) => sum + batch.rows, 0);

describe('a run folder', () => {
  it('that nobody touched lacks nothing', () => {
    const run = readArchivedRun(withSavedSeries(whole()));
    expect(run.missing).toEqual([]);
    expect(run.verdict?.scenario).toBe('test-scenario');
    expect(run.record?.seed).toBe(7);
    expect(run.series?.actors.map(({ name }) => name)).toEqual(['customers', 'attackers']);
    expect(rowsIn(run)).toBe(400);
  });

  it('without its series has them made again from the rows, with the same counts', () => {
    const run = withSeries(readArchivedRun(whole()));
    expect(run.missing).toEqual([expect.stringMatching(/^series\.json is not there/)]);
    const [honest, attacker] = run.series?.actors ?? [];
    const sum = (values: readonly number[] = []): number => values.reduce((total, one) => total + one, 0);
    expect([sum(honest?.admitted), sum(attacker?.admitted), sum(attacker?.refusals.throttled)]).toEqual([200, 50, 150]);
  });

  it.each([
    ['plan.json', /plan can't be shown/],
    ['verdict.json', /run was cut off before.*nothing is judged/],
    ['series.json', /series\.json is not there/],
    ['observations.parquet', /single requests can't be listed/],
  ])('without %s says so and shows the rest', (name, sentence) => {
    const folder = withSavedSeries(whole());
    rmSync(join(folder, name));
    const run = readArchivedRun(folder);
    expect(run.missing).toEqual([expect.stringMatching(sentence)]);
    const kept = [run.record, run.verdict, run.series, run.rows].filter((part) => part !== null);
    expect(kept).toHaveLength(3);
  });

  it.each(['plan.json', 'verdict.json', 'series.json', 'observations.parquet'])(
    'with %s cut off anywhere says so and shows the rest',
    (name) => {
      const folder = withSavedSeries(whole());
      const path = join(folder, name);
      const bytes = readFileSync(path);
      for (const share of [0, 0.01, 0.3, 0.7, 0.99]) {
        writeFileSync(path, bytes);
        truncateSync(path, Math.floor(bytes.length * share));
        const run = readArchivedRun(folder);
        expect(run.missing.join('\n')).toContain(name);
        expect([run.record, run.verdict, run.series, run.rows].filter((part) => part !== null)).toHaveLength(3);
      }
    },
  );

  it.each([
    ['verdict.json', 'floodproof/verdict/0', /schema floodproof\/verdict\/0.*reads floodproof\/verdict\/1/],
    ['verdict.json', 'floodproof/verdict/2', /schema floodproof\/verdict\/2/],
    ['series.json', 'floodproof/series/2', /schema floodproof\/series\/2/],
    ['plan.json', 'floodproof/run/0', /plan\.json can't be used: it is of the schema floodproof\/run\/0, and this/],
  ])('with %s of schema %s says which version that is', (name, schema, sentence) => {
    const folder = withSavedSeries(whole());
    edit(folder, name, (document) => ({ ...document, schema }));
    expect(readArchivedRun(folder).missing).toEqual([expect.stringMatching(sentence)]);
  });

  it.each(['{"schema":"floodproof/run/1","pl', '', 'null', '[]'])(
    'whose plan.json holds %j says what is wrong with it, and its name once',
    (text) => {
      const folder = withSavedSeries(whole());
      writeFileSync(join(folder, 'plan.json'), text);
      const [sentence, ...more] = readArchivedRun(folder).missing;
      expect(more).toEqual([]);
      expect(sentence?.match(/plan\.json/g)).toHaveLength(1);
      expect(sentence).not.toContain(folder);
      expect(sentence).toMatch(
        text.startsWith('{')
          ? /^plan\.json is no JSON: it is cut off or was edited: the plan can't be shown/
          : text === ''
            ? /^plan\.json is empty: the plan can't be shown/
            : /^plan\.json can't be used: Invalid input: expected object, received (null|array): the plan can't/,
      );
    },
  );

  it.each([
    [[], 'courses over time are made from the rows'],
    [['plan.json'], "there are no courses over time, for they can't be made without the plan"],
    [['observations.parquet'], "there are no courses over time, for they can't be made without the rows"],
    [
      ['plan.json', 'observations.parquet'],
      "there are no courses over time, for they can't be made without the plan and the rows",
    ],
  ] as const)('without its series and %j says whether courses over time are made all the same', (names, what) => {
    const folder = whole();
    for (const name of names) rmSync(join(folder, name));
    const run = readArchivedRun(folder);
    expect(run.missing).toContain(`series.json is not there: ${what}`);
    expect(withSeries(run).series === null).toBe(names.length > 0);
  });

  it('without its series and with the plan of another run makes no courses over time, and says so', () => {
    const folder = whole();
    edit(folder, 'plan.json', (document) => ({ ...document, seed: 8 }));
    expect(readArchivedRun(folder).missing).toContain(
      "series.json is not there: there are no courses over time, for they can't be made without the plan",
    );
  });

  it('of an older version, whose verdict has no hardest hit, is whole', () => {
    const folder = withSavedSeries(whole());
    edit(folder, 'verdict.json', ({ hardestHit: _, ...rest }) => rest);
    expect(readArchivedRun(folder).missing).toEqual([]);
  });

  it('names the place of what is wrong in a verdict that was edited', () => {
    const folder = withSavedSeries(whole());
    edit(folder, 'verdict.json', (verdict) => ({ ...verdict, unsure: 'many' }));
    const run = readArchivedRun(folder);
    expect(run.verdict).toBeNull();
    expect(run.missing).toEqual([expect.stringContaining("verdict.json can't be shown: unsure: ")]);
  });

  it.each([
    ['plan.json', (one: Record<string, unknown>) => ({ ...one, seed: 8 }), 'record'],
    ['series.json', (one: Record<string, unknown>) => ({ ...one, scenario: 'other' }), 'series'],
  ] as const)('that has %s of another run leaves it out', (name, change, part) => {
    const folder = withSavedSeries(whole());
    edit(folder, name, change);
    const run = readArchivedRun(folder);
    expect(run[part]).toBeNull();
    expect(run.missing).toEqual([expect.stringMatching(/is of another run: it says .* it is left out/)]);
  });

  it('that has the rows of another run leaves them out', () => {
    const folder = withSavedSeries(whole());
    const other = saveRunFolder(parent, 'other', { seed: 8 });
    writeFileSync(join(folder, 'observations.parquet'), readFileSync(join(other, 'observations.parquet')));
    const run = readArchivedRun(folder);
    expect(run.rows).toBeNull();
    expect(run.missing).toEqual([expect.stringMatching(/^observations\.parquet is of another run/)]);
  });

  it('with fewer rows than were judged is not whole', () => {
    const folder = withSavedSeries(whole());
    const other = saveRunFolder(parent, 'other', { rows: savedRows(399) });
    writeFileSync(join(folder, 'observations.parquet'), readFileSync(join(other, 'observations.parquet')));
    expect(readArchivedRun(folder).missing).toEqual([
      expect.stringContaining('has 399 rows, and 400 requests were judged'),
    ]);
  });

  it.each<[string, (verdict: VerdictDocument) => unknown, RegExp]>([
    [
      'admitted more than it sent',
      (one) => withActor(one, { admitted: 201 }),
      /customers was answered 201 times and sent only 200/,
    ],
    [
      'answers to more than was sent',
      (one) => ({ ...one, generator: { ...one.generator, answered: 401 } }),
      /401 answers to 400/,
    ],
    [
      'a pass over an expectation that failed',
      (one) => failing(one, false),
      /the verdict is pass, and .* it would be fail/,
    ],
    ['a pass over one that is undecided', (one) => failing(one, null), /it would be undecided/],
    [
      'a pass of a generator at fault',
      (one) => ({ ...one, generator: { ...one.generator, faults: ['late'] } }),
      /it would be invalid/,
    ],
  ])('whose verdict has %s contradicts itself', (_, change, sentence) => {
    const folder = whole();
    edit(folder, 'verdict.json', (document) => change(document as unknown as VerdictDocument));
    const found = readArchivedRun(folder).missing.filter((one) => one.startsWith('verdict.json contradicts itself'));
    expect(found).toEqual([expect.stringMatching(sentence)]);
  });

  it('whose leak admitted no more than its bound contradicts itself, and one cell more is a leak', () => {
    const folder = whole();
    for (const [admittedCells, faults] of [
      [30, 1],
      [31, 0],
    ] as const) {
      edit(folder, 'verdict.json', (document) => ({ ...document, leaks: [leak(admittedCells)] }));
      const found = readArchivedRun(folder).missing.filter((one) => one.includes('within its bound'));
      expect(found).toHaveLength(faults);
    }
  });

  it('whose plan was edited after the run does not fit its verdict', () => {
    const folder = withSavedSeries(whole());
    edit(folder, 'plan.json', (record) => {
      const plan = record.plan as { expectations: readonly object[]; claim: string };
      return { ...record, plan: { ...plan, claim: 'Another.', expectations: [] }, target: 'core' };
    });
    expect(readArchivedRun(folder).missing).toEqual([
      expect.stringContaining('its expectations are not those that were judged'),
      expect.stringContaining('its claim is not the one that was judged'),
      expect.stringContaining('its target is core, and gateway was judged'),
    ]);
  });

  it('whose series counted fewer requests than were judged does not fit its verdict', () => {
    const folder = withSavedSeries(whole());
    edit(folder, 'series.json', (series) => {
      const actors = series.actors as { admitted: number[]; intended: number[] }[];
      const zero = (values: number[]): number[] => values.map(() => 0);
      return { ...series, actors: actors.map((one) => ({ ...one, admitted: zero(one.admitted) })) };
    });
    expect(readArchivedRun(folder).missing).toEqual([
      expect.stringContaining('it has 0 admitted requests of customers, of which 200 were judged'),
      expect.stringContaining('it has 0 admitted requests of attackers, of which 50 were judged'),
    ]);
  });

  it('whose series have arrays of different lengths has none to draw', () => {
    const folder = withSavedSeries(whole());
    edit(folder, 'series.json', (series) => ({ ...series, bins: (series.bins as number) + 1 }));
    const run = readArchivedRun(folder);
    expect(run.series).toBeNull();
    expect(run.missing[0]).toMatch(/series\.json can't be shown: actors\.0\.intended: has \d+ of \d+ bins/);
  });

  it('of a run that was cut off has what was written until then', () => {
    const folder = whole();
    for (const name of ['verdict.json', 'observations.parquet', 'generator.json']) rmSync(join(folder, name));
    const [batch] = [...sourceOf([observed({ sentUs: 1_500_000 }), observed({ sentUs: 1_600_000 })])()];
    if (batch === undefined) throw new Error('no rows');
    const bytes = encodeSegment(batch.columns, 2);
    writeFileSync(join(folder, 'observations.0.arrows'), Buffer.concat([bytes, bytes.subarray(0, bytes.length / 2)]));
    writeFileSync(join(folder, 'observations.1.arrows'), '');
    const run = withSeries(readArchivedRun(folder));
    expect(rowsIn(run)).toBe(2);
    expect(run.series?.actors[0]?.admitted.reduce((sum, one) => sum + one, 0)).toBe(2);
    expect(run.missing.join('\n')).toMatch(/cut off before.*\n.*\n.*not sealed/);
  });

  it('whose rows are damaged in the middle is counted up to there', () => {
    const folder = saveRunFolder(parent, 'long', { rows: savedRows(60_000) });
    const path = join(folder, 'observations.parquet');
    const bytes = readFileSync(path);
    // Where the last group's pages lie: the 50,000 rows of the first are whole.
    bytes.fill(0xff, Math.floor(bytes.length * 0.9), Math.floor(bytes.length * 0.95));
    writeFileSync(path, bytes);
    const run = readArchivedRun(folder);
    const said: string[] = [];
    const read = upToDamage(run.rows ?? (() => []), columnNames, (why) => said.push(why));
    expect([...read()].map(({ rows }) => rows)).toEqual([50_000]);
    expect(said).toEqual([expect.stringMatching(/column \w+ /)]);
    expect(withSeries(run).missing.join('\n')).toContain('can be read up to the damage');
  });

  it('ends quickly and in a sentence whatever bytes of its record are spoilt', () => {
    const folder = whole();
    const path = join(folder, 'observations.parquet');
    const bytes = readFileSync(path);
    let state = 42;
    const next = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state % below;
    };
    for (let round = 0; round < 150; round++) {
      const spoilt = Buffer.from(bytes);
      for (let times = next(4); times >= 0; times--) spoilt[next(spoilt.length)] = next(256);
      writeFileSync(path, spoilt);
      const run = readArchivedRun(folder);
      if (run.rows !== null) [...upToDamage(run.rows, columnNames, () => undefined)()];
    }
  });

  it.each([
    ['not there', () => join(parent, 'nowhere'), /it is not there/],
    ['a file', () => join(whole(), 'plan.json'), /it is not a folder/],
    ['empty', () => made('empty'), /none of the files of one is there/],
  ])('that is %s is refused', (_, path, sentence) => {
    expect(() => readArchivedRun(path())).toThrowError(
      expect.objectContaining({ code: 'FP_RUN_UNREADABLE', message: expect.stringMatching(sentence) }),
    );
  });

  it('of which nothing can be read is refused with all that is wrong', () => {
    const folder = made('spoilt');
    for (const name of ['plan.json', 'verdict.json', 'series.json', 'observations.parquet']) {
      writeFileSync(join(folder, name), '');
    }
    let faults: readonly { file: string }[] = [];
    try {
      readArchivedRun(folder);
    } catch (error) {
      faults = (error as { faults: typeof faults }).faults;
    }
    expect(faults).toHaveLength(4);
  });

  it.each(['plan.json', 'verdict.json', 'series.json', 'observations.parquet'])(
    'with a folder in the place of %s says so and shows the rest',
    (name) => {
      const folder = withSavedSeries(whole());
      rmSync(join(folder, name));
      mkdirSync(join(folder, name));
      const run = readArchivedRun(folder);
      expect(run.missing.join('\n')).toContain(name);
      expect([run.record, run.verdict, run.series, run.rows].filter((part) => part !== null)).toHaveLength(3);
    },
  );
});

function made(name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  return folder;
}

function withActor(verdict: VerdictDocument, change: object): object {
  return { ...verdict, actors: { ...verdict.actors, customers: { ...verdict.actors.customers, ...change } } };
}

function failing(verdict: VerdictDocument, pass: boolean | null): object {
  return { ...verdict, expectations: verdict.expectations.map((one) => ({ ...one, pass })) };
}

function leak(admittedCells: number): object {
  return {
    limit: 'orders',
    key: 'k',
    excessCells: 1,
    admittedCells,
    boundCells: 30,
    fromMs: 0,
    toMs: 1,
    naiveExcessCells: 1,
    requests: [],
    requestCount: 1,
    because: '',
  };
}
