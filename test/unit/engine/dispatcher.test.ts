import { expect, test, vi } from 'vitest';
import { buildWorld } from '../../../harness/actors/identities/world.js';
import type { Arrival } from '../../../harness/actors/schedule.js';
import { Dispatcher } from '../../../harness/engine/dispatcher.js';
import { HealthWatch } from '../../../harness/engine/health.js';
import { Recorder } from '../../../harness/engine/recorder.js';
import { monotonicUs, RunClock } from '../../../harness/engine/wall-clock.js';
import { FlightSender } from '../../../harness/targets/http/sender.js';
import { aPlan } from '../../support/plan-builder.js';

const alarms = vi.hoisted(() => ({ failures: [] as ((error: Error) => void)[] }));
vi.mock('../../../harness/engine/alarm.js', () => ({
  Alarm: class {
    constructor({ onFailure }: { onFailure: (error: Error) => void }) {
      alarms.failures.push(onFailure);
    }
    set(): void {}
    async close(): Promise<void> {}
  },
}));

const plan = aPlan();
/** Due long after the test. */
const later: Arrival = { intendedUs: 1e12, actor: 0, identityIndex: 0 };

function aDispatcher(): { dispatcher: Dispatcher; failAlarm: (error: Error) => void } {
  const clock = new RunClock();
  clock.start(monotonicUs());
  const dispatcher = new Dispatcher({
    plan,
    world: buildWorld(plan, 1),
    behaviours: [],
    captures: [],
    schedule: [later][Symbol.iterator](),
    sender: new FlightSender({
      origin: 'http://127.0.0.1:9',
      host: '127.0.0.1:9',
      basePath: '',
      transport: 'trusted-hop',
      trustedHops: 1,
      connectionsPerIp: () => 1,
      connectTimeoutMs: 1000,
      sign: () => '',
      wallMs: () => 0,
      clockOffsetUs: () => 0,
      windowMs: 5000,
      noncePrefix: '',
      keepFor: new Set(),
      freshFor: new Set(),
    }),
    recorder: new Recorder(() => undefined),
    health: new HealthWatch(clock, plan.warmupUs),
    openMax: 1,
    signatureBase: 0,
    clock,
    closedLoop: null,
    staysAwake: true,
  });
  return { dispatcher, failAlarm: (error) => alarms.failures.at(-1)?.(error) };
}

test('a run whose alarm fails ends with that error: its next moment would never come', async () => {
  const { dispatcher, failAlarm } = aDispatcher();
  const error = new Error('the thread is gone');
  const run = dispatcher.run();
  failAlarm(error);
  await expect(run).rejects.toBe(error);
});

test('an alarm that failed before the start is not forgotten', async () => {
  const { dispatcher, failAlarm } = aDispatcher();
  const error = new Error('the thread is gone');
  failAlarm(error);
  await expect(dispatcher.run()).rejects.toBe(error);
});
