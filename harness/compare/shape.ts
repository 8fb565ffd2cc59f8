/** What each metric is made of, as far as it can be made from the counts and histograms of clusters. */
import type { LatencyKind } from '../judge/latency-book.js';
import type { MetricName } from '../scenario/metrics.js';
import type { CountName } from './cluster-tally.js';

export type Shape =
  /** A number of requests; `isRate`: a second. */
  | { readonly of: 'sum'; readonly hits: CountName; readonly isRate: boolean }
  /** Hits among trials, as many as them at most; `odds`: trials / (trials - hits) is what the metric says. */
  | { readonly of: 'share'; readonly hits: CountName; readonly trials: CountName; readonly isPerOther: boolean }
  | { readonly of: 'percentile'; readonly kind: LatencyKind; readonly percent: number }
  /** A percentile over what it was in the first phase. */
  | { readonly of: 'growth'; readonly kind: LatencyKind; readonly percent: number }
  /** What no order of events explains: proved one by one, so that one more than none is no accident. */
  | { readonly of: 'fact' }
  /** How far it varies between equal runs is known from several runs alone. */
  | { readonly of: 'other' };

const sum = (hits: CountName): Shape => ({ of: 'sum', hits, isRate: false });
const rate = (hits: CountName): Shape => ({ of: 'sum', hits, isRate: true });
const share = (hits: CountName, trials: CountName): Shape => ({ of: 'share', hits, trials, isPerOther: false });
const percentile = (kind: LatencyKind, percent: number): Shape => ({ of: 'percentile', kind, percent });
const fact: Shape = { of: 'fact' };
const other: Shape = { of: 'other' };

export const shapes: Readonly<Record<MetricName, Shape>> = {
  sent: sum('sent'),
  admitted: sum('admitted'),
  throttled: sum('throttled'),
  refused: sum('refused'),
  banned: sum('banned'),
  errors: sum('errors'),
  admittedRate: rate('admitted'),
  errorRate: share('errors', 'due'),
  goodput: rate('good'),
  admittedShare: share('admitted', 'answered'),
  falseBlockRate: share('falseBlocks', 'answered'),
  'falseBlockRate.worst': other,
  wrongfulBlocks: fact,
  leak: fact,
  leakRatio: other,
  replaysAccepted: fact,
  timeToFirstBlock: other,
  timeToContain: other,
  recovery: other,
  'latency.p50': percentile('intended', 50),
  'latency.p99': percentile('intended', 99),
  'latency.p999': percentile('intended', 99.9),
  'service.p50': percentile('service', 50),
  'service.p99': percentile('service', 99),
  'dispatchDelay.p99': percentile('dispatch', 99),
  'latencyInflation.p99': { of: 'growth', kind: 'intended', percent: 99 },
  timingTell: other,
  'timingTell.p': other,
  retryAfterHonesty: other,
  // Requests for each that is no retry: the same as the share of retries, told otherwise.
  retryAmplification: { of: 'share', hits: 'retries', trials: 'sent', isPerOther: true },
  fairness: other,
  blastRadius: other,
  collateral: other,
  residualBan: other,
};
