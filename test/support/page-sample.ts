/** Runs as the page is given them, made up by numbers of a seed: for tests of the page, and to look at it. */
import type {
  ActorResult,
  ActorSeries,
  ComparisonDocument,
  GeneratorSecond,
  LatencySeries,
  LeakCourse,
  LimitSeries,
  PageData,
  PageRun,
  SeriesDocument,
  VerdictDocument,
} from '../../harness/report/page-data.js';

export interface SampleOptions {
  readonly scenario: string;
  readonly actors: number;
  readonly bins: number;
  readonly leak: boolean;
  readonly seed: number;
  /** Of the first honest actor. */
  readonly actorName: string;
}

export const sampleDefaults: SampleOptions = {
  scenario: 'order-flood-window-edge',
  actors: 6,
  bins: 300,
  leak: true,
  seed: 7,
  actorName: 'retail-traders',
};

const BIN_MS = 250;
const WARMUP_MS = 5_000;

/** Whole numbers from 0 on, below `below`. */
function diceOf(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

const names = [
  'market-makers',
  'order-flooder',
  'credential-stuffers',
  'read-only-bots',
  'replayers',
  'mobile-app',
  'probers',
];

function latencyOf(
  dice: (below: number) => number,
  bins: number,
  baseMs: number,
  busy: (bin: number) => boolean,
): LatencySeries {
  const at = (bin: number, factor: number): number | null =>
    bin % 97 === 13 ? null : Math.round(baseMs * factor * (busy(bin) ? 3 : 1) * (80 + dice(40))) / 100;
  const series = (factor: number): (number | null)[] => Array.from({ length: bins }, (_, bin) => at(bin, factor));
  const upToMs = Array.from({ length: 90 }, (_, bucket) => Number((baseMs * 0.3 * 1.06 ** bucket).toFixed(4)));
  const counts = upToMs.map(
    (_, bucket) =>
      Math.round(4_000 * Math.exp(-((bucket - 24) ** 2) / 160)) +
      Math.round(90 * Math.exp(-((bucket - 66) ** 2) / 50)) +
      1,
  );
  return { p50: series(1), p90: series(2.1), p99: series(6), max: series(14), histogram: { upToMs, counts } };
}

function actorOf(index: number, options: SampleOptions, dice: (below: number) => number): ActorSeries {
  const { bins } = options;
  const abuse = index % 3 === 2 || index === 3;
  const attack = (bin: number): boolean => bin >= bins * 0.4 && bin < bins * 0.75;
  const base = 8 + 9 * index;
  const intended = Array.from({ length: bins }, (_, bin) =>
    abuse ? (attack(bin) ? base * 3 + dice(12) : 0) : base + dice(9),
  );
  const sent = intended.map((count) => Math.max(0, count - dice(2)));
  const admitted = sent.map((count, bin) =>
    abuse ? Math.min(count, attack(bin) && bin % 20 < 2 ? 16 : 6) : Math.max(0, count - (attack(bin) ? dice(3) : 0)),
  );
  const refused = sent.map((count, bin) => count - (admitted[bin] ?? 0));
  const banned = refused.map((count, bin) => (abuse && bin > bins * 0.6 ? Math.floor(count / 2) : 0));
  const errors = refused.map((count, bin) => (count > 0 && bin % 31 === 5 ? 1 : 0));
  const throttled = refused.map((count, bin) => Math.max(0, count - (banned[bin] ?? 0) - (errors[bin] ?? 0)));
  return {
    name:
      index === 0
        ? options.actorName
        : (names[(index - 1) % names.length] ?? 'others') + (index > names.length ? `-${index}` : ''),
    label: abuse ? 'abuse' : 'legit',
    behaviour: abuse ? 'order-flood' : 'retail-trader',
    population: abuse ? 12 : 300,
    intended,
    sent,
    admitted,
    refusals: abuse ? { throttled, banned, errors } : { throttled: refused },
    latency: {
      intended: latencyOf(dice, bins, 4 + index, attack),
      service: latencyOf(dice, bins, 3 + index, attack),
      dispatch: latencyOf(dice, bins, 0.2, attack),
    },
  };
}

function limitsOf(actors: readonly ActorSeries[], { bins, leak }: SampleOptions): LimitSeries[] {
  return actors.flatMap((actor, index): LimitSeries[] => {
    const peak = 14;
    const bound = actor.admitted.map((count) => (actor.label === 'abuse' ? (leak ? 12 : 16) : Math.max(60, count + 8)));
    return [
      {
        actor: index,
        limit: 'orders-by-key',
        keys: actor.population,
        admittedCells: actor.admitted,
        boundCells: bound,
      },
      ...(index % 2 === 0
        ? [
            {
              actor: index,
              limit: 'open-requests',
              keys: 4,
              admittedCells: actor.admitted.map((count) => Math.min(peak, count)),
              boundCells: new Array<null>(bins).fill(null),
            },
          ]
        : []),
    ];
  });
}

function courseOf(): LeakCourse {
  const atMs = Array.from({ length: 120 }, (_, step) => 20_000 + step * 8 + (step % 5));
  return {
    leak: 0,
    atMs,
    admittedCells: atMs.map((_, step) => 2 * (step + 1)),
    boundCells: atMs.map((ms) => 100 + Math.floor((ms - 20_000) / 10)),
  };
}

function generatorOf(seconds: number, dice: (below: number) => number): GeneratorSecond[] {
  return Array.from({ length: seconds }, (_, second) => ({
    second: second - WARMUP_MS / 1_000,
    ownDelayMsP99: (20 + dice(60) + (second === 41 ? 260 : 0)) / 10,
    eventLoopLagMsMax: (40 + dice(80)) / 10,
    gcMs: dice(70) / 10,
    stolenCpuShare: dice(8) / 100,
  }));
}

export function sampleSeries(options: SampleOptions = sampleDefaults): SeriesDocument {
  const dice = diceOf(options.seed);
  const { bins } = options;
  const actors = Array.from({ length: options.actors }, (_, index) => actorOf(index, options, dice));
  const totalMs = bins * BIN_MS - WARMUP_MS;
  return {
    schema: 'floodproof/series/1',
    scenario: options.scenario,
    seed: options.seed,
    fromMs: -WARMUP_MS,
    binMs: BIN_MS,
    firstBin: 0,
    bins,
    phases: [
      { name: 'calm', fromMs: 0, toMs: Math.round(totalMs * 0.36) },
      { name: 'attack', fromMs: Math.round(totalMs * 0.36), toMs: Math.round(totalMs * 0.73) },
      { name: 'recovery', fromMs: Math.round(totalMs * 0.73), toMs: totalMs },
    ],
    actors,
    limits: limitsOf(actors, options),
    leaks: options.leak ? [courseOf()] : [],
    generator: generatorOf(Math.floor((bins * BIN_MS) / 1_000), dice),
    ownDelayMsP99Bound: 50,
  };
}

const sum = (counts: readonly number[] | undefined): number => (counts ?? []).reduce((all, count) => all + count, 0);

function resultOf(actor: ActorSeries): ActorResult {
  return {
    label: actor.label,
    sent: sum(actor.sent),
    admitted: sum(actor.admitted),
    throttled: sum(actor.refusals.throttled),
    refused: 0,
    banned: sum(actor.refusals.banned),
    errors: sum(actor.refusals.errors),
    falseBlockRate: actor.label === 'legit' ? 0.0042 : null,
    leakCells: actor.name === 'order-flooder' ? 44 : 0,
    latencyMs: { p50: 4.2, p99: 31.5, p999: 88.1 },
  };
}

export function sampleVerdict(series: SeriesDocument, { leak }: SampleOptions = sampleDefaults): VerdictDocument {
  const victim = series.actors[0]?.name ?? '';
  const flooder = series.actors.find(({ label }) => label === 'abuse')?.name ?? victim;
  return {
    schema: 'floodproof/verdict/1',
    scenario: series.scenario,
    claim:
      'A key that floods orders across the edge of the window gets what the policy promises and no more, and nobody else notices.',
    target: 'http://127.0.0.1:8080',
    engine: 'native',
    seed: series.seed,
    decisionHash: null,
    verdict: leak ? 'fail' : 'pass',
    expectations: [
      {
        text: 'abuse.leak <= 0',
        metric: 'abuse.leak',
        wanted: '0 cells',
        measured: leak ? 44 : 0,
        interval: null,
        pass: !leak,
        unit: 'cells',
        evidence: leak ? ['limit orders-by-key leaked 44 cells of key k-17 in 0.96 s'] : [],
      },
      {
        text: 'legit.falseBlockRate <= 0.1%',
        metric: 'legit.falseBlockRate',
        wanted: '0.1 %',
        measured: leak ? 0.0042 : 0.0002,
        interval: leak ? [0.0031, 0.0056] : [0, 0.0008],
        pass: !leak,
        unit: 'ratio',
        evidence: leak
          ? [
              '86 of 20,512 answers of honest customers were blocks that the policy did not call for',
              `worst hit: ${victim} #12`,
            ]
          : [],
        ...(leak
          ? {
              requests: Array.from({ length: 5 }, (_, row) => ({
                intendedMs: 21_000 + row * 17.25,
                sentMs: 21_000.4 + row * 17.25,
                answeredMs: row === 4 ? null : 21_003.9 + row * 17.25,
                actor: victim,
                identity: 12,
                requestClass: 'order.place',
                outcome: row === 4 ? 'unanswered' : 'throttled',
                limit: row === 4 ? null : 'orders-by-key',
              })),
            }
          : {}),
      },
      {
        text: 'legit.latency.p99 <= max(3x calm, 50ms)',
        metric: 'legit.latency.p99',
        wanted: 'max(3 x 9.2 ms, 50 ms) = 50 ms',
        measured: 31_500,
        interval: [28_000, 36_000],
        pass: true,
        unit: 'us',
        evidence: [],
      },
      {
        text: 'legit.fairness >= 0.9',
        metric: 'legit.fairness',
        wanted: '0.9',
        measured: 0.981,
        interval: [0.97, 0.99],
        pass: true,
        unit: 'ratio',
        evidence: [],
      },
      {
        text: 'abuse.timeToContain <= 5s',
        metric: 'abuse.timeToContain',
        wanted: '5 s',
        measured: leak ? null : 2_100_000,
        interval: null,
        pass: leak ? null : true,
        unit: 'us',
        evidence: leak ? ['143 unsure requests could turn it either way'] : [],
      },
    ],
    actors: Object.fromEntries(series.actors.map((actor) => [actor.name, resultOf(actor)])),
    leaks: leak
      ? [
          {
            limit: 'orders-by-key',
            key: 'k-17',
            excessCells: 44,
            admittedCells: 240,
            boundCells: 196,
            fromMs: 20_000,
            toMs: 20_956,
            naiveExcessCells: 61,
            requests: Array.from({ length: 8 }, (_, row) => ({
              sentMs: 20_000.25 + row * 8,
              answeredMs: 20_003.125 + row * 8,
              actor: flooder,
              requestClass: 'order.place',
            })),
            requestCount: 120,
            because:
              '240 cells were admitted between 20 s and 20.956 s, where a fixed window of 100 per 1 s promises at most 100 x (ceil(0.956) + 1) - 4 = 196.',
          },
        ]
      : [],
    hardestHit: leak
      ? [
          {
            actor: victim,
            identity: 12,
            account: 'acct-000012',
            ip: '10.3.0.12',
            answered: 91,
            falseBlocks: 23,
            unsureBlocks: 2,
          },
          {
            actor: victim,
            identity: 140,
            account: 'acct-000140',
            ip: '2001:db8::8c',
            answered: 77,
            falseBlocks: 9,
            unsureBlocks: 0,
          },
        ]
      : [],
    unsure: 143,
    smallestProvableLeak: 3,
    smallestLatencyChange: 0.18,
    controls: null,
    generator: {
      asked: 61_204,
      sent: 61_180,
      answered: 61_122,
      ownDelayMsP99: 3.2,
      targetWaitMsP99: 1.1,
      worstSecond: null,
      faults: [],
    },
    notes: ['the clock of the target was bracketed to 0.8 ms'],
    replay: 'node dist/cli/main.js replay results/runs/20261127-001122-order-flood-window-edge',
    versions: { floodproof: '0.1.0', commit: '0123456789ab', node: '20.20.2', platform: 'linux-x64' },
    startedAt: '2026-11-27T00:11:22.000Z',
    durationMs: 75_120,
  };
}

export function sampleRun(options: SampleOptions = sampleDefaults): PageRun {
  const series = sampleSeries(options);
  const verdict = sampleVerdict(series, options);
  return {
    scenario: options.scenario,
    claim: verdict.claim,
    folder: 'results/runs/20261127-001122-order-flood-window-edge',
    state: 'ended',
    verdict,
    series,
    totalMs: options.bins * BIN_MS,
    warmupMs: WARMUP_MS,
    plan: `scenario ${options.scenario}\n  phases: calm 25 s, attack 26 s, recovery 19 s\n  actors: ${options.actors}`,
    policyFile: 'limits:\n  - name: orders-by-key\n    by: key\n    family: fixed-window\n    limit: 100 per 1s',
    missing: [],
    error: null,
  };
}

export function samplePage(options: Partial<SampleOptions> = {}): PageData {
  const run = sampleRun({ ...sampleDefaults, ...options });
  return { schema: 'floodproof/page/1', mode: 'saved', runs: [run], baseline: null };
}

/** A comparison whose first finding is a regression. */
export function sampleComparison(scenario: string): ComparisonDocument {
  const side = (folder: string, verdict: string) => ({
    folders: [folder],
    verdicts: [verdict],
    startedAt: '2026-11-26T10:00:00.000Z',
  });
  return {
    schema: 'floodproof/comparison/1',
    scenario,
    baseline: side('results/runs/before', 'pass'),
    run: side('results/runs/after', 'fail'),
    metrics: [
      {
        subject: 'legit',
        metric: 'latency.p50',
        phase: null,
        unit: 'us',
        baseline: 4_100,
        run: 4_200,
        baselineInterval: [4_000, 4_200],
        runInterval: [4_050, 4_350],
        change: 0.0244,
        changeInterval: [-0.03, 0.07],
        finding: 'same',
        expectations: [],
        test: 'resampling',
        because: 'the interval of the change holds 0',
      },
      {
        subject: 'legit',
        metric: 'falseBlockRate',
        phase: 'attack',
        unit: 'ratio',
        baseline: 0.0002,
        run: 0.0042,
        baselineInterval: [0, 0.0008],
        runInterval: [0.0031, 0.0056],
        change: 20,
        changeInterval: [4, 60],
        finding: 'worse',
        expectations: ['legit.falseBlockRate <= 0.1%'],
        test: 'resampling',
        because: 'more honest answers were false blocks, and resampled identities agree',
      },
    ],
    regressions: ['legit.falseBlockRate in attack rose from 0.02 % to 0.42 %'],
    differences: ['commit 0123456789ab, was ba9876543210'],
    notes: [],
  };
}

/** Bins `from` to `to` of a whole run, as a live run tells them. */
export function seriesPart(whole: SeriesDocument, from: number, to: number): SeriesDocument {
  const cut = <T>(values: readonly T[]): readonly T[] => values.slice(from, to);
  return {
    ...whole,
    firstBin: from,
    bins: to - from,
    limits: [],
    leaks: [],
    generator: whole.generator.slice(Math.floor(from / 4), Math.floor(to / 4)),
    actors: whole.actors.map((actor) => {
      const cutLatency = (kind: 'intended' | 'service' | 'dispatch') => {
        const { p50, p90, p99, max, histogram } = actor.latency[kind];
        return { p50: cut(p50), p90: cut(p90), p99: cut(p99), max: cut(max), histogram };
      };
      return {
        ...actor,
        intended: cut(actor.intended),
        sent: cut(actor.sent),
        admitted: cut(actor.admitted),
        refusals: Object.fromEntries(Object.entries(actor.refusals).map(([reason, counts]) => [reason, cut(counts)])),
        latency: { intended: cutLatency('intended'), service: cutLatency('service'), dispatch: cutLatency('dispatch') },
      };
    }),
  };
}
