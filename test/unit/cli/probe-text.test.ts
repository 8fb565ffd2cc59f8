import { describe, expect, it } from 'vitest';
import { capacityText, notesOf, stepLine, trialLine } from '../../../harness/cli/probe-text.js';
import type { Capacity, Trial } from '../../../harness/engine/probe/capacity.js';

const trial: Trial = {
  ratePerSecond: 2000,
  outcome: 'held',
  asked: 3000,
  answered: 2999,
  throttled: 0,
  p99Ms: 12.5,
  ownDelayMsP99: 1.25,
};

const slow: Trial = { ...trial, ratePerSecond: 4000, outcome: 'slow', p99Ms: null };

const found: Capacity = {
  closedLoopPerSecond: 8000,
  openLoopPerSecond: 2000,
  p99Ms: 12.5,
  p99BoundMs: 50,
  missedPerSecond: 4000,
  limitedBy: 'target',
  closedLoop: [
    { connections: 1, answeredPerSecond: 3000, statuses: { 200: 2100 }, errors: 0, ownBusyShare: 0.5 },
    { connections: 2, answeredPerSecond: 8000, statuses: { 200: 5600 }, errors: 2, ownBusyShare: 0.9 },
  ],
  trials: [trial, slow, slow],
};

const last = (capacity: Capacity): string => capacityText('x', capacity).split('\nopen loop ')[1]?.trim() ?? '';

describe('what a probe prints', () => {
  it('holds both figures and every trial', () => {
    expect(capacityText('the gateway', found)).toBe(
      [
        'capacity of the gateway',
        '  closed loop  1 connection: 3,000/s',
        '  closed loop  2 connections: 8,000/s, 2 failed',
        '  open loop    2,000/s: held (p99 12.5 ms, 2,999 of 3,000 answered, own delay p99 1.25 ms)',
        '  open loop    4,000/s: missed: answered too late (p99 none in time, 2,999 of 3,000 answered, own delay p99 1.25 ms)',
        '  open loop    4,000/s: missed: answered too late (p99 none in time, 2,999 of 3,000 answered, own delay p99 1.25 ms)',
        '',
        'closed loop  8,000/s at 2 connections',
        'open loop    2,000/s (p99 12.5 ms, bound 50 ms; 4,000/s is too much)',
      ].join('\n'),
    );
  });

  it('says "at least" where the generator or the time was the limit', () => {
    expect(last({ ...found, limitedBy: 'generator' })).toBe(
      'at least 2,000/s (p99 12.5 ms, bound 50 ms): the generator is the limit',
    );
    expect(last({ ...found, limitedBy: 'time', missedPerSecond: null })).toBe(
      'at least 2,000/s (p99 12.5 ms, bound 50 ms): the time was over',
    );
  });

  it('says why no rate was found', () => {
    const none = { ...found, openLoopPerSecond: null, p99Ms: null };
    expect(last(none)).toBe('no rate was found whose p99 stays within 50 ms: the target is the limit');
  });

  it('says that a limiter was measured', () => {
    const limited = { ...trial, outcome: 'limited' as const, throttled: 1500 };
    expect(trialLine(limited)).toContain('missed: a limit said no');
    expect(trialLine(limited)).toContain('1,500 refused by a limit');
    const text = last({ ...found, limitedBy: 'limiter', trials: [limited] });
    expect(text).toContain("4,000/s is too much; the limiter's, not the server's");
    expect(text).toContain("what was found is a limiter's capacity and not the server's");
  });

  it('says what speaks for a busy machine', () => {
    const late = { ...slow, ratePerSecond: 3000, outcome: 'generator' as const };
    expect(notesOf({ ...found, trials: [trial, late, slow] })).toEqual([
      'the generator itself fell behind at 3,000/s: the target may take more; probe again when the machine has nothing else to do',
      'that 4,000/s is too much rests on one trial, as the time was over: give it more with --time',
    ]);
    expect(notesOf({ ...found, missedPerSecond: 3000, limitedBy: 'generator', trials: [trial, late] })).toEqual([]);
  });

  it('says what else the closed loop was answered, and that it was busy itself', () => {
    const [step] = found.closedLoop;
    if (step === undefined) throw new Error('there is a step');
    const busy = { ...step, answeredPerSecond: 8000, statuses: { 404: 7, 429: 3 }, ownBusyShare: 0.957 };
    expect(notesOf({ ...found, closedLoop: [busy] })).toEqual([
      'the closed loop itself was busy 96 % of its time: the target may take more',
      '7 answers of the closed loop were 404',
      '3 answers of the closed loop were 429',
      "limits said no: what was found is a limiter's capacity and not the server's",
    ]);
    expect(notesOf(found)).toEqual([]);
    expect(stepLine(step)).toBe('closed loop  1 connection: 3,000/s');
  });
});
