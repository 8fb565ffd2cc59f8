import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Intent } from '../../../harness/actors/actor.js';
import { OpenFlights } from '../../../harness/engine/open-flights.js';
import { Flight, type FlightOwner } from '../../../harness/targets/http/flight.js';

const owner: FlightOwner = {
  nowUs: () => 1,
  concluded: () => undefined,
  limitIndex: () => -1,
  ownFault: () => undefined,
};

test('the earliest is always the one that was added first of those that are left', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(50), { nil: null }), { maxLength: 120 }), (steps) => {
      const flights = new OpenFlights();
      const model: Flight[] = [];
      for (const step of steps) {
        if (step === null) {
          const flight = new Flight(owner, {} as Intent, 0, 0);
          flights.add(flight);
          model.push(flight);
        } else {
          const [gone] = model.splice(step, 1);
          // What was never added, or has been taken out already, changes nothing.
          const flight = gone ?? new Flight(owner, {} as Intent, 0, 0);
          flights.remove(flight);
          flights.remove(flight);
        }
        expect(flights.earliest).toBe(model[0] ?? null);
      }
      for (const flight of model) {
        expect(flights.earliest).toBe(flight);
        flights.remove(flight);
      }
      expect(flights.earliest).toBeNull();
    }),
    { seed: 5, numRuns: 400 },
  );
});
