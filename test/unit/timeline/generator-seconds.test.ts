import { describe, expect, test } from 'vitest';
import { generatorSeconds, type ThreadSecond } from '../../../harness/timeline/generator-seconds.js';
import { aPlan } from '../../support/plan-builder.js';

function aThreadSecond(fields: Partial<ThreadSecond>): ThreadSecond {
  return { second: 1, ownDelayUsP99: 0, eventLoopLagUsMax: 0, gcUs: 0, ...fields };
}

describe('the seconds of the generator', () => {
  test('are counted from the first phase, in their order, with the machine beside them', () => {
    const threads = [aThreadSecond({ second: 2, ownDelayUsP99: 1500 }), aThreadSecond({ second: 0, gcUs: 12_345.6 })];
    const machine = [
      { second: -1, stolenCpuShare: 0.9 },
      { second: 2, stolenCpuShare: 0.25 },
    ];
    expect(generatorSeconds(aPlan(), threads, machine)).toEqual([
      { second: -1, ownDelayMsP99: 0, eventLoopLagMsMax: 0, gcMs: 12.346, stolenCpuShare: 0 },
      { second: 1, ownDelayMsP99: 1.5, eventLoopLagMsMax: 0, gcMs: 0, stolenCpuShare: 0.25 },
    ]);
  });

  test('tell the worst of several threads', () => {
    const threads = [
      aThreadSecond({ ownDelayUsP99: 1000, eventLoopLagUsMax: 9000, gcUs: 1000 }),
      aThreadSecond({ ownDelayUsP99: 3000, eventLoopLagUsMax: 2000, gcUs: 4000 }),
      aThreadSecond({ ownDelayUsP99: 2000, eventLoopLagUsMax: 1000, gcUs: 2000 }),
    ];
    expect(generatorSeconds(aPlan(), threads, [])).toEqual([
      { second: 0, ownDelayMsP99: 3, eventLoopLagMsMax: 9, gcMs: 4, stolenCpuShare: 0 },
    ]);
  });

  test('are at most 300: of a longer run each row has the worst of several', () => {
    const threads = Array.from({ length: 601 }, (_, second) => aThreadSecond({ second, ownDelayUsP99: second * 1000 }));
    const machine = [0.1, 0.3, 0.2].map((stolenCpuShare, second) => ({ second, stolenCpuShare }));
    const rows = generatorSeconds(aPlan({ warmupUs: 0 }), threads, machine);
    expect(rows).toHaveLength(201);
    expect(rows[0]).toMatchObject({ second: 0, ownDelayMsP99: 2, stolenCpuShare: 0.3 });
    expect(rows.at(-1)).toMatchObject({ second: 600, ownDelayMsP99: 600 });
    expect(generatorSeconds(aPlan({ warmupUs: 0 }), threads.slice(0, 300), [])).toHaveLength(300);
  });

  test('are none in virtual time', () => {
    expect(generatorSeconds(aPlan(), [], [])).toEqual([]);
  });
});
