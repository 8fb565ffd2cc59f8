/** How late an open loop hands its requests over: own dispatch delay at a steady Poisson rate. */
import type { Played } from '../../engine/play.js';
import { benchPlan } from './bench-plan.js';
import { playOnce } from './closed-loop.js';

export interface OpenLoopRun {
  readonly askedPerSecond: number;
  readonly sent: number;
  readonly ownDelayMsP99: number;
  readonly worstSecondMsP99: number;
}

export async function openLoop(port: number, engine: 'native' | 'ts', ratePerSecond: number): Promise<OpenLoopRun> {
  const plan = benchPlan({
    population: 50,
    arrivals: { process: 'poisson', ratePerSecond },
    seconds: 6,
    connectionsPerIp: 4,
  });
  // One second to open connections and to let the code be compiled, as in any run.
  const warm = { ...plan, warmupUs: 1e6, phases: [{ name: 'bench', startUs: 1e6, endUs: 6e6 }] };
  const played: Played = await playOnce(warm, { port, engine, closedLoop: null, arrivalsMax: null });
  const { generator } = played;
  return {
    askedPerSecond: ratePerSecond,
    sent: generator.sent,
    ownDelayMsP99: generator.ownDelayMsP99,
    worstSecondMsP99: generator.worstSecond?.ownDelayMsP99 ?? Number.NaN,
  };
}
