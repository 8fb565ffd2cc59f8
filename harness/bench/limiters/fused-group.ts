/** A whole request: signature, freshness and one limit. One fused call, the same in two calls, and what servers do today. */
import { Decision } from '../../core/spec.js';
import { FloodproofError } from '../../errors.js';
import { fusedSpec, type GatePath, gatePaths, openGate } from './fused-gate.js';
import { type LimiterRival, limiterPackages, loadPackages } from './limiter-rivals.js';
import { type Contestant, timeByTurns } from './rounds.js';
import { type BenchRow, FLOOR, NATIVE, TS } from './row.js';
import { type BenchSetting, type GroupResult, rowsOf } from './setting.js';
import { forge, secretsOf, signAll } from './signed-items.js';
import { createHmacVerifier, type Secrets, type SignedItem } from './verifier-rivals.js';
import { drawOrder } from './workload.js';

const TWO_CALLS = `${NATIVE}, two calls`;

interface Race {
  readonly setting: BenchSetting;
  readonly path: GatePath;
  readonly secrets: Secrets;
}

function nativeRivals({ setting: { native, originUs }, path, secrets }: Race): Contestant<SignedItem>[] {
  if (native === null) return [];
  const spec = fusedSpec(path, secrets.size, originUs);
  const gate = openGate(native, spec, secrets);
  const apart = openGate(native, spec, secrets);
  return [
    {
      name: NATIVE,
      form: 'value',
      decide: ({ keyId, timestampUs, message, signature }, nowUs) =>
        gate.decide(nowUs, 0, '', '', keyId, timestampUs, 0, message, signature) === Decision.admitted,
    },
    {
      name: TWO_CALLS,
      form: 'value',
      decide: ({ keyId, timestampUs, message, signature }, nowUs) =>
        apart.verify(nowUs, keyId, timestampUs, 0, message, signature) === Decision.admitted &&
        apart.limit(nowUs, 0, '', '', keyId) === Decision.admitted,
    },
  ];
}

function tsRival({ setting: { ts, originUs }, path, secrets }: Race): Contestant<SignedItem> {
  const gate = openGate(ts, fusedSpec(path, secrets.size, originUs), secrets);
  return {
    name: TS,
    form: 'value',
    decide: ({ keyId, timestampUs, message, signature }, nowUs) =>
      gate.decide(nowUs, 0, '', '', keyId, timestampUs, 0, message, signature) === Decision.admitted,
  };
}

/** `createHmac` and then the package's limiter. */
function todaysRival(
  { path, secrets }: Race,
  verifier: Contestant<SignedItem>,
  rival: LimiterRival,
): Contestant<SignedItem> {
  const limiter = rival.open({ ...path, refillCells: 1, maxKeys: secrets.size });
  const refused = limiter.form === 'rejection' ? Promise.reject(new Error('refused')) : false;
  // Awaited again and again by the loop; this one sees to it that it counts as handled.
  if (refused !== false) refused.catch(() => undefined);
  return {
    name: `createHmac + ${rival.name}`,
    form: limiter.form,
    decide: (item, nowUs) => (verifier.decide(item, nowUs) ? limiter.decide(item.keyId, nowUs) : refused),
  };
}

export async function measureFused(setting: BenchSetting): Promise<GroupResult> {
  const { rivals, absent } = await loadPackages(limiterPackages);
  const rows: BenchRow[] = [];
  for (const keys of setting.isQuick ? [1000] : [1000, 100_000]) {
    const secrets = secretsOf(keys);
    const verifier = await createHmacVerifier(secrets);
    const right = signAll(keys, secrets, setting.originUs);
    for (const path of gatePaths) {
      setting.say(`fused, ${path.path}, ${keys} keys`);
      const race = { setting, path, secrets };
      const contestants = [
        ...nativeRivals(race),
        tsRival(race),
        ...rivals.map((rival) => todaysRival(race, verifier, rival)),
      ];
      if (path.path === 'throttled') await useUp(contestants, right);
      await assertAgree(
        contestants,
        path.isForged ? right.slice(0, 50).map(forge) : right.slice(0, 50),
        path.isAdmitted,
      );
      const floor: Contestant<SignedItem> = {
        name: FLOOR,
        form: 'value',
        decide: ({ message }) => message.length > 0 === path.isAdmitted,
      };
      const workload = {
        items: path.isForged ? right.map(forge) : right,
        order: drawOrder(keys, 'uniform', 2 ** 17),
        isAdmitted: path.isAdmitted,
      };
      const timings = await timeByTurns([floor, ...contestants], workload, setting.pace);
      rows.push(...rowsOf({ group: 'fused', path: path.path, keys, skew: 'uniform' }, timings));
    }
  }
  return { rows, absent };
}

/** Takes the one cell of each key, and sees that every rival gives it. */
async function useUp(contestants: readonly Contestant<SignedItem>[], items: readonly SignedItem[]): Promise<void> {
  await assertAgree(contestants, items, true);
}

async function assertAgree(
  contestants: readonly Contestant<SignedItem>[],
  items: readonly SignedItem[],
  wanted: boolean,
): Promise<void> {
  for (const { name, decide } of contestants) {
    for (const item of items) {
      if ((await answered(decide(item, Date.now() * 1000))) === wanted) continue;
      const words = wanted ? 'refuses what the others admit' : 'admits what the others refuse';
      throw new FloodproofError('FP_BENCH_DISAGREES', `${name} ${words}: a request of ${item.keyId}`);
    }
  }
}

/** Whether an answer of any form is a yes: a promise that is kept with an object is one, a rejected one is not. */
async function answered(answer: unknown): Promise<boolean> {
  try {
    return Boolean(await answer);
  } catch {
    return false;
  }
}
