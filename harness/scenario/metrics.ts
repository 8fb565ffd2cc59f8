/**
 * Every metric that an expectation may name: its unit, what it means and where it comes from. The judge computes them,
 * the reference in `docs/metrics.md` is generated from this table.
 */

/** `us` values are written with a unit in files (`50ms`), ratios as `0.1%` or `0.001`. */
export type MetricUnit = 'count' | 'cells' | 'ratio' | 'us' | 'perSecond';

export interface MetricRow {
  readonly unit: MetricUnit;
  /** One sentence: the formula in words. */
  readonly means: string;
  /** The best value that it can have, shown by "explain". */
  readonly better: 'low' | 'high' | 'neither';
}

const overAdmitted = 'over admitted requests only (timeouts and errors do not enter)';
const byGroups = '95 % interval by resampling identities (in 32 groups, at least 8)';
const ownDelay = "includes the generator's own delay before the send, which `dispatchDelay.p99` shows";

export const metricTable = {
  sent: { unit: 'count', better: 'neither', means: 'requests written to a socket' },
  admitted: {
    unit: 'count',
    better: 'neither',
    means:
      'requests that the gate let through; an unclear answer (404, redirect) may be one: undecided where that matters',
  },
  throttled: { unit: 'count', better: 'neither', means: 'requests answered "come back later" (429)' },
  refused: {
    unit: 'count',
    better: 'neither',
    means: 'requests that the verifier refused; from a server without `x-gate`, signed requests answered 401 or 403',
  },
  banned: { unit: 'count', better: 'neither', means: 'requests refused because of a ban (418)' },
  errors: {
    unit: 'count',
    better: 'low',
    means: 'timeouts, resets, no connection, garbage, 5xx and unsent requests; an unclear answer may be one',
  },
  admittedRate: { unit: 'perSecond', better: 'neither', means: 'admitted requests per second of the measured time' },
  errorRate: {
    unit: 'ratio',
    better: 'low',
    means: 'errors / requests that were due, less those taken back at the end',
  },
  goodput: {
    unit: 'perSecond',
    better: 'high',
    means: `admitted requests answered within 1 s of their intended time, per second of the measured time; ${byGroups}`,
  },
  admittedShare: { unit: 'ratio', better: 'high', means: `admitted / answered; ${byGroups}` },
  falseBlockRate: {
    unit: 'ratio',
    better: 'low',
    means:
      'throttles, bans and refusals of honest requests that their own identity did not call for / requests answered; ' +
      'a denied (401, 403 without `x-gate`) or unclear answer may be one; ' +
      '95 % interval by resampling identities',
  },
  'falseBlockRate.worst': {
    unit: 'ratio',
    better: 'low',
    means: 'the same for the worst identity that had at least 10 answers',
  },
  wrongfulBlocks: {
    unit: 'count',
    better: 'low',
    means:
      'throttled requests for which every possible decision moment says that the limit had the cells; and "never" where ' +
      'the cost fits, and bans where the policy has none',
  },
  leak: {
    unit: 'cells',
    better: 'low',
    means:
      'cells admitted above the bound of the policy that no order of decisions within [sent, answered] can explain; ' +
      "sum over limits and keys of each one's worst interval",
  },
  leakRatio: {
    unit: 'ratio',
    better: 'low',
    means: 'cells certainly admitted / cells allowed, in the worst interval of the worst key; above 1 = leak',
  },
  replaysAccepted: {
    unit: 'count',
    better: 'low',
    means: 'admissions of one signature beyond its first, where the policy refuses replays',
  },
  timeToFirstBlock: {
    unit: 'us',
    better: 'low',
    means: 'first throttle, ban or refusal of the subject - its first request; never blocked = infinite',
  },
  timeToContain: {
    unit: 'us',
    better: 'low',
    means:
      'from its first request to the earliest instant T (in steps of 100 ms) such that in each second of the hold time ' +
      'after T and for every limit: admitted cells <= keys used * (refill of 1 s + cost of one request); ' +
      'never = infinite',
  },
  recovery: {
    unit: 'us',
    better: 'low',
    means:
      'from the end of the last abuse to the earliest instant T (in steps of 100 ms) such that of the honest requests ' +
      'intended in the hold time after T none is falsely blocked, and the share admitted within 1 s of the intended ' +
      'time is at least 99 % of that share in the first phase (which must be above 0); never = infinite',
  },
  'latency.p50': {
    unit: 'us',
    better: 'low',
    means: `answered - intended, median ${overAdmitted}; ${ownDelay}; ${byGroups}`,
  },
  'latency.p99': {
    unit: 'us',
    better: 'low',
    means: `answered - intended, 99th percentile ${overAdmitted}; ${ownDelay}; ${byGroups}`,
  },
  'latency.p999': {
    unit: 'us',
    better: 'low',
    means: `answered - intended, 99.9th percentile ${overAdmitted}; ${ownDelay}; ${byGroups}`,
  },
  'service.p50': { unit: 'us', better: 'low', means: `answered - sent, median ${overAdmitted}; ${byGroups}` },
  'service.p99': { unit: 'us', better: 'low', means: `answered - sent, 99th percentile ${overAdmitted}; ${byGroups}` },
  'dispatchDelay.p99': {
    unit: 'us',
    better: 'low',
    means:
      "sent - intended, 99th percentile over requests written to a socket: the generator's own delay and the wait for the target; " +
      byGroups,
  },
  'latencyInflation.p99': {
    unit: 'ratio',
    better: 'low',
    means: `latency.p99 of the measured phase / latency.p99 of the first phase; ${byGroups}`,
  },
  timingTell: {
    unit: 'ratio',
    better: 'low',
    means:
      'what the time of a login gives away: the largest difference (Kolmogorov-Smirnov) between the laws of answered - ' +
      'sent of logins to registered accounts and under names that are not, 0 (alike) to 1; over admitted ones, at least 8 ' +
      'of each; two alike laws are seldom further apart than 1.4 x sqrt(1/n + 1/m), see timingTell.p',
  },
  'timingTell.p': {
    unit: 'ratio',
    better: 'high',
    means: 'the chance of a timingTell of at least that size when both kinds of login take equally long',
  },
  retryAfterHonesty: {
    unit: 'ratio',
    better: 'high',
    means:
      'of the throttles with a Retry-After after which the same key came back no earlier than stated and nobody else ' +
      'used the limit in between: the share admitted',
  },
  retryAmplification: {
    unit: 'ratio',
    better: 'low',
    means: 'requests sent / requests sent that are no retry of another one',
  },
  fairness: {
    unit: 'ratio',
    better: 'high',
    means: "Jain's index (sum x)^2 / (n sum x^2) of admitted/asked over identities that asked at least once",
  },
  blastRadius: {
    unit: 'ratio',
    better: 'low',
    means: 'identities of whose requests less than 95 % were admitted / identities that asked at least once',
  },
  collateral: {
    unit: 'ratio',
    better: 'low',
    means:
      'falsely blocked honest requests of it / requests of all abuse that were blocked, refused or banned in the same phases',
  },
  residualBan: {
    unit: 'us',
    better: 'low',
    means:
      'from the end of the last abuse to the end of the last ban that an honest identity was told of (by Retry-After, else by ' +
      'the answer); 0 when none remained',
  },
} as const satisfies Record<string, MetricRow>;

export type MetricName = keyof typeof metricTable;
export const metricNames = Object.keys(metricTable) as readonly MetricName[];
