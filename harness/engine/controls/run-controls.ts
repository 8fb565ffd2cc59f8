/** Plays the two control runs before a run, and says what they measured. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Outcome } from '../../actors/outcome.js';
import type { ControlFigures, Controls } from '../../judge/controls.js';
import { LatencyHistogram } from '../../judge/latency-histogram.js';
import { forEachRow } from '../../judge/row.js';
import { phaseAt } from '../../judge/scope.js';
import type { Plan } from '../../scenario/plan.js';
import { type CheckedTarget, checkTarget } from '../../targets/loopback.js';
import { type Played, type PlayOptions, play } from '../play.js';
import { controlPlan } from './control-plan.js';
import { startStubServer } from './stub-server.js';

export type ControlledRun = Pick<PlayOptions, 'plan' | 'seed' | 'workers' | 'engine' | 'transport' | 'folder' | 'stop'>;

/** What serves a control run. */
export interface ControlTarget {
  readonly target: CheckedTarget;
  close(): Promise<void>;
}

/**
 * @param openOwn - a fresh target of the run's own kind; null when there is none, as with a server that lives on: its
 * counters would be charged before the run.
 * @returns null when it was stopped before the end.
 * @throws {FloodproofError} what `play` and the targets throw.
 */
export async function runControls(
  run: ControlledRun,
  openOwn: ((plan: Plan) => Promise<ControlTarget>) | null,
): Promise<Controls | null> {
  const honestPlan = controlPlan(run.plan, false);
  const hasHonest = honestPlan.actors.length > 0;
  const honestAlone =
    openOwn !== null && hasHonest ? await playControl(run, honestPlan, () => openOwn(honestPlan)) : null;
  if (run.stop.aborted) return null;
  const stub = await playControl(run, controlPlan(run.plan, true), openStub);
  return run.stop.aborted ? null : { honestAlone, stub };
}

async function openStub(): Promise<ControlTarget> {
  const server = await startStubServer();
  return { target: await checkTarget(server.url), close: () => server.close() };
}

async function playControl(
  run: ControlledRun,
  plan: Plan,
  open: () => Promise<ControlTarget>,
): Promise<ControlFigures> {
  const served = await open();
  const folder = join(run.folder, 'controls');
  try {
    const played = await play({
      ...run,
      plan,
      folder,
      target: served.target,
      arrivalsMax: null,
      closedLoop: null,
      onProgress: () => undefined,
    });
    return figuresOf(plan, played);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await served.close();
  }
}

function figuresOf(plan: Plan, { observations, generator }: Played): ControlFigures {
  const latency = { legit: new LatencyHistogram(), abuse: new LatencyHistogram() };
  const service = { legit: new LatencyHistogram(), abuse: new LatencyHistogram() };
  const visit = (row: Parameters<Parameters<typeof forEachRow>[1]>[0]): void => {
    const label = plan.actors[row.actor]?.label;
    if (label === undefined || row.outcome !== Outcome.admitted || phaseAt(plan.phases, row.intendedUs) < 0) return;
    latency[label].record(row.answeredUs - row.intendedUs);
    service[label].record(row.answeredUs - row.sentUs);
  };
  forEachRow(observations, visit, false);
  const of = ({ legit, abuse }: typeof latency) => ({ legit: percentilesOf(legit), abuse: percentilesOf(abuse) });
  return {
    sent: generator.sent,
    ownDelayMsP99: generator.ownDelayMsP99,
    latencyMs: of(latency),
    serviceMs: of(service),
  };
}

function percentilesOf(histogram: LatencyHistogram): ControlFigures['latencyMs']['legit'] {
  const at = (percent: number): number | null => {
    const us = histogram.percentileUs(percent);
    return us === null ? null : us / 1000;
  };
  return { p50: at(50), p99: at(99), p999: at(99.9) };
}
