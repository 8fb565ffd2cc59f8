/** Whether arrivals reach a server as the plan has them: stamped there, held to their law and to the plan. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { schedule } from '../../actors/schedule.js';
import type { Arrivals, Plan } from '../../scenario/plan.js';
import { benchPlan } from '../generator/bench-plan.js';
import { playOnce } from '../generator/closed-loop.js';
import { formatSpread, type Spread, spreadOf } from '../spread.js';
import type { FromStampingServer, ToStampingServer } from './stamping-server.js';
import { countsOf, exponentialLaw, fano, gapsOf, ksDistance, median } from './statistics.js';

const SECOND_US = 1_000_000;
const ROUNDS = 3;
/** To open connections and to let the code be compiled, as in any run; not measured. */
const WARM_UP_S = 1;

/** Gaps of the slow plan that are held to the exponential law. */
const KS_GAPS = 1_000;
/** A distance from the law that a true sample of 1,000 passes once in a hundred times: 1.63 / sqrt 1,000. */
const KS_DISTANCE_MAX = 0.0515;
/** How far the Fano factor at the server may be from the plan's. */
const FANO_OFF_MAX = 0.1;
const OWN_DELAY_MS_P99_MAX = 1;

export interface ArrivalCase {
  readonly name: string;
  readonly arrivals: Arrivals;
  readonly seconds: number;
  readonly binUs: number;
  /** Rate of the exponential law that the first 1,000 gaps are held to; null = they have another law. */
  readonly exponentialPerSecond: number | null;
}

const arrivalCases: readonly ArrivalCase[] = [
  {
    name: 'Poisson at 500/s',
    arrivals: { process: 'poisson', ratePerSecond: 500 },
    seconds: 4,
    binUs: 10_000,
    exponentialPerSecond: 500,
  },
  {
    name: 'Hawkes at 2,000/s',
    arrivals: { process: 'hawkes', ratePerSecond: 2_000, branching: 0.66, decayPerSecond: 100 },
    seconds: 5,
    binUs: 10_000,
    exponentialPerSecond: null,
  },
  {
    name: 'Poisson at 20,000/s',
    arrivals: { process: 'poisson', ratePerSecond: 20_000 },
    seconds: 5,
    binUs: 10_000,
    exponentialPerSecond: null,
  },
];

export interface ArrivalFigures {
  readonly name: string;
  /** By round: arrivals of the plan, and requests that reached the server. */
  readonly planned: readonly number[];
  readonly stamped: readonly number[];
  /** Distance of the first 1,000 gaps from the law, in the plan and at the server; null = not held to it. */
  readonly ksDistancePlan: Spread | null;
  readonly ksDistance: Spread | null;
  readonly binUs: number;
  readonly fanoPlan: Spread;
  readonly fano: Spread;
  /** At the server over the plan's, round by round. */
  readonly fanoRatio: Spread;
  readonly ownDelayMsP99: Spread;
  /** Whether all rounds stayed within the stated bounds. */
  readonly isWithin: boolean;
}

/** One round of a case, with a seed of its own, as it was planned and as the server saw it. */
export interface StampedRound {
  /** The warm-up's times as well. */
  readonly plannedUs: readonly number[];
  /** In the order of their coming, on any clock. */
  readonly stampsUs: readonly number[];
  readonly ownDelayMsP99: number;
}

export async function measureArrivals(
  engine: 'native' | 'ts',
  say: (line: string) => void,
): Promise<readonly ArrivalFigures[]> {
  const server = await StampingServer.start();
  try {
    const all: ArrivalFigures[] = [];
    for (const one of arrivalCases) {
      const plan = planOf(one);
      const rounds: StampedRound[] = [];
      for (let seed = 1; seed <= ROUNDS; seed++) {
        await server.stamps();
        const options = { port: server.port, engine, closedLoop: null, arrivalsMax: null, seed };
        const { generator } = await playOnce(plan, options);
        const stampsUs = [...(await server.stamps())].sort((a, b) => a - b);
        rounds.push({ plannedUs: timesOf(plan, seed), stampsUs, ownDelayMsP99: generator.ownDelayMsP99 });
      }
      const figures = figuresOf(one, rounds);
      all.push(figures);
      for (const line of linesOf(figures)) say(line);
    }
    return all;
  } finally {
    server.close();
  }
}

function planOf({ arrivals, seconds }: ArrivalCase): Plan {
  const plan = benchPlan({ population: 50, arrivals, seconds: WARM_UP_S + seconds, connectionsPerIp: 4 });
  const startUs = WARM_UP_S * SECOND_US;
  return {
    ...plan,
    warmupUs: startUs,
    phases: [{ name: 'bench', startUs, endUs: startUs + seconds * SECOND_US }],
  };
}

/** The plan's own times, as the generator plays them. */
function timesOf(plan: Plan, seed: number): number[] {
  return Array.from(schedule({ plan, seed, worker: 0, workers: 1 }), ({ intendedUs }) => intendedUs);
}

/** @param rounds - At least one. */
export function figuresOf(
  { name, seconds, binUs, exponentialPerSecond }: ArrivalCase,
  rounds: readonly StampedRound[],
): ArrivalFigures {
  const span = { fromUs: WARM_UP_S * SECOND_US, toUs: (WARM_UP_S + seconds) * SECOND_US, binUs };
  const law = exponentialPerSecond === null ? null : exponentialLaw(exponentialPerSecond / SECOND_US);
  const distances = (times: readonly (readonly number[])[]): number[] =>
    law === null ? [] : times.map((timesUs) => ksDistance(firstGaps(timesUs, span.fromUs), law));
  const fanos = (times: readonly (readonly number[])[]): number[] =>
    times.map((timesUs) => fano(countsOf(timesUs, span)));
  const planned = rounds.map(({ plannedUs }) => plannedUs);
  const seen = rounds.map(({ stampsUs, plannedUs }) => onPlanClock(stampsUs, plannedUs));
  const fanosPlanned = fanos(planned);
  const fanosSeen = fanos(seen);
  const ratios = fanosSeen.map((value, round) => value / (fanosPlanned[round] as number));
  const distancesSeen = distances(seen);
  const delays = rounds.map(({ ownDelayMsP99 }) => ownDelayMsP99);
  return {
    name,
    planned: planned.map(({ length }) => length),
    stamped: seen.map(({ length }) => length),
    ksDistancePlan: law === null ? null : spreadOf(distances(planned)),
    ksDistance: law === null ? null : spreadOf(distancesSeen),
    binUs,
    fanoPlan: spreadOf(fanosPlanned),
    fano: spreadOf(fanosSeen),
    fanoRatio: spreadOf(ratios),
    ownDelayMsP99: spreadOf(delays),
    isWithin:
      rounds.every(({ stampsUs, plannedUs }) => stampsUs.length === plannedUs.length) &&
      distancesSeen.every((value) => value <= KS_DISTANCE_MAX) &&
      ratios.every((value) => Math.abs(value - 1) <= FANO_OFF_MAX) &&
      delays.every((value) => value < OWN_DELAY_MS_P99_MAX),
  };
}

function firstGaps(timesUs: readonly number[], fromUs: number): number[] {
  return gapsOf(timesUs.filter((atUs) => atUs >= fromUs).slice(0, KS_GAPS + 1));
}

/** The server's stamps on the plan's clock: the n-th request is taken to be the n-th planned, half of them later, half earlier. */
function onPlanClock(stampsUs: readonly number[], planned: readonly number[]): number[] {
  const offsetUs = median(stampsUs.slice(0, planned.length).map((atUs, i) => atUs - (planned[i] as number)));
  return stampsUs.map((atUs) => atUs - offsetUs);
}

function linesOf(figures: ArrivalFigures): string[] {
  const { name, planned, stamped, ksDistancePlan, ksDistance: distance, binUs, isWithin } = figures;
  const lost = planned.reduce((sum, count) => sum + count, 0) - stamped.reduce((sum, count) => sum + count, 0);
  return [
    `${name}: ${isWithin ? 'within its bounds' : 'NOT within its bounds'}${lost === 0 ? '' : `, ${lost} did not reach the server`}`,
    ...(distance === null || ksDistancePlan === null
      ? []
      : [
          `  first ${KS_GAPS} gaps, distance from the exponential law (at most ${KS_DISTANCE_MAX}): ` +
            `${formatSpread(distance, 4)}, in the plan ${formatSpread(ksDistancePlan, 4)}`,
        ]),
    `  Fano factor of counts in ${binUs / 1000} ms: ${formatSpread(figures.fano, 3)}, in the plan ` +
      `${formatSpread(figures.fanoPlan, 3)}; ratio (within ${FANO_OFF_MAX * 100} %) ${formatSpread(figures.fanoRatio, 3)}`,
    `  own dispatch delay p99 (below ${OWN_DELAY_MS_P99_MAX} ms): ${formatSpread(figures.ownDelayMsP99, 3)} ms`,
  ];
}

class StampingServer {
  readonly port: number;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
  }

  static async start(): Promise<StampingServer> {
    // Structured clones: a million stamps as JSON would be slow.
    const child = fork(fileURLToPath(new URL('./stamping-server.js', import.meta.url)), { serialization: 'advanced' });
    const message = await nextMessage(child);
    if (message.kind !== 'port') throw new Error('the server told no port');
    return new StampingServer(child, message.port);
  }

  /** The stamps since the last call. */
  async stamps(): Promise<Float64Array> {
    const answer = nextMessage(this.child);
    const ask: ToStampingServer = 'give';
    this.child.send(ask);
    const message = await answer;
    if (message.kind !== 'stamps') throw new Error('the server gave no stamps');
    return message.stampsUs;
  }

  close(): void {
    this.child.disconnect();
  }
}

async function nextMessage(child: ChildProcess): Promise<FromStampingServer> {
  return await new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the server ended with exit code ${code}`));
    child.once('exit', onExit);
    child.once('error', reject);
    child.once('message', (message) => {
      child.off('exit', onExit);
      child.off('error', reject);
      resolve(message as FromStampingServer);
    });
  });
}
