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
