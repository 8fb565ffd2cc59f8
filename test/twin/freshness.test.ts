import { describe, expect, it } from 'vitest';
import { createGate } from '../../harness/core/index.js';
import { decisionNames, type Gate, type GateSpec, type HashSecret } from '../../harness/core/spec.js';
import { Dice } from '../support/dice.js';
import { type Arrangement, modelled, played, type Setup, type Step, setups } from '../support/freshness-model.js';
import { describeTwins, nativeGate } from './engines.js';

type Create = (spec: GateSpec, secret: HashSecret) => Gate;

const plain: Arrangement = { nodes: 1, weaknesses: [], addressCells: 9, keyCells: 9 };
const arrangements: readonly Arrangement[] = [
  plain,
  { ...plain, addressCells: 4, keyCells: 2 },
  { ...plain, nodes: 2 },
  { ...plain, nodes: 2, addressCells: 3, keyCells: 1 },
  { ...plain, weaknesses: ['forgets-replays-on-restart'] },
  { ...plain, nodes: 2, weaknesses: ['node-local-replays'] },
  { ...plain, weaknesses: ['ignores-nonces'] },
  { ...plain, weaknesses: ['early-nonces'] },
];

/** Time passes; the wall clock stands still or is stepped back and forth beside it. */
const passings: readonly (readonly [passedUs: number, wallPassedUs: number])[] = [
  [0, 0],
  [2, 2],
  [3, 1],
  [1, 1],
  [1, -2],
  [6, 6],
  [0, 3],
];

function told(setup: Setup, arrangement: Arrangement, steps: readonly Step[], create: Create): void {
  const says = played(setup, arrangement, steps, create).map((decision) => decisionNames[decision]);
  const must = modelled(setup, arrangement, steps).map((decision) => decisionNames[decision]);
  // One comparison of texts: deep equality of lists would take most of the time.
  if (says.join() !== must.join()) {
    expect({ steps, arrangement, says }).toEqual({ steps, arrangement, says: must });
  }
}

/** All histories of three requests, with three ways in which time passes before each. */
function checkAll(setup: Setup, create: Create): number {
  const choices: Step[] = setup.requests.flatMap((request) =>
    passings.slice(0, 3).map(([passedUs, wallPassedUs]) => ({ request, passedUs, wallPassedUs, restarts: false })),
  );
  let count = 0;
  for (const first of choices) {
    for (const second of choices) {
      for (const third of choices) {
        if (third.request.isForged === true) continue;
        told(setup, plain, [first, second, third], create);
        count++;
      }
    }
  }
  return count;
}

/** Each request and then the same or another, after every passing of time: the last instant of a claim is among them. */
function checkPairs(setup: Setup, arrangement: Arrangement, create: Create): void {
  for (const request of setup.requests) {
    const first = { request, passedUs: 0, wallPassedUs: 0, restarts: false };
    for (const other of setup.requests) {
      for (const [passedUs, wallPassedUs] of passings) {
        for (const restarts of [false, true]) {
          told(setup, arrangement, [first, { request: other, passedUs, wallPassedUs, restarts }], create);
        }
      }
    }
  }
}

function checkSome(setup: Setup, arrangement: Arrangement, create: Create, count: number): void {
  const dice = new Dice(20_261_126);
  for (let history = 0; history < count; history++) {
    const steps = Array.from({ length: dice.between(2, 9) }, (): Step => {
      const [passedUs, wallPassedUs] = dice.one(passings);
      return { request: dice.one(setup.requests), passedUs, wallPassedUs, restarts: dice.chance(0.15) };
    });
    told(setup, arrangement, steps, create);
  }
}

describe('freshness of every rule', () => {
  it.each(setups)('is as a plain model has it in every short history: $because', (setup) => {
    expect(checkAll(setup, createGate)).toBeGreaterThan(2_000);
  });

  it.each(setups)('is so on several nodes, after restarts and with every defect: $because', (setup) => {
    for (const arrangement of arrangements) {
      checkPairs(setup, arrangement, createGate);
      checkSome(setup, arrangement, createGate, 30);
    }
  });
});

describeTwins('freshness of every rule, native', () => {
  it.each(setups)('is as a plain model has it on nodes, after restarts and with every defect: $because', (setup) => {
    for (const arrangement of arrangements) {
      checkPairs(setup, arrangement, nativeGate);
      checkSome(setup, arrangement, nativeGate, 30);
    }
  });
});
