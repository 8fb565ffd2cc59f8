/**
 * One request through a gate, native against TypeScript, admitted and throttled apart. The two must agree on every
 * decision of the workload before anything is timed.
 */
import { Answer, Decision, type Gate, type GateSpec } from '../core/spec.js';
import { openEngine } from '../native/engine.js';
import { formatSpread, type Spread, spreadOf } from './spread.js';

const ROUNDS = 7;
const DECISIONS = 50_000;
const KEYS = 1000;
const ORIGIN_US = 1_700_000_000_000_000;

/** `capacity` decides which path the workload takes: far above its need, or used up at once. */
function specOf(capacity: number): GateSpec {
  return {
    classes: ['order'],
    limits: [
      {
        name: 'orders',
        by: ['key'],
        ipPrefix: null,
        numbers: { family: 'token-bucket', capacity, refillCells: 1, refillPeriodUs: 1_000_000 },
        costs: [1],
        ageCosts: [[]],
        isShadow: false,
        ban: null,
        maxKeys: 100_000,
      },
    ],
    auth: {
      signed: [true],
      windowUsMax: 5_000_000,
      futureUs: 1_000_000,
      hash: 'sha256',
      encoding: 'hex',
      replayCapacity: null,
      replayPerKey: 1,
    },
    originUs: ORIGIN_US,
  };
}

interface Rival {
  readonly name: 'native' | 'ts';
  readonly gate: Gate;
}

interface Case {
  readonly name: string;
  readonly wanted: Decision;
  readonly capacity: number;
  readonly decide: (gate: Gate, index: number) => Decision;
}

const messages = Array.from({ length: KEYS }, (_, index) => `${'m'.repeat(192)}${String(index).padStart(8, '0')}`);
const keyIds = Array.from({ length: KEYS }, (_, index) => `key-${String(index).padStart(28, '0')}`);

function cases(signatures: readonly string[]): readonly Case[] {
  const limit = (gate: Gate, index: number): Decision =>
    gate.limit(ORIGIN_US + 1, 0, '', 'a', keyIds[index % KEYS] as string);
  const decide = (gate: Gate, index: number): Decision => {
    const key = index % KEYS;
    return gate.decide(
      ORIGIN_US + 1,
      0,
      '',
      '',
      keyIds[key] as string,
      ORIGIN_US,
      0,
      messages[key] as string,
      signatures[key] as string,
    );
  };
  return [
    { name: 'limit, admitted', wanted: Decision.admitted, capacity: 2 ** 30, decide: limit },
    { name: 'limit, throttled', wanted: Decision.throttled, capacity: 1, decide: limit },
    { name: 'verify + limit, admitted', wanted: Decision.admitted, capacity: 2 ** 30, decide },
    { name: 'verify + limit, throttled', wanted: Decision.throttled, capacity: 1, decide },
  ];
}

function openRivals(capacity: number): readonly Rival[] {
  return (['native', 'ts'] as const).map((name) => {
    const gate = openEngine(name).createGate(specOf(capacity));
    for (const keyId of keyIds) gate.addKey(keyId, `secret of ${keyId}`, `account-${keyId}`);
    return { name, gate };
  });
}

/** Uses up what one cell of each key allows, then compares a stretch of the workload decision by decision. */
function assertAgreement(row: Case, rivals: readonly Rival[]): void {
  for (let index = 0; index < KEYS * 3; index++) {
    const seen = rivals.map(
      ({ gate }) => `${row.decide(gate, index)} ${gate.answer.subarray(0, Answer.size).join(' ')}`,
    );
    if (new Set(seen).size !== 1) throw new Error(`${row.name}: the engines disagree: ${seen.join(' / ')}`);
  }
  for (const { name, gate } of rivals) {
    const decision = row.decide(gate, 0);
    if (decision !== row.wanted) throw new Error(`${row.name}: ${name} decided ${decision}, not ${row.wanted}`);
  }
}

function timeNs({ gate }: Rival, row: Case): number {
  const beganNs = process.hrtime.bigint();
  for (let index = 0; index < DECISIONS; index++) row.decide(gate, index);
  return Number(process.hrtime.bigint() - beganNs) / DECISIONS;
}

export interface EngineFigures {
  readonly case: string;
  readonly nativeNs: Spread;
  readonly tsNs: Spread;
  /** TypeScript's time / native's, round by round. */
  readonly ratio: Spread;
}

export function measureEngines(say: (line: string) => void): readonly EngineFigures[] {
  const [signer] = openRivals(1);
  const signatures = keyIds.map((keyId, index) => (signer as Rival).gate.sign(keyId, messages[index] as string));
  return cases(signatures).map((row) => {
    const rivals = openRivals(row.capacity);
    assertAgreement(row, rivals);
    const times = { native: [] as number[], ts: [] as number[] };
    for (let round = 0; round <= ROUNDS; round++) {
      for (const rival of rivals) {
        const ns = timeNs(rival, row);
        // The first round warms up.
        if (round > 0) times[rival.name].push(ns);
      }
    }
    const figures: EngineFigures = {
      case: row.name,
      nativeNs: spreadOf(times.native),
      tsNs: spreadOf(times.ts),
      ratio: spreadOf(times.ts.map((ns, index) => ns / (times.native[index] ?? Number.NaN))),
    };
    say(
      `${row.name.padEnd(26)} native ${formatSpread(figures.nativeNs, 0)} ns, TypeScript ${formatSpread(figures.tsNs, 0)} ns, ` +
        `ratio ${formatSpread(figures.ratio, 2)}`,
    );
    return figures;
  });
}
