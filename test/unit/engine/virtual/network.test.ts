import { describe, expect, it, test } from 'vitest';
import { LOST, Network } from '../../../../harness/engine/virtual/network.js';
import { virtualDefaults } from '../../../../harness/scenario/plan-defaults.js';

const COUNT = 100_000;
const numbers = Array.from({ length: COUNT }, (_, n) => n);

function network(changes: Partial<typeof virtualDefaults>, seed = 1): Network {
  return new Network({ ...virtualDefaults, ...changes }, seed);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('the network of virtual time', () => {
  it('takes its delay each way and nothing else unless it is told to', () => {
    const plain = network({ delayUs: 700 });
    expect(new Set(numbers.slice(0, 100).flatMap((n) => [plain.forthUs(n), plain.backUs(n)]))).toEqual(new Set([700]));
  });

  test.each([
    ['there', (net: Network, n: number) => net.forthUs(n)],
    ['back', (net: Network, n: number) => net.backUs(n)],
  ])('adds an exponential time with the mean of the jitter on the way %s', (_, wayUs) => {
    const jittery = network({ delayUs: 500, jitterUs: 2_000 });
    const times = numbers.map((n) => wayUs(jittery, n) - 500);
    // The mean of an exponential and of its square, m and 2 m^2, each within five standard errors.
    expect(Math.abs(mean(times) - 2_000)).toBeLessThan((5 * 2_000) / Math.sqrt(COUNT));
    const square = 2 * 2_000 ** 2;
    expect(Math.abs(mean(times.map((time) => time ** 2)) - square)).toBeLessThan((5 * Math.sqrt(5) * square) / 316);
    // The share beyond t is e^(-t / m).
    const beyond = times.filter((time) => time > 4_000).length / COUNT;
    expect(Math.abs(beyond - Math.exp(-2))).toBeLessThan(0.006);
    expect(times.every((time) => Number.isInteger(time) && time >= 0)).toBe(true);
  });

  it('loses the share that it is told, requests and answers apart from each other', () => {
    const lossy = network({ loss: 0.1 });
    const lost = numbers.map((n) => [lossy.forthUs(n) === LOST, lossy.backUs(n) === LOST] as const);
    const share = (test: (pair: readonly [boolean, boolean]) => boolean): number => lost.filter(test).length / COUNT;
    expect(Math.abs(share(([forth]) => forth) - 0.1)).toBeLessThan(0.005);
    expect(Math.abs(share(([, back]) => back) - 0.1)).toBeLessThan(0.005);
    expect(Math.abs(share(([forth, back]) => forth && back) - 0.01)).toBeLessThan(0.002);
  });

  it('holds back the share of requests that it is told, and no answer', () => {
    const odd = network({ delayUs: 500, reorderShare: 0.05, reorderUs: 1e6 });
    const held = numbers.map((n) => odd.forthUs(n) - 500).filter((time) => time > 0);
    expect(Math.abs(held.length / COUNT - 0.05)).toBeLessThan(0.004);
    expect(Math.abs(mean(held) / 1e6 - 1)).toBeLessThan(5 / Math.sqrt(held.length));
    expect(numbers.every((n) => odd.backUs(n) === 500)).toBe(true);
  });

  it('does the same to the same request in whatever order it is asked, and other things under another seed', () => {
    const shaky = { jitterUs: 5_000, loss: 0.05, reorderShare: 0.1, reorderUs: 20_000 };
    const few = numbers.slice(0, 500);
    const inOrder = few.map((n) => network(shaky).forthUs(n));
    const asked = network(shaky);
    expect(few.toReversed().map((n) => asked.forthUs(n))).toEqual(inOrder.toReversed());
    expect(few.map((n) => network(shaky, 2).forthUs(n))).not.toEqual(inOrder);
  });

  it('befalls neighbours independently', () => {
    const jittery = network({ jitterUs: 1_000, delayUs: 0 });
    const times = numbers.map((n) => jittery.forthUs(n));
    const products = times.slice(1).map((time, index) => (time - 1_000) * ((times[index] as number) - 1_000));
    // Correlation of neighbours: 0 within five standard errors.
    expect(Math.abs(mean(products) / 1_000 ** 2)).toBeLessThan(5 / Math.sqrt(COUNT));
  });
});
