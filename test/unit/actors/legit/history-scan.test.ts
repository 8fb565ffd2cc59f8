import { describe, expect, it } from 'vitest';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { answered, setStage, throttled } from '../stage.js';
import { chain, ok } from './chains.js';

describe('a scan of the history', () => {
  it('reads page after page, each a fixed time after the answer to the last', () => {
    const stage = setStage('history-scan', { params: { pages: 3, gapUs: 70_000 } });
    const { intents, follows } = chain(stage);
    expect(intents.map(({ path }) => path)).toEqual(['/v1/account', '/v1/account?page=1', '/v1/account?page=2']);
    expect(intents.map(({ kind }) => kind)).toEqual([IntentKind.arrival, IntentKind.followUp, IntentKind.followUp]);
    expect(intents.every(({ signed }) => signed)).toBe(true);
    expect(follows.map(({ afterUs }) => afterUs)).toEqual([70_000, 70_000]);
  });

  it.each([1, 10])('ends after %d pages', (pages) => {
    expect(chain(setStage('history-scan', { params: { pages } })).intents).toHaveLength(pages);
  });

  it('goes on from the page that was throttled, when it is given at last', () => {
    const stage = setStage('history-scan', {
      params: { pages: 2 },
      actor: {
        retry: { policy: 'fixed', attempts: 5, baseUs: 1_000, capUs: 1_000, followShare: 0, budgetShare: null },
      },
    });
    let throttles = 3;
    const { intents } = chain(stage, () => (throttles-- > 0 ? throttled(5) : ok));
    expect(intents.map(({ path, attempt }) => [path, attempt])).toEqual([
      ['/v1/account', 0],
      ['/v1/account', 1],
      ['/v1/account', 2],
      ['/v1/account', 3],
      ['/v1/account?page=1', 0],
    ]);
  });

  it.each([
    { because: 'it is banned', answer: answered(Outcome.banned) },
    { because: 'the page is not there', answer: answered(Outcome.admitted, { status: 404 }) },
    { because: 'it was refused', answer: answered(Outcome.refused, { status: 401 }) },
  ])('ends when $because', ({ answer }) => {
    expect(chain(setStage('history-scan'), () => answer).intents).toHaveLength(1);
  });
});
