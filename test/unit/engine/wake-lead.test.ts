import { describe, expect, it } from 'vitest';
import { WakeLead } from '../../../harness/engine/wake-lead.js';

function leadAfter(latenesses: readonly number[]): number {
  const lead = new WakeLead();
  for (const latenessUs of latenesses) lead.learn(latenessUs);
  return lead.us;
}

describe('how long before a moment the generator is woken', () => {
  it('is nothing at first', () => {
    expect(leadAfter([])).toBe(0);
  });

  it('comes near to what alarms are usually late', () => {
    expect(leadAfter(new Array(40).fill(1_000))).toBeGreaterThan(990);
    expect(leadAfter(new Array(40).fill(1_000))).toBeLessThanOrEqual(1_000);
  });

  it('rises faster than it falls', () => {
    expect(leadAfter([1_000])).toBe(250);
    expect(leadAfter([...new Array(40).fill(1_000), 0])).toBeGreaterThan(970);
  });

  it('is forgotten when alarms are in time again', () => {
    expect(leadAfter([...new Array(40).fill(1_000), ...new Array(600).fill(0)])).toBeLessThan(1);
  });

  it('is never above what a core may be kept awake for, and never below 0', () => {
    expect(leadAfter(new Array(100).fill(1e9))).toBeLessThanOrEqual(2_500);
    expect(leadAfter([-1e9])).toBe(0);
  });
});
