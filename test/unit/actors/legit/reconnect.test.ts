import { describe, expect, it } from 'vitest';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { answered, classOf, setStage, throttled } from '../stage.js';
import { chain, chains, ok } from './chains.js';

describe('a return after a cut', () => {
  it('logs in with the right password and then asks for what was on the screen, one thing after the other', () => {
    const stage = setStage('reconnect', { params: { requests: 4, accountShare: 0, gapUs: 9_000 } });
    const { first, intents, follows } = chain(stage);
    expect(JSON.parse(first.body ?? '')).toEqual({
      username: first.identity.account,
      password: first.identity.password,
    });
    expect(first.accountIndex).toBe(first.identity.accountIndex);
    expect(intents.map(classOf)).toEqual(['login', 'ticker', 'ticker', 'ticker', 'ticker']);
    expect(follows.every(({ afterUs, intent }) => afterUs === 9_000 && intent.kind === IntentKind.followUp)).toBe(true);
  });

  it.each([0, 1, 20])('asks for %d things after the login', (requests) => {
    expect(chain(setStage('reconnect', { params: { requests } })).follows).toHaveLength(requests);
  });

  it('reads the account for a share of them', () => {
    const stage = setStage('reconnect', { params: { requests: 20, accountShare: 0.25 } });
    const classes = chains(stage, 200).flatMap(({ follows }) => follows.map(({ intent }) => classOf(intent)));
    expect(classes).toHaveLength(4_000);
    expect(Math.abs(classes.filter((name) => name === 'account').length - 1_000)).toBeLessThan(140);
  });

  it.each([
    { because: 'it is throttled for good', answer: throttled(10) },
    { because: 'the password is called wrong', answer: answered(Outcome.admitted, { status: 401 }) },
    { because: 'the server fails', answer: answered(Outcome.serverError, { status: 503 }) },
    { because: 'it is banned', answer: answered(Outcome.banned) },
  ])('asks for nothing when it does not get in: $because', ({ answer }) => {
    const classes = chain(setStage('reconnect'), () => answer).intents.map(classOf);
    expect(new Set(classes)).toEqual(new Set(['login']));
  });

  it('leaves out what fails and asks for the rest, but stops when it is banned', () => {
    const stage = setStage('reconnect', { params: { requests: 3 } });
    const screens = (answer: ReturnType<typeof throttled>) => {
      const { intents } = chain(stage, (intent) => (classOf(intent) === 'login' ? ok : answer));
      return new Set(intents.slice(1).map(({ step }) => step.split('/')[2]));
    };
    expect(screens(throttled(10))).toEqual(new Set(['0', '1', '2']));
    expect(screens(answered(Outcome.reset))).toEqual(new Set(['0', '1', '2']));
    expect(screens(answered(Outcome.banned))).toEqual(new Set(['0']));
  });
});
