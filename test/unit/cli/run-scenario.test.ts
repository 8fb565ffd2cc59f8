import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runScenario, type ScenarioHooks } from '../../../harness/cli/run-scenario.js';
import { LiveTally } from '../../../harness/engine/live-tally.js';
import type { Played } from '../../../harness/engine/play.js';
import type { RunRecord } from '../../../harness/engine/record/run-folder.js';
import { FloodproofError } from '../../../harness/errors.js';
import type { LaunchedGateway } from '../../../harness/gateway/launch.js';
import { aPlan } from '../../support/plan-builder.js';
import { aGenerator } from '../report/verdict-samples.js';

const doubles = vi.hoisted(() => ({ play: vi.fn(), launchGateway: vi.fn() }));
vi.mock('../../../harness/engine/play.js', () => ({ play: doubles.play }));
vi.mock('../../../harness/gateway/launch.js', () => ({ launchGateway: doubles.launchGateway }));

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'floodproof-'));
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

const record: RunRecord = {
  schema: 'floodproof/run/1',
  plan: aPlan(),
  seed: 1,
  engine: 'ts',
  workers: 1,
  target: 'gateway',
  gatewayPolicy: null,
  arrivalsMax: null,
};

function played(isInterrupted: boolean): Played {
  return {
    observations: function* none() {},
    files: [],
    generator: aGenerator(),
    seconds: [],
    machine: [],
    tally: new LiveTally(record.plan),
    isInterrupted,
    durationUs: 1,
  };
}

const death = new FloodproofError('FP_GATEWAY_FAILED', 'the gateway process ended by itself (SIGKILL)');

/** Its end has not been told yet when the load is over. */
function aDyingGateway(): LaunchedGateway {
  return {
    url: 'http://127.0.0.1:9',
    port: 9,
    pid: 0,
    engine: 'ts',
    note: '',
    ended: new Promise(() => undefined),
    stats: async () => await Promise.reject(death),
    close: async () => undefined,
  };
}

function runWith(isInterrupted: boolean): ReturnType<typeof runScenario> {
  doubles.play.mockResolvedValue(played(isInterrupted));
  doubles.launchGateway.mockResolvedValue(aDyingGateway());
  const hooks: ScenarioHooks = {
    stop: new AbortController().signal,
    onProgress: () => undefined,
    onNote: () => undefined,
    speed: Number.POSITIVE_INFINITY,
    controls: false,
    onFolder: () => undefined,
    replayCommand: () => 'replay',
  };
  return runScenario({ record, notes: ['seen before'] }, parent, hooks);
}

test('a gateway that died under the last requests gives no verdict, though its end was not told yet', async () => {
  await expect(runWith(false)).rejects.toBe(death);
  expect(readdirSync(join(parent, readdirSync(parent)[0] as string))).toEqual(['plan.json']);
});

test('an interrupted run is saved without asking the gateway, which judges nothing', async () => {
  const document = await runWith(true);
  expect(document.verdict).toBe('interrupted');
  expect(document.notes).toContain('seen before');
});
