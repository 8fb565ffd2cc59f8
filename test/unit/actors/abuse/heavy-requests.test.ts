import { describe, expect, it } from 'vitest';
import { classOf, setStage, throttled } from '../stage.js';

describe('heavy requests', () => {
  it('ask for the account alone, signed, whatever is answered', () => {
    const stage = setStage('heavy-requests');
    for (let count = 0; count < 20; count += 1) {
      const intent = stage.arrive();
      expect(classOf(intent)).toBe('account');
      expect(intent).toMatchObject({ signed: true, step: `account/${count}` });
      expect(stage.behaviour.onOutcome(intent, throttled(5), 0)).toBeNull();
    }
  });
});
