/** Judges hand-made rows: everything around them has a plain value. */
import { type JudgeTask, judgeRun } from '../../harness/judge/judge.js';
import type { GeneratorResult, VerdictDocument } from '../../harness/judge/verdict.js';
import type { Plan } from '../../harness/scenario/plan.js';
import { type Observed, observed, sourceOf } from './observation-builder.js';

export const aGeneratorResult: GeneratorResult = {
  asked: 100,
  sent: 100,
  answered: 100,
  ownDelayMsP99: 1,
  targetWaitMsP99: 1,
  worstSecond: null,
  faults: [],
};

/** Ten identities of each actor: 0 to 9 of the first, 10 to 19 of the second, and so on. */
export function aWorld(plan: Plan): JudgeTask['world'] {
  const indexes = Array.from({ length: 10 * plan.actors.length }, (_, index) => index);
  const accountName = (index: number): string => `account-${index}`;
  const keyId = (index: number): string => `key-${index}`;
  const ip = (index: number): string => `127.0.1.${index}`;
  return {
    identityCount: indexes.length,
    identity: (index) => ({
      index,
      actor: Math.floor(index / 10),
      ip: ip(index),
      ipIndex: index,
      account: accountName(index),
      accountIndex: index,
      keyId: keyId(index),
      keyIndex: index,
      secret: 'secret',
      password: 'password',
      device: 'test',
    }),
    ipCount: indexes.length,
    ipName: ip,
    keyCount: indexes.length,
    keyName: keyId,
    accountCount: indexes.length,
    accountName,
  };
}

export function aTask(plan: Plan, rows: readonly Partial<Observed>[], overrides: Partial<JudgeTask> = {}): JudgeTask {
  return {
    plan,
    world: aWorld(plan),
    // An identity's actor follows from its number.
    observations: sourceOf(rows.map((row) => observed({ actor: Math.floor((row.identity ?? 0) / 10), ...row }))),
    generator: aGeneratorResult,
    isInterrupted: false,
    seed: 1,
    target: 'gateway',
    engine: 'ts',
    notes: [],
    replay: 'floodproof run test-scenario.yaml --seed 1',
    versions: { floodproof: '0.1.0' },
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 11_000,
    ...overrides,
  };
}

export function judgeRows(
  plan: Plan,
  rows: readonly Partial<Observed>[],
  overrides: Partial<JudgeTask> = {},
): VerdictDocument {
  return judgeRun(aTask(plan, rows, overrides));
}
