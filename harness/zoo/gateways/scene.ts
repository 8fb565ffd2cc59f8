/** What a server of the zoo is asked to stand: a policy, a few seconds of traffic, and what is expected of it. */
import { posix } from 'node:path';
import { FloodproofError } from '../../errors.js';
import type { Plan } from '../../scenario/plan.js';
import { loadScenario } from '../../scenario/scenario.js';

export interface Scene {
  readonly name: string;
  /** Entries of the policy's `limits`, one a line. */
  readonly limits: readonly string[];
  /** Further keys of the policy, one a line. */
  readonly policy?: readonly string[];
  /** Entries of `phases`. */
  readonly phases: readonly string[];
  readonly actors: readonly string[];
  readonly expect: readonly string[];
  /** Value of `request`. */
  readonly request?: string;
  /** The run says nothing when the generator was later than this; where it is left out, being late does not matter. */
  readonly lateMax?: string;
}

const auth = 'auth: { signed: [account, order.place, order.amend, order.cancel], window: 5s, future: 1s }';

function list(name: string, entries: readonly string[]): string {
  return `${name}:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`;
}

/** @throws {FloodproofError} FP_FILE_INVALID when a scene is written wrongly. */
export function planOf(scene: Scene): Plan {
  const { lateMax = '1min' } = scene;
  const policy = ['version: 1', `name: ${scene.name}`, auth, ...(scene.policy ?? []), list('limits', scene.limits)];
  const scenario = [
    'version: 1',
    `name: ${scene.name}`,
    'claim: The policy is kept.',
    'policy: policy.yaml',
    'warmup: 0s',
    `generator: { ownDelayP99: ${lateMax}, ownDelayP99WorstSecond: ${lateMax}, sentShare: 10% }`,
    `request: ${scene.request ?? '{}'}`,
    list('phases', scene.phases),
    list('actors', scene.actors),
    list('expect', scene.expect),
  ];
  const files = new Map([
    ['policy.yaml', policy.join('\n')],
    ['scenario.yaml', scenario.join('\n')],
  ]);
  return loadScenario(
    {
      read: (path) => {
        const text = files.get(path);
        if (text !== undefined) return text;
        throw new FloodproofError('FP_FILE_UNREADABLE', `cannot read ${path}: there is no such file`);
      },
      resolve: (from, reference) => posix.join(posix.dirname(from), reference),
    },
    'scenario.yaml',
  );
}
