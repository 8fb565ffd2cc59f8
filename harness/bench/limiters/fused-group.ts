/** A whole request: signature, freshness, replay and one limit. One fused call, the same in two calls, and what servers do today. */
import { Decision, type Gate } from '../../core/spec.js';
import { FloodproofError } from '../../errors.js';
import type { Engine } from '../../native/engine.js';
import { type LimiterRival, limiterPackages, loadPackages } from './limiter-rivals.js';
import { ownCopy } from './own-copy.js';
import { ReplaySets } from './replay-sets.js';
import { type Contestant, timeByTurns } from './rounds.js';
import { type BenchRow, FLOOR, NATIVE, pathText } from './row.js';
import { type BenchSetting, enginesOf, type GroupResult, rowsOf } from './setting.js';
import { forge } from './signed-items.js';
import { keysText } from './tables.js';
import { createHmacVerifier, type SignedItem } from './verifier-rivals.js';
import {
  openGate,
  type WholePath,
  type WholeRequests,
  WINDOW_US,
  wholePaths,
  wholeRequests,
  wholeSpec,
} from './whole-request.js';
import { shuffled } from './workload.js';

const AGREED_ITEMS = 50;

function fusedOf(gate: Gate, admitted: number) {
  return ({ keyId, message, signature }: SignedItem, nowUs: number): boolean =>
    gate.decide(nowUs, 0, '', '', keyId, nowUs, 0, message, signature) === admitted;
}

function twoCallsOf(gate: Gate, admitted: number) {
  return ({ keyId, message, signature }: SignedItem, nowUs: number): boolean =>
    gate.verify(nowUs, keyId, nowUs, 0, message, signature) === admitted &&
    gate.limit(nowUs, 0, '', '', keyId) === admitted;
}

/** Our engines, and what servers do today: `createHmac`, signatures in a Set, and the package's limiter. */
export async function wholeRivals(
  setting: Pick<BenchSetting, 'native' | 'ts' | 'originUs'>,
  path: WholePath,
  requests: WholeRequests,
  packages: readonly LimiterRival[],
): Promise<Contestant<SignedItem>[]> {
  const spec = wholeSpec(path, requests, setting.originUs);
  const open = (name: string, engine: Engine, make: typeof fusedOf): Contestant<SignedItem> => {
    const gate = openGate(engine, spec, requests.secrets);
    return { name, form: 'value', decide: ownCopy(make)(gate, Decision.admitted) };
  };
  const verifier = await createHmacVerifier(requests.secrets);
  return [
    ...enginesOf(setting).map(({ name, engine }) => open(name, engine, fusedOf)),
    ...(setting.native === null ? [] : [open(`${NATIVE}, two calls`, setting.native, twoCallsOf)]),
    ...packages.map((rival) => todaysRival(path, requests, verifier, rival)),
  ];
}

function todaysOf(
  verify: (item: SignedItem, nowUs: number) => unknown,
  replay: ReplaySets,
  limit: (key: string, nowUs: number) => unknown,
  refused: unknown,
) {
  // Freshness is not looked at: a comparison that these are given for free.
  return (item: SignedItem, nowUs: number): unknown => {
    if (!verify(item, nowUs) || !replay.claim(item.signature, nowUs)) return refused;
    return limit(item.keyId, nowUs);
  };
}

function todaysRival(
  path: WholePath,
  { secrets }: WholeRequests,
  verifier: Contestant<SignedItem>,
  rival: LimiterRival,
): Contestant<SignedItem> {
  const limiter = rival.open({ ...path, refillCells: 1, maxKeys: secrets.size });
  const refused = limiter.form === 'rejection' ? Promise.reject(new Error('refused')) : false;
  // Awaited again and again by the loop; this one sees to it that it counts as handled.
  if (refused !== false) refused.catch(() => undefined);
  const decide = ownCopy(todaysOf)(verifier.decide, new ReplaySets(WINDOW_US), limiter.decide, refused);
  return { name: `createHmac + ${rival.name}`, form: limiter.form, decide };
}

export async function measureFused(setting: BenchSetting): Promise<GroupResult> {
  const { originUs, isQuick, pace, say } = setting;
  const { rivals: packages, absent } = await loadPackages(limiterPackages);
  const rows: BenchRow[] = [];
  for (const keys of isQuick ? [1000] : [10_000, 100_000]) {
    const requests = wholeRequests(keys, originUs);
    const { items, steps } = requests;
    const forged = items.map(forge);
    for (const path of wholePaths) {
      const { path: name, variant, isAdmitted } = path;
      say(`fused, ${pathText(path)}, ${keysText(keys)}`);
      const contestants = await wholeRivals(setting, path, requests, packages);
      await assertWholeAgree(contestants, path, requests, originUs);
      const floor: Contestant<SignedItem> = {
        name: FLOOR,
        form: 'value',
        decide: ({ message }) => message.length > 0 === isAdmitted,
      };
      // All come once before any comes again.
      const order = shuffled(items.length);
      const workload = { items: variant === 'forged' ? forged : items, order, isAdmitted, steps };
      const timings = await timeByTurns([floor, ...contestants], workload, pace);
      rows.push(...rowsOf({ group: 'fused', path: name, variant, keys, skew: 'uniform' }, timings));
    }
  }
  return { rows, absent };
}

/**
 * Sees that all decide alike: a fresh request, the same again, the same when it is forgotten, a forged one. Leaves
 * rivals of the throttled path without a cell.
 *
 * @throws {FloodproofError} FP_BENCH_DISAGREES
 */
export async function assertWholeAgree(
  contestants: readonly Contestant<SignedItem>[],
  { isAdmitted, variant }: Pick<WholePath, 'isAdmitted' | 'variant'>,
  { secrets, items }: Pick<WholeRequests, 'secrets' | 'items'>,
  originUs: number,
): Promise<void> {
  const some = items.slice(0, AGREED_ITEMS);
  const laterUs = originUs + 3 * WINDOW_US;
  await assertAll(contestants, some.map(forge), originUs, false, 'forged');
  if (variant === 'forged') return;
  await assertAll(contestants, items.slice(0, secrets.size), originUs, true, 'fresh');
  await assertAll(contestants, some, originUs, false, 'sent again at once');
  await assertAll(contestants, some, laterUs, isAdmitted, 'sent again when it was forgotten');
}

async function assertAll(
  contestants: readonly Contestant<SignedItem>[],
  items: readonly SignedItem[],
  nowUs: number,
  wanted: boolean,
  which: string,
): Promise<void> {
  for (const { name, decide } of contestants) {
    for (const item of items) {
      if ((await answered(decide(item, nowUs))) === wanted) continue;
      const words = wanted ? 'refuses what the others admit' : 'admits what the others refuse';
      throw new FloodproofError('FP_BENCH_DISAGREES', `${name} ${words}: a request of ${item.keyId}, ${which}`);
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
