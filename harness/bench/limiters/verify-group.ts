/** One signature check: HMAC-SHA256 of a message of 200 bytes, compared in constant time. */
import { FloodproofError } from '../../errors.js';
import { loadPackages } from './limiter-rivals.js';
import { type Contestant, timeByTurns } from './rounds.js';
import { type BenchRow, FLOOR, pathText } from './row.js';
import { type BenchSetting, enginesOf, type GroupResult, rowsOf } from './setting.js';
import { forge, secretsOf, signAll } from './signed-items.js';
import {
  createHmacVerifier,
  engineVerifier,
  type SignedItem,
  verifierDisagreement,
  verifierPackages,
} from './verifier-rivals.js';
import { drawOrder } from './workload.js';

/** Few, since one package needs a WebAssembly memory for each. */
const KEYS = 100;
const ITEMS = 1024;

export async function measureVerify(setting: BenchSetting): Promise<GroupResult> {
  const { originUs, pace, say } = setting;
  const { rivals, absent } = await loadPackages(verifierPackages);
  const secrets = secretsOf(KEYS);
  const all = [
    ...enginesOf(setting).map(({ name, engine }) => engineVerifier(name, engine, originUs)),
    createHmacVerifier,
    ...rivals,
  ];
  const contestants = await Promise.all(all.map((rival) => rival(secrets)));
  const right = signAll(ITEMS, secrets, originUs);
  for (const contestant of contestants) {
    const fault = await verifierDisagreement(contestant, right[0] as SignedItem);
    if (fault !== null) throw new FloodproofError('FP_BENCH_DISAGREES', `${contestant.name}: ${fault}`);
  }
  const rows: BenchRow[] = [];
  for (const isAdmitted of [true, false]) {
    const place = isAdmitted
      ? ({ path: 'admit', variant: '' } as const)
      : ({ path: 'deny', variant: 'forged' } as const);
    say(`verify, ${pathText(place)}`);
    const floor: Contestant<SignedItem> = {
      name: FLOOR,
      form: 'value',
      decide: ({ message }) => message.length > 0 === isAdmitted,
    };
    const items = isAdmitted ? right : right.map(forge);
    const workload = { items, order: drawOrder(ITEMS, 'uniform', ITEMS), isAdmitted };
    const timings = await timeByTurns([floor, ...contestants], workload, pace);
    rows.push(...rowsOf({ group: 'verify', ...place, keys: KEYS, skew: 'uniform' }, timings));
  }
  return { rows, absent };
}
