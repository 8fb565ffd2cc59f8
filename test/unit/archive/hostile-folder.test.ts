import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptRows } from '../../../harness/archive/kept-rows.js';
import { removeRun } from '../../../harness/archive/prune.js';
import { readArchivedRun } from '../../../harness/archive/read-archived-run.js';
import { withSeries } from '../../../harness/archive/remade-series.js';
import { listRuns } from '../../../harness/archive/run-list.js';
import { openSealedRows } from '../../../harness/archive/sealed-rows.js';
import { pageRunOf, suiteOf } from '../../../harness/cli/archived-runs.js';
import { encodeSegment } from '../../../harness/engine/record/arrow-segment.js';
import { sealParquet } from '../../../harness/engine/record/parquet.js';
import { writeWhole } from '../../../harness/engine/record/run-folder.js';
import { columnNames, createColumns } from '../../../harness/judge/observation.js';
import { renderJson } from '../../../harness/report/json.js';
import { renderJunit } from '../../../harness/report/junit.js';
import { renderMarkdown } from '../../../harness/report/markdown.js';
import { renderPage } from '../../../harness/report/page.js';
import { savedPage } from '../../../harness/report/page-run.js';
import { renderRuns } from '../../../harness/report/run-table.js';
import { renderVerdict } from '../../../harness/report/terminal.js';
import { saveRunFolder } from '../../support/saved-run-folder.js';

let parent: string;
beforeEach(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), 'floodproof-hostile-')));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const parts = ['plan.json', 'verdict.json', 'series.json', 'observations.parquet', 'observations.0.arrows'];

const TEMPLATE = '<script id="page-data" type="application/json">null</script>';

/** All that is made of a folder. */
function everyReport(folder: string): string[] {
  const run = withSeries(readArchivedRun(folder));
  const suite = suiteOf([run]);
  return [
    renderJson(suite),
    renderJunit(suite),
    renderMarkdown(suite),
    ...suite.scenarios.map((document) => renderVerdict(document, { color: false, width: 80 })),
    renderPage(TEMPLATE, savedPage([pageRunOf(run)])),
    renderRuns(listRuns(parent), [], { color: false, width: 80 }),
  ];
}

function withSavedSeries(folder: string): string {
  writeFileSync(join(folder, 'series.json'), JSON.stringify(withSeries(readArchivedRun(folder)).series));
  return folder;
}

describe('a run folder from a stranger', () => {
  it.each(parts)('that has a pipe for its %s is read without waiting for it', (name) => {
    const folder = withSavedSeries(saveRunFolder(parent, 'run'));
    rmSync(join(folder, name), { force: true });
    execFileSync('mkfifo', [join(folder, name)]);
    expect(everyReport(folder)).toHaveLength(name === 'verdict.json' ? 5 : 6);
  });

  it.each(parts)('that has a link to an endless device for its %s is read without it', (name) => {
    const folder = withSavedSeries(saveRunFolder(parent, 'run'));
    rmSync(join(folder, name), { force: true });
    symlinkSync('/dev/zero', join(folder, name));
    expect(everyReport(folder)).toHaveLength(name === 'verdict.json' ? 5 : 6);
  });

  it.each(['plan.json', 'verdict.json', 'series.json'])('whose %s is nested without end says so', (name) => {
    const folder = withSavedSeries(saveRunFolder(parent, 'run'));
    const text = readFileSync(join(folder, name), 'utf8');
    for (const [open, close] of [['[', ']'] as const, ['{"a":', '}'] as const]) {
      const deep = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
      writeFileSync(join(folder, name), text.replace('{', `{"extra":${deep},`));
      const run = readArchivedRun(folder);
      expect(run.missing.join('\n')).toMatch(new RegExp(`${name}.*nested more than 200 deep`));
      expect(everyReport(folder)).toHaveLength(name === 'verdict.json' ? 5 : 6);
    }
    const allowed = `${'['.repeat(199)}1${']'.repeat(199)}`;
    writeFileSync(join(folder, name), text.replace('{', `{"extra":${allowed},`));
    expect(readArchivedRun(folder).missing).toEqual([]);
  });

  it.each(['null', '5', '"text"', '{}', '[]', '{"label":"legit"}'])(
    'with %s under the name __proto__ in a document says so, and is reported all the same',
    (value) => {
      const folder = withSavedSeries(saveRunFolder(parent, 'run'));
      for (const [name, place] of [
        ['verdict.json', '"actors":{'],
        ['verdict.json', '"versions":{'],
        ['series.json', '"refusals":{'],
        ['plan.json', '"params":{'],
      ] as const) {
        const text = readFileSync(join(folder, name), 'utf8');
        expect(text).toContain(place);
        writeFileSync(join(folder, name), text.replace(place, `${place}"__proto__":${value},`).replace(',}', '}'));
        expect(readArchivedRun(folder).missing.join('\n')).toMatch(new RegExp(`${name}.*the name __proto__`));
        expect(everyReport(folder).length).toBeGreaterThanOrEqual(5);
        writeFileSync(join(folder, name), text);
      }
    },
  );
});

describe('a document edited by hand', () => {
  it('with more actors or phases than can be drawn is left out, and says so', () => {
    const folder = withSavedSeries(saveRunFolder(parent, 'run'));
    const edited = (name: string, change: (document: { actors: unknown; phases: unknown }, many: number) => void) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const [most, above] = [1000, 1001].map((many) => {
        const document = JSON.parse(text) as { actors: unknown; phases: unknown };
        change(document, many);
        writeFileSync(join(folder, name), JSON.stringify(document));
        return readArchivedRun(folder).missing.join('\n');
      });
      writeFileSync(join(folder, name), text);
      return { most, above };
    };
    const times = <T>(many: number, one: T): T[] => new Array<T>(many).fill(one);
    const phases = edited('series.json', (series, many) => {
      series.phases = times(many, (series.phases as unknown[])[0]);
    });
    const actors = edited('series.json', (series, many) => {
      series.actors = times(many, (series.actors as unknown[])[0]);
    });
    const judged = edited('verdict.json', (verdict, many) => {
      const [one] = Object.values(verdict.actors as object);
      verdict.actors = Object.fromEntries(times(many, one).map((actor, index) => [`actor-${index}`, actor]));
    });
    expect(phases.most).not.toMatch(/can't be shown/);
    expect(phases.above).toMatch(/series\.json can't be shown: phases/);
    expect(actors.most).not.toMatch(/can't be shown/);
    expect(actors.above).toMatch(/series\.json can't be shown: actors/);
    expect(judged.most).not.toMatch(/can't be shown/);
    expect(judged.above).toMatch(/verdict\.json can't be shown: actors: has more than 1000 actors/);
  });
});

/** Whole numbers below 2^32, the same for the same seed. */
function dice(seed: number): () => number {
  let state = (Math.imul(seed, 2654435761) | 1) >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/** A few bytes changed, those near the end more often, since a footer stands there; and now and then cut. */
function spoiled(bytes: Uint8Array, seed: number): Uint8Array {
  const throwDice = dice(seed);
  for (let round = 0; round < 9; round++) throwDice();
  // A slice of a buffer would be the buffer itself.
  const copy = Uint8Array.from(bytes);
  for (let changes = 1 + (throwDice() % 4); changes > 0; changes--) {
    const back = throwDice() % 2 === 0 ? throwDice() % 3000 : throwDice();
    copy[copy.length - 9 - (back % (copy.length - 9))] = [0xff, 0x7f, 0x80, 0, throwDice() % 256][throwDice() % 5] ?? 0;
  }
  return throwDice() % 6 === 0 ? copy.subarray(0, throwDice() % copy.length) : copy;
}

describe('rows of which bytes were changed', () => {
  const columns = createColumns(60);
  for (const name of columnNames) columns[name].set(Array.from({ length: 60 }, (_, row) => (row * 7) % 11));
  columns.concludedUs.set(Array.from({ length: 60 }, (_, row) => row * 10));
  const file = (name: string): string => join(parent, name);

  it.each(['observations.parquet', 'observations.0.arrows'])(
    'of %s are whole columns, or an error of the run',
    (name) => {
      if (name.endsWith('.parquet')) sealParquet(file(name), () => [{ rows: 60, columns }], { 'floodproof.seed': '1' });
      else writeFileSync(file(name), Buffer.concat([encodeSegment(columns, 60), encodeSegment(columns, 60)]));
      const bytes = readFileSync(file(name));
      let read = 0;
      let refused = 0;
      for (let seed = 1; seed <= 400; seed++) {
        writeFileSync(file(name), spoiled(bytes, seed));
        try {
          const { source } = keptRows(parent);
          if (source === null) refused++;
          else read++;
          for (const batch of source?.() ?? []) {
            for (const column of columnNames) {
              expect(batch.columns[column], `seed ${seed}`).toBeInstanceOf(columns[column].constructor);
              expect(batch.columns[column].length, `seed ${seed}`).toBe(batch.rows);
            }
          }
          read++;
        } catch (error) {
          expect(error, `seed ${seed}`).toMatchObject({ code: 'FP_RUN_UNREADABLE' });
          refused++;
        }
      }
      expect(Math.min(read, refused)).toBeGreaterThan(20);
    },
  );
});

describe('a sealed record that tells of more rows than it has bytes for', () => {
  const columns = createColumns(60);

  /** The record of 60 rows with another footer. */
  function withFooter(change: (metadata: FileMetaData) => FileMetaData): string {
    const path = join(parent, 'observations.parquet');
    sealParquet(path, () => [{ rows: 60, columns }], {});
    const bytes = readFileSync(path);
    const metadata = change(parquetMetadata(Uint8Array.from(bytes).buffer));
    const footer = new ByteWriter();
    writeMetadata(footer, metadata);
    const rest = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
    writeFileSync(path, Buffer.concat([bytes.subarray(0, rest), footer.getBytes(), Buffer.from('PAR1')]));
    return path;
  }

  it('is read when its footer is only written anew', () => {
    expect(openSealedRows(withFooter((metadata) => metadata)).rows).toBe(60);
  });

  it.each([
    {
      because: 'in one group',
      why: /a group of 50001 rows/,
      change: (group: RowGroup) => [{ ...group, num_rows: 50_001n }],
    },
    {
      because: 'in fewer than none',
      why: /a group of -1 rows/,
      change: (group: RowGroup) => [{ ...group, num_rows: -1n }],
    },
    {
      because: 'in the same bytes twice',
      why: /no place of their own/,
      change: (group: RowGroup) => [group, group],
    },
    {
      because: 'in columns of no bytes',
      why: /no place of their own/,
      change: (group: RowGroup) => [withColumns(group, { total_compressed_size: 0n })],
    },
    {
      because: 'behind its end',
      why: /no place of their own/,
      change: (group: RowGroup) => [withColumns(group, { total_compressed_size: 1_000_000n })],
    },
  ])('$because is refused before any is walked over', ({ why, change }) => {
    const path = withFooter((metadata) => ({ ...metadata, row_groups: metadata.row_groups.flatMap(change) }));
    expect(() => openSealedRows(path)).toThrowError(
      expect.objectContaining({ code: 'FP_RUN_UNREADABLE', message: expect.stringMatching(why) }),
    );
  });

  it('of which a group has as many as the seal writes is opened', () => {
    const path = withFooter((metadata) => ({
      ...metadata,
      row_groups: metadata.row_groups.map((group) => ({ ...group, num_rows: 50_000n })),
    }));
    expect(openSealedRows(path).rows).toBe(50_000);
  });
});

type FileMetaData = ReturnType<typeof parquetMetadata>;
type RowGroup = FileMetaData['row_groups'][number];

function withColumns(group: RowGroup, change: { readonly total_compressed_size: bigint }): RowGroup {
  return {
    ...group,
    columns: group.columns.map((column) =>
      column.meta_data === undefined ? column : { ...column, meta_data: { ...column.meta_data, ...change } },
    ),
  };
}

describe('a file that is written whole', () => {
  it('is not written through a link that lies in the place of its part', () => {
    const precious = join(parent, 'precious');
    writeFileSync(precious, 'precious');
    symlinkSync(precious, join(parent, 'report.html.part'));
    writeWhole(join(parent, 'report.html'), 'report');
    expect(readFileSync(precious, 'utf8')).toBe('precious');
    expect(readFileSync(join(parent, 'report.html'), 'utf8')).toBe('report');
    expect(lstatSync(join(parent, 'report.html')).isFile()).toBe(true);
    expect(existsSync(join(parent, 'report.html.part'))).toBe(false);
  });

  it('does not wait for a pipe in the place of its part, and takes no notice of what a killed writer left there', () => {
    execFileSync('mkfifo', [join(parent, 'a.part')]);
    writeFileSync(join(parent, 'b.part'), 'half of a report that is longer');
    for (const name of ['a', 'b']) writeWhole(join(parent, name), 'report');
    expect(readdirSync(parent)).toEqual(['a', 'b']);
    expect(readFileSync(join(parent, 'b'), 'utf8')).toBe('report');
  });

  it('takes the place of no folder, pipe or device, and leaves no part', () => {
    execFileSync('mkfifo', [join(parent, 'pipe')]);
    mkdirSync(join(parent, 'folder'));
    symlinkSync('/dev/null', join(parent, 'device'));
    mkdirSync(join(parent, 'taken.part'));
    for (const [name, why] of [
      ['pipe', /cannot write .*pipe: it is a device or a pipe/],
      ['folder', /it is a folder/],
      ['device', /it is a device or a pipe/],
      ['taken', /cannot write .*taken/],
    ] as const) {
      expect(() => writeWhole(join(parent, name), 'report')).toThrowError(
        expect.objectContaining({ code: 'FP_DISK', message: expect.stringMatching(why) }),
      );
    }
    expect(readdirSync(parent)).toEqual(['device', 'folder', 'pipe', 'taken.part']);
    expect(lstatSync(join(parent, 'device')).isSymbolicLink()).toBe(true);
  });
});

describe('removing a run', () => {
  it('leaves all of it when somebody has put "keep" into it since it was listed', () => {
    const folder = saveRunFolder(parent, 'run');
    const [listed] = listRuns(parent);
    writeFileSync(join(folder, 'keep'), '');
    const before = readdirSync(folder);
    expect(() => removeRun({ folder: listed?.folder ?? '' })).toThrowError(/a file "keep" lies in it/);
    expect(readdirSync(folder)).toEqual(before);
  });
});
