import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Behaviour, Identity } from '../../../harness/actors/actor.js';
import * as api from '../../../harness/actors/api.js';
import { buildWorld } from '../../../harness/actors/identities/world.js';
import { OrderMaker } from '../../../harness/actors/order-maker.js';
import { Outcome } from '../../../harness/actors/outcome.js';
import { createRandom } from '../../../harness/actors/random.js';
import { createSetting } from '../../../harness/actors/setting.js';
import { Dispatcher } from '../../../harness/engine/dispatcher.js';
import { HealthWatch } from '../../../harness/engine/health.js';
import { Recorder } from '../../../harness/engine/recorder.js';
import type { RunClock } from '../../../harness/engine/wall-clock.js';
import type { Flight } from '../../../harness/targets/http/flight.js';
import type { FlightSender } from '../../../harness/targets/http/sender.js';
import { exampleActor, examplePlan } from '../actors/example-plan.js';

const alarm = vi.hoisted((): { ring: () => void; setForUs: number } => ({ ring: () => undefined, setForUs: 0 }));
vi.mock('../../../harness/engine/alarm.js', () => ({
  Alarm: class {
    constructor({ ring }: { ring: () => void }) {
      alarm.ring = ring;
    }
    set(momentUs: number): void {
      alarm.setForUs = momentUs;
    }
    async close(): Promise<void> {}
  },
}));

const actor = exampleActor('order-flood', { population: 8 });
const plan = { ...examplePlan([actor]), request: { timeoutUs: 1_000_000, connectionsPerIp: 8, openMax: 100 } };
const world = buildWorld(plan, 1);
const setting = createSetting(actor, plan, { seed: 1, world, captured: null });
const order = api.placeOrder(new OrderMaker().order(createRandom(1)));

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

/** A dispatcher whose clock stands until it is moved; arrivals at these moments hold their last byte for `leadUs`. */
function stage(arrivalsUs: readonly number[], leadUs: number, staysAwake = false) {
  let nowUs = 0;
  const events: string[] = [];
  const flights: Flight[] = [];
  const sender = {
    send: (flight: Flight) => {
      flight.dispatchedUs = nowUs;
      const place = flights.push(flight) - 1;
      events.push(`send ${place} at ${nowUs}`);
      const release = flight.release.bind(flight);
      flight.release = () => {
        events.push(`release ${place} at ${nowUs}`);
        release();
      };
    },
    abandon: (flight: Flight, outcome: Outcome) => flight.stop(outcome),
    close: async () => undefined,
  };
  const behaviour: Behaviour = {
    onArrival: (identity: Identity, momentUs) =>
      setting.intent(identity, order, { step: 'held', lastByteUs: momentUs + leadUs }),
    onOutcome: () => null,
  };
  const clock = { nowUs: () => nowUs, toMonotonicUs: (runUs: number) => runUs } as unknown as RunClock;
  const dispatcher = new Dispatcher({
    plan,
    world,
    behaviours: [behaviour],
    captures: [null],
    schedule: arrivalsUs.map((intendedUs) => ({ intendedUs, actor: 0, identityIndex: 0 }))[Symbol.iterator](),
    sender: sender as unknown as FlightSender,
    recorder: new Recorder(() => undefined),
    health: new HealthWatch(clock, 0),
    openMax: 100,
    signatureBase: 0,
    clock,
    closedLoop: null,
    staysAwake,
  });
  const run = dispatcher.run();
  return {
    dispatcher,
    run,
    events,
    flights,
    ring: (momentUs: number) => {
      nowUs = momentUs;
      alarm.ring();
    },
    /** Lets what waits awake have a look. */
    at: async (momentUs: number) => {
      nowUs = momentUs;
      await new Promise((resolve) => setImmediate(resolve));
    },
    /** Lets the deadlines be looked at. */
    sweep: (momentUs: number) => {
      nowUs = momentUs;
      vi.advanceTimersByTime(50);
    },
  };
}

test('last bytes are released at their moments, all that are due in one go and before what arrives then', async () => {
  const { ring, events, flights, run } = stage([0, 10, 500_000], 500_000);
  ring(10);
  expect(alarm.setForUs).toBe(500_000);
  ring(500_010);
  expect(events).toEqual([
    'send 0 at 0',
    'send 1 at 10',
    'release 0 at 500010',
    'release 1 at 500010',
    'send 2 at 500010',
  ]);
  expect(alarm.setForUs).toBe(1_000_000);
  for (const flight of flights) flight.stop(Outcome.reset);
  await run;
});

test('a moment that is past when the request is sent is made up for at once', async () => {
  const { events, flights, run } = stage([0], 0);
  expect(events).toEqual(['send 0 at 0', 'release 0 at 0']);
  flights[0]?.stop(Outcome.reset);
  await run;
});

test('the deadline of a request begins with its last byte', async () => {
  const { ring, sweep, flights, run } = stage([0], 900_000);
  sweep(1_100_000);
  expect(flights[0]?.isConcluded).toBe(false);
  ring(1_100_000);
  sweep(1_899_999);
  expect(flights[0]?.isConcluded).toBe(false);
  sweep(1_900_000);
  expect(flights[0]?.outcome).toBe(Outcome.timeout);
  await run;
});

test('what ends before its moment is not released any more, and the run ends without it', async () => {
  const { ring, events, flights, run } = stage([0, 1], 500_000);
  ring(1);
  flights[0]?.stop(Outcome.reset);
  ring(500_001);
  expect(events).toEqual(['send 0 at 0', 'send 1 at 1', 'release 1 at 500001']);
  flights[1]?.stop(Outcome.reset);
  await run;
});

test('an interrupt takes back what is held as well as what is on its way', async () => {
  const { ring, dispatcher, flights, run } = stage([0, 400_000], 300_000);
  ring(300_000);
  ring(400_000);
  dispatcher.stop();
  await run;
  expect(flights.map(({ outcome, isConcluded }) => [outcome, isConcluded])).toEqual([
    [Outcome.aborted, true],
    [Outcome.aborted, true],
  ]);
});

test('an alarm that has rung late is set earlier, and what is due soon is waited for awake', async () => {
  const { ring, at, events, flights, run } = stage([400, 2_000, 500_000], 600_000, true);
  expect(alarm.setForUs).toBe(400);
  // 400 us late: a quarter of it is learned.
  ring(800);
  expect(alarm.setForUs).toBe(1_900);
  ring(1_910);
  expect(events).toEqual(['send 0 at 800']);
  await at(1_999);
  expect(events).toEqual(['send 0 at 800']);
  await at(2_000);
  expect(events).toEqual(['send 0 at 800', 'send 1 at 2000']);
  expect(alarm.setForUs).toBe(499_901);
  for (const flight of flights) flight.stop(Outcome.reset);
  ring(500_000);
  for (const flight of flights) flight.stop(Outcome.reset);
  await run;
});
