import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { loadTraces } from '../../../harness/trace/load-traces.js';
import { inTimeOrder } from '../../../harness/trace/time-order.js';
import { TraceBook } from '../../../harness/trace/trace-book.js';
import { load, planOf, refusal, rowsOf, sourceOf, traced, written } from './trace-file.js';

const even = (count: number): string =>
  `t,who\n${Array.from({ length: count }, (_, i) => `${i},${i % 3}`).join('\n')}\n`;

describe('the traces of a plan', () => {
  it('are none when it names none', async () => {
    expect(await loadTraces(planOf([], []), { seed: 1 })).toEqual([]);
  });

  it('come in its order, and one that is named twice is read once', async () => {
    const [a, b] = [sourceOf(written('a.csv', even(3))), sourceOf(written('b.csv', even(5)))];
    const loaded = await loadTraces(planOf([b, a, { ...b }]), { seed: 1 });
    expect(loaded.map(({ summary }) => summary.stamps)).toEqual([5, 3, 5]);
    expect(loaded[2]).toBe(loaded[0]);
  });

  it('are refused with the faults of all of them', async () => {
    const missing = sourceOf('nowhere/at-all.csv');
    const bad = sourceOf(written('bad.csv', 'a\n1\n'), { timeColumn: 'b' });
    const both = await refusal(planOf([missing, bad]));
    expect(both).toMatchObject({
      code: 'FP_FILE_INVALID',
      message: '2 traces cannot be played, for 2 faults',
      faults: [{ code: 'FP_TRACE_FILE', file: 'nowhere/at-all.csv' }, { code: 'FP_TRACE_COLUMN' }],
    });
    const one = await refusal(missing);
    expect(one).toMatchObject({ code: 'FP_FILE_UNREADABLE', message: 'a trace cannot be played, for one fault' });
    expect(one.faults[0]?.message).toContain('ENOENT');
    for (const format of ['access-log', 'har', 'observations'] as const) {
      expect(await refusal({ ...missing, format })).toMatchObject({ code: 'FP_FILE_UNREADABLE' });
    }
  });

  it('are refused where an actor wants of them what they do not have', async () => {
    const file = written('one.csv', 't\n5\n');
    const looped = traced(1, { arrivals: { process: 'trace', trace: 0, speed: 1, keepShare: 1, isLooped: true } });
    const who = traced(1, { name: 'others', who: { choice: 'trace', trace: 0 } });
    expect((await refusal(planOf([sourceOf(file)], [looped, who]))).faults).toMatchObject([
      { code: 'FP_TRACE_FLAT', message: 'the file has one time, which cannot be looped (actor "login")' },
      { code: 'FP_TRACE_WHO', message: 'no column says who (actor "others")' },
    ]);
    expect((await load(sourceOf(file))).offsetsUs).toHaveLength(1);
  });

  it('may be of one moment when only callers are taken from them', async () => {
    const source = sourceOf(written('callers.csv', 't,who\n5,a\n5,b\n'), { whoColumn: 'who' });
    const arrivals = { process: 'constant', ratePerSecond: 1 } as const;
    const plan = planOf([source], [traced(1, { arrivals, who: { choice: 'trace', trace: 0 } })]);
    expect((await loadTraces(plan, { seed: 1 }))[0]?.who).toEqual(Uint32Array.of(0, 1));
  });
});

describe('a file that is too large for memory', () => {
  const source = sourceOf(written('large.csv', even(5_000)), { whoColumn: 'who' });

  it('is refused, and the share that would fit is named', async () => {
    const { faults } = await refusal(source, { stampsMax: 1_000 });
    expect(faults).toMatchObject([
      {
        code: 'FP_TRACE_LARGE',
        message: 'the file holds 5,000 times, and 1,000 are kept in memory at most',
        hint: 'write "keep: 19%" or less at every actor that takes its arrivals from it',
      },
    ]);
    expect((await load(source, { stampsMax: 5_000 })).keptShare).toBe(1);
  });

  it('is loaded as a sample when nobody wants more than a share of it', async () => {
    const plan = planOf([source], [traced(0.1), traced(0.05, { name: 'others' })]);
    const [sample] = await loadTraces(plan, { seed: 1, stampsMax: 1_000 });
    if (sample === undefined) throw new Error('nothing was loaded');
    expect(sample.keptShare).toBe(0.1);
    expect(Math.abs(sample.offsetsUs.length - 500)).toBeLessThan(4 * Math.sqrt(450));
    expect(sample.summary.notes).toContain(`${source.file}: too large for memory, so a sample of 10 % was loaded`);
    // From its start to its end, with each row's own caller under its new number.
    expect(sample.summary.durationUs).toBeGreaterThan(4_900e6);
    const { offsetsUs, who } = rowsOf(sample);
    const callers = new Map<number, number>();
    for (const [i, offsetUs] of offsetsUs.entries()) {
      const phase = (offsetUs / 1e6) % 3;
      if (!callers.has(phase)) callers.set(phase, callers.size);
      expect(who?.[i]).toBe(callers.get(phase));
    }
  });

  it('is sampled by the seed', async () => {
    const plan = planOf([source], [traced(0.1)]);
    const sample = async (seed: number) => (await loadTraces(plan, { seed, stampsMax: 1_000 }))[0];
    expect(await sample(3)).toEqual(await sample(3));
    expect(await sample(3)).not.toEqual(await sample(4));
  });

  it('is refused when the share that is wanted does not fit either, or somebody wants all of it', async () => {
    expect((await refusal(planOf([source], [traced(0.9)]), { stampsMax: 1_000 })).faults).toMatchObject([
      { code: 'FP_TRACE_LARGE' },
    ]);
    const everybody = traced(1, {
      arrivals: { process: 'constant', ratePerSecond: 1 },
      who: { choice: 'trace', trace: 0 },
    });
    const plan = planOf([source], [traced(0.1), everybody]);
    expect((await refusal(plan, { stampsMax: 1_000 })).faults).toMatchObject([{ code: 'FP_TRACE_LARGE' }]);
  });

  it('is sampled alike under two columns of callers', async () => {
    const plan = planOf(
      [{ ...source, whoColumn: null }, source],
      [traced(0.1, { who: { choice: 'trace', trace: 1 } }), traced(0.15, { name: 'others' })],
    );
    const [times, names] = await loadTraces(plan, { seed: 1, stampsMax: 1_000 });
    expect(times?.keptShare).toBe(0.15);
    expect(names?.offsetsUs).toEqual(times?.offsetsUs);
  });
});

describe('more callers than are told apart', () => {
  it('are refused', async () => {
    const source = sourceOf(written('many-callers.csv', `t,who\n${'1,a\n2,b\n3,a\n4,c\n5,d\n'}`), { whoColumn: 'who' });
    const { faults } = await refusal(source, { callersMax: 3 });
    expect(faults).toMatchObject([{ code: 'FP_TRACE_LARGE', line: 6, message: 'more than 3 different callers' }]);
    expect((await load(source, { callersMax: 4 })).summary.distinct).toBe(4);
  });
});

describe('rows in the order of their times', () => {
  it('keep the order in which they stood where times are equal, for any rows', () => {
    let state = 1;
    const next = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    for (let size = 0; size < 70; size++) {
      const timesUs = Float64Array.from({ length: size }, () => next(size < 40 ? 5 : 1_000));
      const who = Uint32Array.from({ length: size }, (_, i) => i);
      const wanted = [...who].sort((a, b) => (timesUs[a] as number) - (timesUs[b] as number) || a - b);
      const sorted = inTimeOrder({ timesUs: timesUs.slice(), who: who.slice() });
      expect([...(sorted.who ?? [])]).toEqual(wanted);
      expect([...sorted.timesUs]).toEqual(wanted.map((row) => timesUs[row]));
      expect(inTimeOrder({ timesUs: timesUs.slice(), who: null })).toEqual({ timesUs: sorted.timesUs, who: null });
    }
  });
});

describe('the names of callers', () => {
  it('keep nothing of the text that they were cut out of', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heldBytes = (): number => {
      collect();
      collect();
      return process.memoryUsage().heapUsed;
    };
    const book = new TraceBook({
      file: 'x',
      tellsWho: true,
      keepShare: 1,
      seed: 1,
      word: 'line',
      isOrderFree: false,
      stampsMax: 1000,
      callersMax: 1000,
    });
    const before = heldBytes();
    for (let line = 1; line <= 50; line++) {
      // On the heap of the engine, where a buffer's text would lie outside of it.
      const piece = `${line} is who asked `.padEnd(2 ** 20, 'abcdefghij').toUpperCase();
      book.add(line, line, piece.slice(0, 40));
    }
    expect(heldBytes() - before).toBeLessThan(25 * 2 ** 20);
    expect(book.finish().summary.distinct).toBe(50);
  });

  it('are told apart however long they are', async () => {
    const long = 'x'.repeat(100);
    const file = written('long-names.csv', `t,who\n1,${long}a\n2,${long}b\n3,${long}a\n4,${long}\n`);
    expect(rowsOf(await load(sourceOf(file, { whoColumn: 'who' }))).who).toEqual([0, 1, 0, 2]);
  });
});
