/** What the parts of a policy mean together: names, classes that a limit can count, costs, exactness. */
import { inexactReason } from '../core/token-bucket.js';
import type { Fault } from '../errors.js';
import type { Complaint } from './faults.js';
import { type RequestClass, requestClasses } from './plan.js';
import { type AuthEntry, authSchema, type LimitEntry, limitSchema } from './policy-schema.js';
import { entriesOf, listOf, type Path, type YamlSource } from './yaml-source.js';

const SCRYPT_BYTES_MAX = 2 ** 30;

/** Each limit that has its shape is looked at, whatever the others are like. */
export function checkPolicy(source: YamlSource): readonly Fault[] {
  const top = entriesOf(source.value);
  const faults: Fault[] = [];
  const report = (path: Path, complaint: Complaint): void => {
    faults.push(source.fault(path, complaint));
  };
  const auth = top.auth === undefined ? null : authSchema.safeParse(top.auth);
  const signed = auth === null ? [] : (auth.data?.signed ?? null);
  if (auth?.data !== undefined) checkReplay(auth.data, report);
  const names = new Map<unknown, number>();
  for (const [index, raw] of listOf(top.limits).entries()) {
    const path: Path = ['limits', index];
    const name = entriesOf(raw).name;
    const earlier = names.get(name);
    if (typeof name === 'string' && earlier !== undefined) {
      report([...path, 'name'], { code: 'FP_NAME_TAKEN', message: `is the name of limits[${earlier}] too` });
    }
    names.set(name, index);
    const limit = limitSchema.safeParse(raw).data;
    if (limit !== undefined) checkLimit(limit, signed, (inside, complaint) => report([...path, ...inside], complaint));
  }
  if (Array.isArray(top.limits) && top.limits.length === 0 && top.auth === undefined) {
    report(['limits'], { code: 'FP_LIST_LENGTH', message: 'must have at least 1 entry when there is no "auth"' });
  }
  checkScrypt(top, report);
  return faults;
}

function checkReplay(
  { replayCapacity, replayPerKey }: AuthEntry,
  report: (path: Path, complaint: Complaint) => void,
): void {
  if (replayPerKey === undefined || replayPerKey <= replayCapacity) return;
  const message = `must be at most replayCapacity (${replayCapacity}), got ${replayPerKey}`;
  report(['auth', 'replayPerKey'], { code: 'FP_REPLAY_SHARE', message });
}

function checkScrypt(top: Readonly<Record<string, unknown>>, report: (path: Path, complaint: Complaint) => void): void {
  const { N = 1024, r = 8 } = entriesOf(entriesOf(top.password).scrypt);
  if (typeof N !== 'number' || typeof r !== 'number') return;
  const path: Path = ['password', 'scrypt'];
  if (Number.isInteger(N) && N >= 2 && N <= 2 ** 20 && (N & (N - 1)) !== 0) {
    report([...path, 'N'], { code: 'FP_SCRYPT_INVALID', message: `must be a power of two, got ${N}` });
  } else if (128 * N * r > SCRYPT_BYTES_MAX) {
    report(path, { code: 'FP_SCRYPT_INVALID', message: `needs ${128 * N * r} bytes, at most ${SCRYPT_BYTES_MAX}` });
  }
}

/** Whether a request of this class has what the limit counts by. */
function carries(by: LimitEntry['by'], name: RequestClass, signed: readonly RequestClass[]): boolean {
  if (by === 'ip' || by === 'global') return true;
  return signed.includes(name) || (by === 'account' && name === 'login');
}

/** The classes that a limit counts. */
export function matchedClasses(limit: LimitEntry, signed: readonly RequestClass[]): readonly RequestClass[] {
  const { match } = limit;
  return requestClasses.filter((name) => (match === '*' ? carries(limit.by, name, signed) : match.includes(name)));
}

/** @param signed - Signed classes; null when that can't be told because `auth` itself is at fault. */
function checkLimit(
  limit: LimitEntry,
  signed: readonly RequestClass[] | null,
  report: (path: Path, complaint: Complaint) => void,
): void {
  if (signed !== null && limit.match !== '*') {
    for (const [index, name] of limit.match.entries()) {
      if (carries(limit.by, name, signed)) continue;
      const message = `is ${name}, which is not signed and so carries no ${limit.by}`;
      report(['match', index], { code: 'FP_LIMIT_CLASS', message });
    }
  }
  const matched = signed === null ? requestClasses : matchedClasses(limit, signed);
  if (matched.length === 0) {
    report(['match'], { code: 'FP_LIMIT_CLASS', message: `finds no class that carries a ${limit.by}` });
  }
  checkCosts(limit, matched, report);
  if (limit.family !== 'token-bucket') return;
  const reason = inexactReason({
    family: limit.family,
    capacity: limit.capacity,
    refillCells: limit.refill.cells,
    refillPeriodUs: limit.refill.periodUs,
  });
  if (reason !== null) report(['refill'], { code: 'FP_LIMIT_INEXACT', message: `is not exact: ${reason}` });
}

function checkCosts(
  limit: LimitEntry,
  matched: readonly RequestClass[],
  report: (path: Path, complaint: Complaint) => void,
): void {
  const tooMuch = (cells: number) =>
    `is ${cells} cells, above the capacity of ${limit.capacity}: no request would pass`;
  if (typeof limit.cost === 'number') {
    if (limit.cost > limit.capacity) report(['cost'], { code: 'FP_LIMIT_COST', message: tooMuch(limit.cost) });
    return;
  }
  for (const [name, cells] of Object.entries(limit.cost)) {
    const path: Path = ['cost', name];
    if (cells === undefined) continue;
    if (!(matched as readonly string[]).includes(name)) {
      report(path, { code: 'FP_LIMIT_COST', message: 'is for a class that the limit does not match' });
    } else if (cells > limit.capacity) {
      report(path, { code: 'FP_LIMIT_COST', message: tooMuch(cells) });
    }
  }
}
