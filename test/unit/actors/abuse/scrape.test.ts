import { describe, expect, it } from 'vitest';
import { classOf, setStage, throttled } from '../stage.js';

describe('a scrape', () => {
  it('never asks for the same query twice, from whichever address', () => {
    const stage = setStage('scrape', { population: 3 });
    const intents = Array.from({ length: 900 }, (_, count) => stage.arrive(stage.identities[count % 3]));
    expect(new Set(intents.map(({ path }) => path)).size).toBe(900);
    for (const intent of intents) {
      expect(classOf(intent)).toBe('ticker');
      expect(intent.path).toMatch(/^\/v1\/ticker\?symbol=[A-Z]+-USDT&_=[0-9a-z-]+$/);
      expect(intent.signed).toBe(false);
    }
    expect(new Set(intents.map(({ path }) => path.split('&')[0])).size).toBeGreaterThan(3);
  });

  it('is not stopped by a throttle', () => {
    const stage = setStage('scrape');
    expect(stage.behaviour.onOutcome(stage.arrive(), throttled(5), 0)).toBeNull();
  });
});
