import { describe, expect, it } from 'vitest';
import { checkZoo, type ZooRun } from '../../../harness/zoo/runner.js';
import {
  type Collection,
  type Creature,
  type CreatureKind,
  creatureKinds,
  type RightOne,
} from '../../../harness/zoo/zoo.js';

const seen: string[] = [];

function creature(name: string, caught: boolean): Creature {
  return {
    name,
    kind: 'gateway',
    defect: `${name} is broken.`,
    async check({ seed }) {
      seen.push(`${name} ${seed}`);
      return { caught, by: caught ? ['leak'] : [], ms: 5 };
    },
  };
}

function rightOne(name: string, accused: boolean): RightOne {
  return {
    name,
    kind: 'gateway',
    async check() {
      seen.push(name);
      return { accused, by: accused ? ['leak'] : [], ms: 2, evidence: accused ? ['two too many'] : [] };
    },
  };
}

const servers: Collection = {
  kind: 'gateway',
  overHttp: true,
  load: async () => ({
    creatures: [creature('open', true), creature('shy', false)],
    rightOnes: [rightOne('good', false), rightOne('suspected', true)],
  }),
};
const never: Collection = {
  kind: 'limiter',
  overHttp: false,
  load: () => Promise.reject(new Error('nobody has asked for these')),
};

const all: ZooRun = {
  collections: [servers],
  kinds: creatureKinds,
  only: null,
  http: true,
  options: { seed: 3 },
  onChecked: () => undefined,
  stop: new AbortController().signal,
  deadlineMs: 1000,
};

describe('a round through the zoo', () => {
  it('checks those over HTTP one after the other, and says what came of each', async () => {
    seen.length = 0;
    const progress: string[] = [];
    const zoo = await checkZoo({ ...all, onChecked: (done, of) => progress.push(`${done}/${of}`) });
    expect(seen).toEqual(['open 3', 'shy 3', 'good', 'suspected']);
    expect(progress).toEqual(['1/4', '2/4', '3/4', '4/4']);
    expect(zoo).toEqual({
      seed: 3,
      mutants: [
        { name: 'open', kind: 'gateway', defect: 'open is broken.', caught: true, by: ['leak'], ms: 5, evidence: [] },
        { name: 'shy', kind: 'gateway', defect: 'shy is broken.', caught: false, by: [], ms: 5, evidence: [] },
      ],
      right: [
        { name: 'good', kind: 'gateway', accused: false, by: [], ms: 2, evidence: [] },
        { name: 'suspected', kind: 'gateway', accused: true, by: ['leak'], ms: 2, evidence: ['two too many'] },
      ],
    });
  });

  it('loads only the kinds that it is asked for', async () => {
    const zoo = await checkZoo({ ...all, collections: [never, servers], kinds: ['gateway'] });
    expect(zoo.mutants).toHaveLength(2);
    await expect(checkZoo({ ...all, collections: [never] })).rejects.toThrow('nobody has asked');
  });

  it('opens no socket when it must not', async () => {
    seen.length = 0;
    expect(await checkZoo({ ...all, http: false })).toEqual({ seed: 3, mutants: [], right: [] });
    expect(seen).toEqual([]);
  });

  it('takes one alone by its name', async () => {
    const zoo = await checkZoo({ ...all, only: 'good' });
    expect([zoo.mutants, zoo.right.map(({ name }) => name)]).toEqual([[], ['good']]);
  });

  it('begins nothing more once it is stopped, and keeps what it has', async () => {
    const stop = new AbortController();
    const zoo = await checkZoo({ ...all, stop: stop.signal, onChecked: () => stop.abort() });
    expect([zoo.mutants.map(({ name }) => name), zoo.right]).toEqual([['open'], []]);
  });
});

describe('a round through those in threads', () => {
  const keeper = new URL('../../support/zoo-keeper.mjs', import.meta.url).href;
  const inThreads = (kind: CreatureKind, names: readonly string[], right: readonly string[] = []): Collection => ({
    kind,
    overHttp: false,
    load: async () => ({
      creatures: names.map((name) => ({ ...creature(name, true), kind })),
      rightOnes: right.map((name) => ({ ...rightOne(name, false), kind })),
    }),
  });

  it('hands each to a thread once, and keeps their order', async () => {
    seen.length = 0;
    const names = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'bad' : `shy ${index}`));
    const collections = [inThreads('limiter', names, ['good', 'bad'])];
    const zoo = await checkZoo({ ...all, collections, keeper, deadlineMs: 60_000 });
    expect(zoo.mutants.map(({ name, caught, by }) => ({ name, caught, by }))).toEqual(
      names.map((name) => ({ name, caught: name === 'bad', by: ['false 3'] })),
    );
    expect(zoo.right.map(({ name, accused, by }) => ({ name, accused, by }))).toEqual([
      { name: 'good', accused: false, by: ['true 3'] },
      { name: 'bad', accused: true, by: ['true 3'] },
    ]);
    expect(seen).toEqual([]);
  });

  it('ends one that loops for ever: a mutant is caught by that, a right one accused, any other shows nothing', async () => {
    const collections = [inThreads('mutation', ['loops', 'bad'], ['loops']), inThreads('limiter', ['loops', 'bad'])];
    const zoo = await checkZoo({ ...all, collections, keeper, deadlineMs: 5000 });
    expect(zoo.mutants.map(({ name, kind, caught, by }) => [name, kind, caught, ...by])).toEqual([
      ['loops', 'mutation', true, 'deadline'],
      ['bad', 'mutation', true, 'false 3'],
      ['loops', 'limiter', false],
      ['bad', 'limiter', true, 'false 3'],
    ]);
    expect(zoo.mutants[0]?.evidence).toEqual(['did not come to an end within 5 s']);
    expect(zoo.right.map(({ accused, by }) => [accused, ...by])).toEqual([[true, 'deadline']]);
  });

  it('hands on what the keeper throws', async () => {
    const collections = [inThreads('limiter', ['throws'])];
    await expect(checkZoo({ ...all, collections, keeper, deadlineMs: 60_000 })).rejects.toThrow('stumbled');
  });

  it('is stopped in the middle of one', async () => {
    const stop = new AbortController();
    const collections = [inThreads('limiter', ['bad', 'loops', 'loops', 'loops', 'loops', 'loops'])];
    const run = { ...all, collections, keeper, deadlineMs: 60_000, stop: stop.signal };
    const zoo = await checkZoo({ ...run, onChecked: () => stop.abort() });
    expect(zoo.mutants.map(({ name }) => name)).toEqual(['bad']);
  });
});
