/** What the parts of a policy mean together: names, the replay memory, whom to trust, scrypt, and each limit. */
import type { Fault } from '../errors.js';
import { profileOf } from '../signing/profiles.js';
import type { Complaint } from './faults.js';
import { checkLimit } from './limit-check.js';
import { limitSchema } from './limit-schema.js';
import { type AuthEntry, authSchema } from './policy-schema.js';
import { readable } from './readable.js';
import { entriesOf, listOf, type Path, type YamlSource } from './yaml-source.js';

const SCRYPT_BYTES_MAX = 2 ** 30;

/** Each limit that can be read is looked at, whatever the others are like. */
export function checkPolicy(source: YamlSource): readonly Fault[] {
  const top = entriesOf(source.value);
  const faults: Fault[] = [];
  const report = (path: Path, complaint: Complaint): void => {
    faults.push(source.fault(path, complaint));
  };
  const auth = top.auth === undefined ? null : authSchema.safeParse(top.auth);
  const signed = auth === null ? [] : (authSchema.shape.signed.safeParse(entriesOf(top.auth).signed).data ?? null);
  if (auth?.data !== undefined) {
    checkReplay(auth.data, report);
    checkProfile(auth.data, report);
  }
  const names = new Map<unknown, number>();
  for (const [index, raw] of listOf(top.limits).entries()) {
    const path: Path = ['limits', index];
    const name = entriesOf(raw).name;
    const earlier = names.get(name);
    if (typeof name === 'string' && earlier !== undefined) {
      report([...path, 'name'], { code: 'FP_NAME_TAKEN', message: `is the name of limits[${earlier}] too` });
    }
    names.set(name, index);
    const limit = readable(limitSchema, raw, { name: 'unnamed' });
    if (limit !== null) checkLimit(limit, signed, (inside, complaint) => report([...path, ...inside], complaint));
  }
  if (Array.isArray(top.limits) && top.limits.length === 0 && top.auth === undefined) {
    report(['limits'], { code: 'FP_LIST_LENGTH', message: 'must have at least 1 entry when there is no "auth"' });
  }
  checkClientIp(top.clientIp, report);
  checkScrypt(top, report);
  return faults;
}

function checkClientIp(rule: unknown, report: (path: Path, complaint: Complaint) => void): void {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return;
  const { trustedHop, trustedProxies } = entriesOf(rule);
  if ((trustedHop === undefined) !== (trustedProxies === undefined)) return;
  const message =
    trustedHop === undefined
      ? 'must have trustedHop or trustedProxies'
      : 'has both trustedHop and trustedProxies, which may name different callers';
  report(['clientIp'], { code: 'FP_CLIENT_IP', message });
}

function checkReplay(
  { replayCapacity, replayPerKey }: AuthEntry,
  report: (path: Path, complaint: Complaint) => void,
): void {
  if (replayPerKey === undefined || replayPerKey <= replayCapacity) return;
  const message = `must be at most replayCapacity (${replayCapacity}), got ${replayPerKey}`;
  report(['auth', 'replayPerKey'], { code: 'FP_REPLAY_SHARE', message });
}

/** What is written beside the profile, and what the profile has settled already. */
function checkProfile(auth: AuthEntry, report: (path: Path, complaint: Complaint) => void): void {
  if (auth.profile === 'hmac-lines') return;
  const { freshness, keyKind } = profileOf(auth.profile);
  const complain = (field: keyof AuthEntry, message: string): void => {
    if (auth[field] !== undefined) report(['auth', field], { code: 'FP_AUTH_PROFILE', message });
  };
  for (const field of ['hash', 'encoding'] as const) {
    complain(field, `can be chosen for hmac-lines alone: ${auth.profile} has its own`);
  }
  if (freshness === 'nonce' || freshness === 'none') {
    const carries = freshness === 'nonce' ? 'carry a rising number' : 'carry no time';
    for (const field of ['window', 'future'] as const) {
      complain(field, `has no meaning: requests of ${auth.profile} ${carries}`);
    }
  }
  if (freshness === 'nonce' && auth.replay === 'allow') {
    complain('replay', `cannot be "allow": under ${auth.profile} a number that has been used is never taken again`);
  }
  if (keyKind === 'rsa') {
    complain('profile', `is ${auth.profile}, whose keys cannot be worked out for trial accounts`);
  }
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
