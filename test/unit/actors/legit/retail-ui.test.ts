import { describe, expect, it } from 'vitest';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { SECOND_US } from '../example-plan.js';
import { answered, classOf, oddBodies, setStage, throttled } from '../stage.js';
import { chain, chains, mean, ok, taken } from './chains.js';

describe('a person at a screen', () => {
  it('opens the account and then looks at the ticker five times, about every three seconds', () => {
    const stage = setStage('retail-ui', { params: { orderShare: 0 } });
    const visits = chains(stage, 300);
    for (const { intents, moves, first, follows } of visits) {
      expect(moves).toEqual(['open', 'poll', 'poll', 'poll', 'poll', 'poll']);
      expect(intents.map(classOf)).toEqual(['account', ...Array(5).fill('ticker')]);
      expect(first.kind).toBe(IntentKind.arrival);
      expect(follows.every(({ intent }) => intent.kind === IntentKind.followUp)).toBe(true);
    }
    const pauses = visits.flatMap(({ follows }) => follows.map(({ afterUs }) => afterUs));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1.5 * SECOND_US);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(4.5 * SECOND_US);
    expect(Math.abs(mean(pauses) - 3 * SECOND_US)).toBeLessThan(0.15 * SECOND_US);
  });

  it.each([0, 1, 7])('looks %d times when it is told so', (polls) => {
    const stage = setStage('retail-ui', { params: { polls, orderShare: 0 } });
    expect(chain(stage).moves.filter((move) => move === 'poll')).toHaveLength(polls);
  });

  it('places an order in a share of visits, once, after any of the looks, and looks on', () => {
    const stage = setStage('retail-ui', { params: { orderShare: 0.3, cancelShare: 0, polls: 2 } });
    const visits = chains(stage, 3_000);
    const withOrder = visits.filter(({ moves }) => moves.includes('place'));
    expect(Math.abs(withOrder.length - 900)).toBeLessThan(130);
    const shapes = new Map<string, number>();
    for (const { moves } of withOrder) shapes.set(moves.join(), (shapes.get(moves.join()) ?? 0) + 1);
    expect([...shapes.keys()].sort()).toEqual(['open,place,poll,poll', 'open,poll,place,poll', 'open,poll,poll,place']);
    for (const count of shapes.values()) expect(Math.abs(count - withOrder.length / 3)).toBeLessThan(75);
  });

  it('cancels a share of its orders after some thought, and looks on', () => {
    const stage = setStage('retail-ui', {
      params: { orderShare: 1, cancelShare: 0.3, polls: 1, thinkTimeUs: SECOND_US },
    });
    const visits = chains(stage, 3_000);
    const cancelled = visits.filter(({ moves }) => moves.includes('cancel'));
    expect(Math.abs(cancelled.length - 900)).toBeLessThan(130);
    const thoughts = cancelled.flatMap(({ follows }) => {
      const cancel = follows.find(({ intent }) => intent.step.startsWith('cancel/'));
      expect(cancel?.intent).toMatchObject({
        method: 'DELETE',
        path: expect.stringMatching(/order-\d+$/),
        signed: true,
      });
      return cancel?.afterUs ?? 0;
    });
    expect(Math.abs(mean(thoughts) - SECOND_US)).toBeLessThan(0.17 * SECOND_US);
    expect(visits.every(({ moves }) => moves.filter((move) => move === 'poll').length === 1)).toBe(true);
  });

  it('thinks ten times as long as usual at most', () => {
    const stage = setStage('retail-ui', { params: { orderShare: 1, cancelShare: 1, polls: 0, thinkTimeUs: 1_000 } });
    const thoughts = chains(stage, 20_000).map(({ follows }) => follows.at(-1)?.afterUs ?? 0);
    // Of 20,000 exponential times one in 22,026 is longer: nearly two in three such runs hold one.
    expect(Math.max(...thoughts)).toBeLessThanOrEqual(10_000);
    expect(Math.max(...thoughts)).toBeGreaterThan(7_000);
  });

  it('cancels nothing that the answer does not name, and looks on', () => {
    const stage = setStage('retail-ui', { params: { orderShare: 1, cancelShare: 1, polls: 0 } });
    for (const body of oddBodies) {
      const answer = answered(Outcome.admitted, { status: 201, body });
      expect(chain(stage, (intent) => (intent.step.startsWith('place') ? answer : ok)).moves).toEqual([
        'open',
        'place',
      ]);
    }
    const turnedDown = answered(Outcome.admitted, { status: 409, body: { orderId: 'order-1' } });
    expect(chain(stage, (intent) => (intent.step.startsWith('place') ? turnedDown : ok)).moves).not.toContain('cancel');
  });

  it('asks on when a look is throttled in the end, as a screen does', () => {
    const stage = setStage('retail-ui', { params: { orderShare: 0, polls: 3 } });
    const { moves, intents } = chain(stage, (intent) => (classOf(intent) === 'ticker' ? throttled(10) : ok));
    expect([...new Set(intents.map(({ step }) => step))].map((step) => step.split('/')[2])).toEqual([
      '0',
      '1',
      '2',
      '3',
    ]);
    expect(moves[0]).toBe('open');
  });

  it.each([Outcome.banned, Outcome.refused, Outcome.never, Outcome.denied, Outcome.unclear])(
    'closes the screen at any other no (outcome %d)',
    (outcome) => {
      const stage = setStage('retail-ui', { params: { orderShare: 0 } });
      expect(chain(stage, () => answered(outcome)).moves).toEqual(['open']);
    },
  );

  it('wants the same of a visit whatever came of another', () => {
    const steps = (answerFirst: Parameters<typeof chain>[1]) => {
      const stage = setStage('retail-ui', { params: { orderShare: 0.5 } });
      chain(stage, answerFirst);
      return chain(stage).intents.map(({ path, step, body }) => [path, step, body]);
    };
    expect(steps(() => throttled(5))).toEqual(steps(taken));
  });
});
