/** A run folder as a run leaves it, made by hand: small, whole, and to be spoiled by the test that asked for it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sealParquet } from '../../harness/engine/record/parquet.js';
import type { ActorResult, VerdictDocument } from '../../harness/judge/verdict.js';
import type { Plan, Policy } from '../../harness/scenario/plan.js';
import { type Observed, observed, sourceOf } from './observation-builder.js';
import { anExpectation, aPlan } from './plan-builder.js';

export interface SavedRun {
  readonly plan?: Partial<Plan>;
  readonly seed?: number;
  readonly verdict?: Partial<VerdictDocument>;
  readonly rows?: readonly Observed[];
  /** What was enforced in place of the plan's policy; left out = that one. */
  readonly gatewayPolicy?: Policy;
}

/** 400 rows of two actors from 1 s on, every second one of the attackers, of whom three in four are throttled. */
export function savedRows(count = 400): Observed[] {
  return Array.from({ length: count }, (_, index) => {
    const isAttack = index % 2 === 1;
    const isThrottled = isAttack && index % 8 !== 1;
    return observed({
      intendedUs: 1_000_000 + index * 10_000,
      sentUs: 1_000_100 + index * 10_000,
      actor: isAttack ? 1 : 0,
      identity: isAttack ? 10 : index % 10,
      outcome: isThrottled ? 1 : 0,
      status: isThrottled ? 429 : 200,
      limit: isThrottled ? 0 : -1,
    });
  });
}

function actorResult(label: 'legit' | 'abuse', rows: readonly Observed[]): ActorResult {
  const admitted = rows.filter(({ outcome }) => outcome === 0).length;
  return {
    label,
    sent: rows.length,
    admitted,
    throttled: rows.length - admitted,
    refused: 0,
    banned: 0,
    errors: 0,
    falseBlockRate: label === 'legit' ? 0 : null,
    leakCells: 0,
    latencyMs: { p50: 1, p99: 1.1, p999: 1.1 },
  };
}

/** Makes the folder. @returns its path. */
export function saveRunFolder(parent: string, name: string, changes: SavedRun = {}): string {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  const { seed = 7, rows = savedRows() } = changes;
  const plan = aPlan({ expectations: [anExpectation('abuse.leak', '<=', 0)], ...changes.plan });
  const [honest, attacker] = [0, 1].map((actor) => rows.filter((row) => row.actor === actor));
  const verdict: VerdictDocument = {
    schema: 'floodproof/verdict/1',
    scenario: plan.name,
    claim: plan.claim,
    target: 'gateway',
    engine: 'ts',
    seed,
    decisionHash: null,
    verdict: 'pass',
    expectations: plan.expectations.map(({ text }) => ({
      text,
      metric: 'abuse.leak',
      wanted: '0 cells',
      measured: 0,
      interval: null,
      pass: true,
      unit: 'cells',
      evidence: [],
    })),
    actors: Object.fromEntries(
      plan.actors.map((actor, index) => [
        actor.name,
        actorResult(actor.label, (index === 0 ? honest : attacker) ?? []),
      ]),
    ),
    leaks: [],
    hardestHit: [],
    unsure: 0,
    smallestProvableLeak: null,
    smallestLatencyChange: null,
    controls: null,
    generator: {
      asked: rows.length,
      sent: rows.length,
      answered: rows.length,
      ownDelayMsP99: 1,
      targetWaitMsP99: 1,
      worstSecond: null,
      faults: [],
    },
    notes: [],
    replay: `floodproof replay ${name}`,
    versions: { floodproof: '0.1.0' },
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 11_000,
    ...changes.verdict,
  };
  const record = {
    schema: 'floodproof/run/1',
    plan,
    seed,
    engine: 'ts',
    workers: 1,
    target: verdict.target,
    gatewayPolicy: changes.gatewayPolicy ?? null,
    arrivalsMax: null,
  };
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(record));
  writeFileSync(join(folder, 'generator.json'), JSON.stringify({ seconds: [], machine: [] }));
  sealParquet(join(folder, 'observations.parquet'), sourceOf(rows), {
    'floodproof.scenario': plan.name,
    'floodproof.seed': String(seed),
    'floodproof.schema': 'floodproof/observations/1',
  });
  writeFileSync(join(folder, 'verdict.json'), JSON.stringify(verdict));
  return folder;
}
