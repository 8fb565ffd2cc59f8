import { expect, it } from 'vitest';
import { partTimesOf, sharesOf } from '../../../../harness/bench/virtual/part-times.js';

function node(id: number, functionName: string, url: string) {
  return { id, callFrame: { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 } };
}

const nodes = [
  node(1, '(garbage collector)', ''),
  node(2, 'decide', 'file:///home/x/dist/core/gate.js'),
  node(3, 'look', 'file:///home/x/harness/core/gate.ts'),
  node(4, 'record', 'file:///home/x/node_modules/hdr-histogram-js/dist/index.js'),
  node(5, 'draw', 'file:///home/x/node_modules/@scope/package/index.js'),
  node(6, 'decode', 'node:internal/encoding'),
  node(7, 'sign', ''),
  node(8, '(idle)', ''),
];

it('shares out the time of all samples but idle ones, the most first', () => {
  const parts = sharesOf({
    nodes,
    startTime: 0,
    endTime: 0,
    samples: [2, 3, 1, 4, 5, 6, 7, 8, 2],
    timeDeltas: [100, 200, 50, 40, 30, 20, 10, 9_000, 50],
  });
  expect(parts).toEqual([
    { part: 'core/gate', share: 0.7 },
    { part: 'garbage collector', share: 0.1 },
    { part: 'hdr-histogram-js', share: 0.08 },
    { part: '@scope/package', share: 0.06 },
    { part: 'node', share: 0.04 },
    { part: 'V8 and native code', share: 0.02 },
  ]);
});

it('says nothing of work that was not sampled', () => {
  expect(sharesOf({ nodes, startTime: 0, endTime: 0 })).toEqual([]);
});

it('samples the work that it is given', async () => {
  let sum = 0;
  const parts = await partTimesOf(async () => {
    for (let index = 0; index < 3e7; index += 1) sum += Math.sqrt(index);
  });
  expect(sum).toBeGreaterThan(0);
  expect(parts.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1);
});
