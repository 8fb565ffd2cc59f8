import { describe, expect, it } from 'vitest';
import { checkZoo, type ZooRun } from '../../../harness/zoo/runner.js';
import { type Collection, type Creature, creatureKinds, type RightOne } from '../../../harness/zoo/zoo.js';

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
