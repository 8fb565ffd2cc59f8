/** Scenario, policy and adapter for the small API, written into a folder where a test may change them. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const adapterFile = fileURLToPath(new URL('adapter.yaml', import.meta.url));

const policy = `version: 1
name: own
auth: { profile: bearer, signed: [account, order.place, order.cancel] }
resolution: 1ms
limits:
  - { name: orders-key, match: [order.place], by: key, family: fixed-window, capacity: 10, window: 1s }
`;

const scenario = `version: 1
name: own-flood
claim: A flood of orders is held, and an honest trader gets through.
policy: policy.yaml
warmup: 0s
generator: { ownDelayP99: 1min, ownDelayP99WorstSecond: 1min, sentShare: 50% }
phases: [{ name: only, for: 2s }]
actors:
  - name: trader
    label: legit
    behaviour: retail-trader
    with: { orderShare: 30%, cancelShare: 100%, accountShare: 30%, thinkTime: 20ms }
    arrivals: { process: constant, rate: 15/s }
  - { name: flooder, label: abuse, behaviour: order-flood, arrivals: { process: constant, rate: 60/s } }
expect:
  - abuse.leak <= 0
  - legit.falseBlockRate <= 0%
`;

export interface OwnFiles {
  readonly scenario: string;
  readonly policy: string;
  readonly adapter: string;
}

export function ownFiles(folder: string): OwnFiles {
  const files = {
    scenario: join(folder, 'own-flood.yaml'),
    policy: join(folder, 'policy.yaml'),
    adapter: join(folder, 'adapter.yaml'),
  };
  writeFileSync(files.scenario, scenario);
  writeFileSync(files.policy, policy);
  writeFileSync(files.adapter, readFileSync(adapterFile, 'utf8'));
  return files;
}

/** The bytes of every file in a folder and those within, as one text. */
export function everythingBelow(folder: string): string {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}
