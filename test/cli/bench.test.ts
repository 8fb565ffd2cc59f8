import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FLOOR, parseBenchDocument } from '../../harness/bench/limiters/row.js';
import { wanted } from '../../harness/bench/page/figures.js';
import type { PageFigures } from '../../harness/bench/page/measure.js';
import { needs } from '../support/needs.js';
import { runCli, scratch } from '../support/run-cli.js';
import { describeTwins } from '../twin/engines.js';

const place = scratch();
afterAll(() => place.remove());

const quick = { deadlineMs: 120_000 };

function moduleOf(name: string, admitted: string): string {
  const path = join(place.path, name);
  const text = `export function createLimiter({ capacity }) {
    const used = new Map();
    return {
      consume(key) {
        const count = (used.get(key) ?? 0) + 1;
        used.set(key, count);
        return ${admitted};
      },
    };
  }`;
  writeFileSync(path, text);
  return path;
}

describe('bench', () => {
  it("measures one's own limiter beside the others, and prints and saves the same figures", async () => {
    const own = moduleOf('own.mjs', 'count <= capacity');
    const args = ['bench', 'limit', 'memory', '--quick', '--limiter', own, '--json', '--out', place.path];
    const { code, stdout, stderr } = await runCli(args, quick);
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(place.path, 'limiters.json'), 'utf8')).toBe(stdout);
    const document = parseBenchDocument(stdout);
    if (typeof document === 'string') throw new Error(document);
    const racing = document.rows.filter(
      ({ group, path, skew }) => group === 'limit' && path === 'admit' && skew === 'zipf',
    );
    expect(racing.map(({ rival }) => rival)).toEqual(
      expect.arrayContaining(['floodproof ts', 'own.mjs', 'rate-limiter-flexible memory', 'limiter, one for each key']),
    );
    expect(racing.map(({ rival }) => rival)).toContain('floodproof ts, a batch of 1,024');
    const held = document.rows.find(({ group, rival }) => group === 'memory' && rival === 'own.mjs');
    expect(held?.bytesPerKey?.heap).toBeGreaterThan(0);
    expect(held?.bytesPerKey?.isTextKept).toBeNull();
    const interned = document.rows.find(
      ({ rival, group }) => group === 'memory' && rival === 'floodproof ts, interned',
    );
    expect(interned?.bytesPerKey?.isTextKept).toBe(false);
    expect(document.versions).toMatchObject({ node: process.versions.node, limiter: expect.any(String) });
    expect(document.commit).toMatch(/^(?:none|[0-9a-f]{12})/);
    // It counts windows that never end, which is said and is no fault.
    expect(document.absent.join('\n')).toContain('own.mjs does not refill as a token bucket does');
    expect(document.doubts).toContain('a quick run, with few and short rounds');
    expect(readFileSync(join(place.path, 'limiters.md'), 'utf8')).toContain('![Time of a decision](limiters.svg)');
  });

  it('compares with an earlier run', async () => {
    const folder = join(place.path, 'compare');
    const first = await runCli(['bench', 'verify', '--quick', '--out', folder], quick);
    expect(first.code, first.stderr).toBe(0);
    const file = join(folder, 'limiters.json');
    const before = parseBenchDocument(readFileSync(file, 'utf8'));
    if (typeof before === 'string') throw new Error(before);
    // An earlier run in which everything took ten thousand times as long.
    const slower = before.rows.map((row) => {
      const { median, min, max } = row.nsPerOp;
      return { ...row, nsPerOp: { median: median * 1e4, min: min * 1e4, max: max * 1e4 } };
    });
    const old = join(folder, 'old.json');
    writeFileSync(old, JSON.stringify({ ...before, rows: slower }));
    const { code, stdout, stderr } = await runCli(
      ['bench', 'verify', '--quick', '--out', folder, '--compare', old],
      quick,
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`Against ${old}\n`);
    expect(stdout).toContain(`${before.rows.length} changed beyond the spread, 0 did not`);
    expect(stdout).toMatch(/^100 % faster: verify, admit, 100 keys uniform, threads 1: floodproof ts: /m);
  });

  it('measures reports of a long run, the page in a browser and a watched run, and says what was wanted', async (context) => {
    needs(context, 'chromium', 'apt-get install chromium');
    const folder = join(place.path, 'page');
    const { code, stdout, stderr } = await runCli(['bench', 'page', '--quick', '--out', folder], {
      deadlineMs: 170_000,
    });
    expect(code, stderr).toBe(0);
    const { figures } = JSON.parse(readFileSync(join(folder, 'page.json'), 'utf8')) as { figures: PageFigures };
    expect(figures.absent).toEqual([]);
    expect(figures.figures.map(({ name }) => name)).toEqual(Object.values(wanted).map(({ name }) => name));
    for (const { name, spread } of figures.figures) {
      // What a live page costs may well be nothing, or less than the machine's own unrest.
      if (name !== wanted.liveCost.name) expect(spread.min, name).toBeGreaterThan(0);
      expect(stdout).toContain(`${name}: `);
      expect(readFileSync(join(folder, 'page.md'), 'utf8')).toContain(`\n| ${name} | `);
    }
    const size = figures.figures.find(({ name }) => name === wanted.pageSize.name);
    expect(size?.spread.max).toBeLessThan(1);
  });

  it('times nothing when a limiter decides otherwise than the others, and names it', async () => {
    const wrong = moduleOf('wrong.mjs', 'count <= capacity + 1');
    const args = ['bench', 'limit', '--quick', '--limiter', wrong, '--out', join(place.path, 'never')];
    const { code, stdout, stderr } = await runCli(args, quick);
    expect(stderr).toContain('error FP_BENCH_DISAGREES  wrong.mjs does not hold a limit of 3 cells: request ');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  });

  it.each([
    { args: ['limits'], says: ['FP_USAGE  no such benchmark: limits', 'there are limit, verify,'] },
    { args: ['generator', '--json'], says: ['FP_USAGE  --json prints the figures of limiters'] },
    { args: ['limit', '--compare', 'gone.json'], says: ['FP_FILE_UNREADABLE  gone.json can not be read'] },
    {
      args: ['limit', '--compare', 'package.json'],
      says: ['FP_FILE_INVALID  package.json holds no figures of limiters'],
    },
    { args: ['limit', '--limiter', 'gone.js'], says: ['FP_FILE_UNREADABLE  there is no file gone.js'] },
  ])('refuses $args', async ({ args, says }) => {
    const { code, stdout, stderr } = await runCli(['bench', ...args]);
    for (const part of says) expect(stderr).toContain(part);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describeTwins('bench of threads', () => {
  it('gives two threads exactly the cells that there are, and says what the second one gains', async () => {
    const folder = join(place.path, 'threads');
    const { code, stdout, stderr } = await runCli(['bench', 'threads', '--quick', '--json', '--out', folder], quick);
    expect(code, stderr).toBe(0);
    const document = parseBenchDocument(stdout);
    if (typeof document === 'string') throw new Error(document);
    const forms = [FLOOR, 'floodproof native', 'floodproof native, interned', 'floodproof native, a batch of 1,024'];
    const places = document.rows.map(({ rival, keys, skew, threads }) => `${rival} ${keys} ${skew} ${threads}`);
    const wanted = ['1000 uniform', '1000 zipf', '1 uniform'].flatMap((scene) =>
      forms.flatMap((form) => [1, 2].map((threads) => `${form} ${scene} ${threads}`)),
    );
    expect(places).toEqual(wanted);
    const given = document.rows
      .filter(({ threads, rival }) => threads === 2 && rival !== FLOOR)
      .map(({ admissions }) => admissions);
    const [many, hot] = [100_000, 2 ** 17 + 1].map((cells) => ({ counted: cells, capacity: cells }));
    expect(given).toEqual([many, many, many, many, many, many, hot, hot, hot]);
    expect(document.figures.filter(({ unit }) => unit === 'cells').map(({ isReached }) => isReached)).toEqual([
      true,
      true,
      true,
    ]);
  });
});
