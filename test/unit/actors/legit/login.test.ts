import { describe, expect, it } from 'vitest';
import type { Identity, Intent } from '../../../../harness/actors/actor.js';
import { IntentKind, Outcome } from '../../../../harness/actors/outcome.js';
import { answered, type Stage, setStage, throttled } from '../stage.js';

const wrongPassword = answered(Outcome.admitted, { status: 401, reason: 'bad-credentials' });
const loggedIn = answered(Outcome.admitted, { status: 200 });

function password(intent: Intent | undefined): string {
  return JSON.parse(intent?.body ?? '{}').password;
}

/** An arrival whose password is mistyped, or is not. */
function arriveTyping(stage: Stage, typing: 'wrong' | 'right', identity = stage.identities[0]): Intent {
  for (let i = 0; i < 1_000; i++) {
    const intent = stage.arrive(identity);
    if ((password(intent) === intent.identity.password) === (typing === 'right')) return intent;
  }
  throw new Error(`a thousand logins and none is typed ${typing}`);
}

/** One of the nine in ten that come back after a throttle. */
function patientIdentity(stage: Stage): Identity {
  const found = stage.identities.find(
    (identity) => stage.behaviour.onOutcome(stage.arrive(identity), throttled(1), 0) !== null,
  );
  if (found === undefined) throw new Error('nobody is patient');
  return found;
}

describe('a login', () => {
  it('sends the identity’s own name, charges its own account, and is not signed', () => {
    const stage = setStage('login');
    const intent = arriveTyping(stage, 'right');
    expect(intent).toMatchObject({ method: 'POST', path: '/v1/login', signed: false, kind: IntentKind.arrival });
    expect(JSON.parse(intent.body ?? '')).toEqual({
      username: intent.identity.account,
      password: intent.identity.password,
    });
    expect(intent.accountIndex).toBe(intent.identity.accountIndex);
  });

  it('is mistyped one time in ten', () => {
    const stage = setStage('login', { population: 1_000 });
    let mistyped = 0;
    for (const identity of stage.identities) {
      for (let i = 0; i < 10; i++) mistyped += password(stage.arrive(identity)) === identity.password ? 0 : 1;
    }
    // Five standard deviations of a binomial count.
    expect(Math.abs(mistyped - 1_000)).toBeLessThan(150);
  });

  it.each([
    { mistakeRate: 0, mistyped: 0 },
    { mistakeRate: 1, mistyped: 100 },
  ])('is mistyped $mistyped times of 100 at a rate of $mistakeRate', ({ mistakeRate, mistyped }) => {
    const stage = setStage('login', { params: { mistakeRate } });
    const wrong = Array.from({ length: 100 }, () => stage.arrive()).filter(
      (intent) => password(intent) !== intent.identity.password,
    );
    expect(wrong).toHaveLength(mistyped);
  });

  it.each([
    { because: 'the gate let it through', answer: wrongPassword },
    { because: 'another target calls it a refusal', answer: answered(Outcome.refused, { status: 401 }) },
  ])('types the right password two seconds after a 401 for the wrong one: $because', ({ answer }) => {
    const stage = setStage('login');
    const wrong = arriveTyping(stage, 'wrong');
    const right = stage.behaviour.onOutcome(wrong, answer, 0);
    expect(right?.afterUs).toBe(2_000_000);
    expect(right?.intent).toMatchObject({ kind: IntentKind.retry, attempt: 1, accountIndex: wrong.accountIndex });
    expect(password(right?.intent)).toBe(wrong.identity.password);
    expect(right && stage.behaviour.onOutcome(right.intent, loggedIn, 0)).toBeNull();
  });

  it('does not type again when the right password was called wrong', () => {
    const stage = setStage('login');
    expect(stage.behaviour.onOutcome(arriveTyping(stage, 'right'), wrongPassword, 0)).toBeNull();
    const corrected = stage.behaviour.onOutcome(arriveTyping(stage, 'wrong'), wrongPassword, 0);
    expect(corrected && stage.behaviour.onOutcome(corrected.intent, wrongPassword, 0)).toBeNull();
  });

  it('sends the same wrong password again after a throttle: it does not know yet', () => {
    const stage = setStage('login', { population: 20 });
    const wrong = arriveTyping(stage, 'wrong', patientIdentity(stage));
    const again = stage.behaviour.onOutcome(wrong, throttled(500), 0);
    expect(again?.intent).toEqual({ ...wrong, kind: IntentKind.retry, attempt: 1 });
    const right = again && stage.behaviour.onOutcome(again.intent, wrongPassword, 0);
    expect(password(right?.intent)).toBe(wrong.identity.password);
  });

  it('comes back once more when the corrected password is throttled', () => {
    const stage = setStage('login', { population: 20 });
    const wrong = arriveTyping(stage, 'wrong', patientIdentity(stage));
    const right = stage.behaviour.onOutcome(wrong, wrongPassword, 0);
    const again = right && stage.behaviour.onOutcome(right.intent, throttled(300), 0);
    expect(again?.intent.attempt).toBe(2);
    expect(again && stage.behaviour.onOutcome(again.intent, throttled(300), 0)).toBeNull();
  });
});
