/** Scenario and policy files for tests: the real ones of `scenarios/`, and texts that only exist in memory. */
import { readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { FloodproofError } from '../../harness/errors.js';
import type { FileReader } from '../../harness/scenario/file-reader.js';

/** The scenario files of the release suite, from the root of the project. */
export function releaseFiles(): readonly string[] {
  return readdirSync('scenarios/release')
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => `scenarios/release/${name}`);
}

/** A reader over texts by path. */
export function textReader(files: Readonly<Record<string, string>>): FileReader {
  return {
    read(path) {
      const text = Object.hasOwn(files, path) ? files[path] : undefined;
      if (text === undefined)
        throw new FloodproofError('FP_FILE_UNREADABLE', `cannot read ${path}: there is no such file`);
      return text;
    },
    resolve: (from, reference) => posix.join(posix.dirname(from), reference),
  };
}

/** A policy with one limit, right in every way. */
export const goodPolicy = `version: 1
name: small
auth: { signed: [account, order.place, order.amend, order.cancel] }
limits:
  - name: orders-key
    match: [order.place]
    by: key
    family: token-bucket
    capacity: 20
    refill: 10 per 1s
`;

/** A scenario under `policy.yaml`, right in every way. */
export const goodScenario = `version: 1
name: small
claim: Nothing happens.
policy: policy.yaml
phases:
  - { name: calm, for: 2s }
  - { name: attack, for: 3s }
actors:
  - name: customers
    label: legit
    population: 10
    behaviour: retail-trader
    arrivals: { process: poisson, rate: 60/s }
  - name: flooder
    label: abuse
    during: attack
    behaviour: order-flood
    arrivals: { process: constant, rate: 200/s }
expect:
  - abuse.leak <= 0
`;

/** A scenario that says all that a file may say, under `policy.yaml` and `weak.yaml`, right in every way. */
export const fullScenario = `version: 1
name: everything
claim: All that a file may say is read.
maps: [OAT-008, "API2:2023"]
tags: [credential-stuffing, login]
needs: [virtual-time]
policy: policy.yaml
weak: { policy: weak.yaml, fails: [abuse.leak, legit.latency.p99] }
capacity: 1000/s
virtual:
  delay: 5ms
  jitter: 2ms
  loss: 0.1%
  reorder: { share: 1%, by: 20ms }
  server: { rate: 200% of capacity, queue: 500 }
  clock: { drift: 50ppm, steps: [{ at: 15s, by: -2s }, { at: 16s, by: 3s }], freezes: [{ at: 20s, for: 1s }] }
  outages: [{ at: 10s, for: 30s }, { at: 40s, for: 1s }]
  restarts: [15s, 2min]
warmup: 1s
phases: [{ name: calm, for: 1min }, { name: attack, for: 2d }]
actors:
  - name: customers
    label: legit
    population: 300
    behaviour: retail-trader
    who: { zipf: 0.99 }
    perAddress: 50
    masters: 10
    clock: { sigma: 50ms, stray: { share: 1%, by: 2s }, drift: { share: 2%, perMinute: 50ms } }
    retry: { policy: full-jitter, attempts: 4, base: 200ms, cap: 20s, follow: 80%, budget: 20% }
    connection: fresh
    symbols: { zipf: 1.2 }
    arrivals: { process: hawkes, rate: 60% of capacity, branching: 66%, decay: 1.8/s }
  - name: screens
    label: legit
    population: 5
    behaviour: retail-ui
    retry: { policy: exponential }
    arrivals: { process: step, steps: [{ from: 0s, rate: 10/s }, { from: 5s, rate: 0/s }, { from: 1min, rate: 1% of capacity }] }
  - name: programs
    label: legit
    population: 5
    behaviour: retail-bot
    retry: { policy: never }
    arrivals: { process: on-off, rate: 50/s, on: 3s, off: 60s }
  - name: readers
    label: legit
    population: 5
    behaviour: history-scan
    retry: { policy: fixed, attempts: 1, base: 1s }
    arrivals: { process: mmpp, calm: 10/s, burst: 100/s, calmFor: 60s, burstFor: 3s }
  - name: members
    label: legit
    population: 5
    behaviour: login
    retry: { policy: immediate }
    arrivals: { process: diurnal, rate: 10/s, peakToTrough: 2.5, period: 24h, peakAt: 18h }
  - name: returning
    label: legit
    population: 5
    behaviour: reconnect
    who: in-turn
    arrivals: { process: herd, size: 100, first: 1s, every: 10s, within: 50ms }
  - name: recorded
    label: abuse
    population: 3
    behaviour: order-flood
    during: attack
    who: { trace: traces/t.csv, who: KEY }
    arrivals: { process: trace, file: traces/t.csv, time: TIMESTAMP, speed: 10, keep: 10%, loop: true }
  - name: sprayers
    label: abuse
    behaviour: password-spraying
    with: { victims: customers, ips: 5 }
    arrivals: { process: ramp, from: 1/s, to: 5/s }
  - name: batches
    label: abuse
    behaviour: batch-flood
    arrivals: { process: constant, rate: 1/s }
expect:
  - abuse.leak <= 0
  - legit.falseBlockRate <= 0.1%
  - legit.latency.p99 <= 50ms
`;
