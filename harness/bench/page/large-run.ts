/** A run folder of as many rows as wanted, made without sending anything: the same bytes of traffic every time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildWorld } from '../../actors/identities/world.js';
import { IntentKind, Outcome } from '../../actors/outcome.js';
import type { World } from '../../actors/world.js';
import { sealParquet } from '../../engine/record/parquet.js';
import type { RunRecord } from '../../engine/record/run-folder.js';
import { judgeRun } from '../../judge/judge.js';
import { createColumns, NONE, type ObservationColumns, type ObservationSource } from '../../judge/observation.js';
import type { VerdictDocument } from '../../judge/verdict.js';
import { type ActorPlan, type Plan, requestClasses, type TokenBucketLimit } from '../../scenario/plan.js';
import { actorDefaults } from '../../scenario/plan-defaults.js';
import { seriesOf } from '../../timeline/series-of.js';
import { benchPlan } from '../generator/bench-plan.js';

const SEED = 1;
const SECOND_US = 1_000_000;
/** Between two conclusions: ten million rows are 25 minutes, which are 300 bins of 5 s. */
const ROW_US = 150;
const BATCH_ROWS = 50_000;
const HONEST = 1_000;
const FLOODERS = 50;
/** Whose turn it is, by the last digit of the row: six actors, of which the last two send four rows of ten. */
const turns = [0, 1, 2, 3, 4, 5, 0, 1, 4, 5] as const;
const CAPACITY = 20;
const REFILL_PER_SECOND = 15;
/** One key is admitted all that it sends, 26.7 a second, for so long from the middle on: 38 cells over the bound. */
const LEAK_US = 5 * SECOND_US;

export interface LargeRun {
  readonly rows: number;
  readonly verdict: VerdictDocument;
}

/** Writes plan, rows, series and verdict of a run of `rows` requests into `folder`. */
export function writeLargeRun(folder: string, rows: number): LargeRun {
  mkdirSync(folder, { recursive: true });
  const plan = largePlan(rows);
  const world = buildWorld(plan, SEED);
  const source = rowsOf(plan, world, rows);
  const write = (name: string, document: unknown): void =>
    writeFileSync(join(folder, name), `${JSON.stringify(document)}\n`);
  const record: RunRecord = {
    schema: 'floodproof/run/1',
    plan,
    seed: SEED,
    engine: 'ts',
    workers: 1,
    target: 'http://127.0.0.1:1',
    gatewayPolicy: null,
    arrivalsMax: null,
  };
  write('plan.json', record);
  write('generator.json', { seconds: [], machine: [] });
  const verdict = verdictOf(plan, world, source, rows);
  write('series.json', seriesOf(record, world, source, verdict.leaks, []));
  sealParquet(join(folder, 'observations.parquet'), source, {
    'floodproof.scenario': plan.name,
    'floodproof.seed': String(SEED),
    'floodproof.schema': 'floodproof/observations/1',
  });
  write('verdict.json', verdict);
  return { rows, verdict };
}

function largePlan(rows: number): Plan {
  const endUs = rows * ROW_US;
  const plan = benchPlan({
    population: HONEST,
    arrivals: { process: 'constant', ratePerSecond: 1_000 },
    seconds: Math.ceil(endUs / SECOND_US),
    connectionsPerIp: 4,
  });
  const [trader] = plan.actors as readonly [ActorPlan];
  const active = [{ startUs: 0, endUs }];
  const third = Math.round(endUs / 3);
  return {
    ...plan,
    name: 'bench-page',
    claim: 'none: this plan measures reports',
    phases: [
      { name: 'calm', startUs: 0, endUs: third },
      { name: 'attack', startUs: third, endUs: 2 * third },
      { name: 'recovery', startUs: 2 * third, endUs },
    ],
    policy: { ...plan.policy, limits: [bucket('orders-key', 'key'), bucket('orders-ip', 'ip')] },
    actors: Array.from({ length: 6 }, (_, index): ActorPlan => {
      const isHonest = index < 4;
      const who = { name: isHonest ? `traders-${index + 1}` : `flooders-${index - 3}`, active, ...actorDefaults };
      const label = isHonest ? 'legit' : 'abuse';
      return { ...trader, ...who, label, population: isHonest ? HONEST : FLOODERS };
    }),
    expectations: [
      {
        text: 'abuse.leak <= 0',
        subject: 'abuse',
        metric: 'leak',
        phase: null,
        operator: '<=',
        wanted: { kind: 'number', value: 0 },
        wholeInterval: false,
      },
    ],
  };
}

function bucket(name: string, by: 'ip' | 'key'): TokenBucketLimit {
  return {
    name,
    family: 'token-bucket',
    by: [by],
    ipPrefix: null,
    costs: requestClasses.map(() => 1),
    ageCosts: requestClasses.map(() => []),
    ban: null,
    kills: false,
    isShadow: false,
    maxKeys: 10_000,
    // By address there is room, so that one limit leaks and not both.
    capacity: by === 'key' ? CAPACITY : 100 * CAPACITY,
    refillCells: REFILL_PER_SECOND,
    refillPeriodUs: SECOND_US,
  };
}

/** The rows in the order of their conclusion, made again at each walk. */
function rowsOf(plan: Plan, world: World, rows: number): ObservationSource {
  return function* walk() {
    const columns = createColumns(BATCH_ROWS);
    columns.elements.fill(1);
    columns.requestClass.fill(requestClasses.indexOf('order.place'));
    columns.kind.fill(IntentKind.arrival);
    columns.retryAfterMs.fill(-1);
    for (let from = 0; from < rows; from += BATCH_ROWS) {
      const count = Math.min(BATCH_ROWS, rows - from);
      for (let row = 0; row < count; row++) writeRow(columns, row, from + row, { plan, world, rows });
      yield { rows: count, columns };
    }
  };
}

interface Whole {
  readonly plan: Plan;
  readonly world: World;
  readonly rows: number;
}

function writeRow(columns: ObservationColumns, at: number, row: number, { plan, world, rows }: Whole): void {
  const actor = turns[row % turns.length] as number;
  const round = Math.floor(row / turns.length);
  const bits = mixed(row);
  const isFlooder = actor > 3;
  // A flooder's two turns in a round go to the same key, the next round to the next one.
  const identity = isFlooder
    ? 4 * HONEST + (actor - 4) * FLOODERS + (round % FLOODERS)
    : actor * HONEST + (bits % HONEST);
  const concludedUs = (row + 1) * ROW_US + 20_000;
  const sentUs = concludedUs - 1_000 - (bits % 8_192);
  const middleUs = (rows * ROW_US) / 2;
  const leaks = actor === 5 && round % FLOODERS === 0 && sentUs >= middleUs && sentUs < middleUs + LEAK_US;
  const isThrottled = isFlooder && row % turns.length > 5 && !leaks;
  const who = world.identity(identity);
  columns.intendedUs[at] = sentUs - (bits % 300);
  columns.dispatchedUs[at] = sentUs - (bits % 200);
  columns.sentUs[at] = sentUs;
  columns.answeredUs[at] = concludedUs;
  columns.concludedUs[at] = concludedUs;
  columns.actor[at] = actor;
  columns.identity[at] = identity;
  columns.outcome[at] = isThrottled ? Outcome.throttled : Outcome.admitted;
  columns.status[at] = isThrottled ? 429 : 200;
  columns.limit[at] = isThrottled ? 0 : -1;
  columns.ip[at] = who.ipIndex;
  columns.account[at] = who.accountIndex;
  columns.key[at] = who.keyIndex;
  columns.signature[at] = plan.policy.auth === null ? NONE : row;
}

/** 32 bits that look like dice: the finaliser of MurmurHash3 (Austin Appleby, public domain). */
function mixed(row: number): number {
  let bits = Math.imul(row ^ (row >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function verdictOf(plan: Plan, world: World, observations: ObservationSource, rows: number): VerdictDocument {
  const verdict = judgeRun({
    plan,
    world,
    observations,
    generator: {
      asked: rows,
      sent: rows,
      answered: rows,
      ownDelayMsP99: 0.2,
      targetWaitMsP99: 0.1,
      worstSecond: null,
      faults: [],
    },
    isInterrupted: false,
    seed: SEED,
    target: 'http://127.0.0.1:1',
    engine: 'ts',
    notes: [],
    replay: '',
    versions: {},
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: (rows * ROW_US) / 1_000,
  });
  // A page without a leak to open would be measured with less than a failing run shows.
  if (verdict.verdict !== 'fail' || verdict.leaks.length !== 1) {
    throw new Error(
      `the run that reports are measured with is judged ${verdict.verdict}, ${verdict.leaks.length} leaks`,
    );
  }
  return verdict;
}
