/** What shows a failure, a sentence each: whose, which limit, how often, when. */
import { Outcome } from '../actors/outcome.js';
import { type MetricName, metricTable } from '../scenario/metrics.js';
import type { Expectation, PolicyLimit } from '../scenario/plan.js';
import type { BlockEvidence } from './block-evidence.js';
import type { Counters } from './counters.js';
import { actorNameOf } from './hardest-hit.js';
import type { JudgedRun } from './judged-run.js';
import type { JudgedWorld } from './judged-world.js';
import { leaksOf } from './leak-measures.js';
import { measure } from './measures.js';
import type { ReplayAudit } from './replay-audit.js';
import { selectionOf } from './scope.js';
import { countText, durationText, metricText, momentText } from './wording.js';

export interface EvidenceSource {
  sentences(expectation: Expectation): readonly string[];
}

export interface EvidenceParts {
  readonly run: JudgedRun;
  readonly world: JudgedWorld;
  readonly blocks: BlockEvidence;
  readonly replays: ReplayAudit;
  readonly counters: Counters;
}

const SHOWN_MAX = 3;

export class Evidence implements EvidenceSource {
  private readonly parts: EvidenceParts;

  constructor(parts: EvidenceParts) {
    this.parts = parts;
  }

  sentences(expectation: Expectation): readonly string[] {
    const { run, blocks } = this.parts;
    const { subject, phase } = expectation;
    const metric = expectation.metric as MetricName;
    const selection = selectionOf(run.plan, subject, phase);
    if (metric === 'leak' || metric === 'leakRatio') return this.leakSentences(subject, phase);
    if (metric === 'replaysAccepted') return this.replaySentences();
    if (metric === 'wrongfulBlocks') return blocks.wrongfulSentences(selection);
    if (metric === 'falseBlockRate' || metric === 'falseBlockRate.worst' || metric === 'recovery') {
      return blocks.falseBlockSentences(selection, (identity) => this.identityName(identity));
    }
    const isTime = metricTable[metric].unit === 'us' || metric === 'latencyInflation.p99';
    const perActor = isTime ? this.perActor(expectation) : [];
    return perActor.length > 0 ? perActor : this.counts(expectation);
  }

  private identityName(identity: number): string {
    const { run, world } = this.parts;
    const { account, ip } = world.identity(identity);
    return `${actorNameOf(run, identity)} identity ${identity} (account ${account}, from ${ip})`;
  }

  /** In short: the proof stands with the verdict's leak itself. */
  private leakSentences(subject: string, phase: string | null): string[] {
    const { run, counters } = this.parts;
    const found = [...leaksOf(run, subject, phase)].sort((a, b) => b.interval.excessCells - a.interval.excessCells);
    const sentences = found.slice(0, SHOWN_MAX).map(({ counter, interval }) => {
      const limit = run.plan.policy.limits[counter.limitIndex] as PolicyLimit;
      const key = counters.name(counter.limitIndex, counter.counter);
      const { warmupUs } = run.plan;
      return (
        `${limit.name} of ${key}: at least ${countText(interval.excessCells, 'cell')} over the bound of ` +
        `${interval.admittedCells - interval.excessCells} between ${momentText(interval.fromUs, warmupUs)} and ` +
        `${momentText(interval.toUs, warmupUs)}`
      );
    });
    if (found.length > SHOWN_MAX) sentences.push(`and ${countText(found.length - SHOWN_MAX, 'more counter')}`);
    return sentences;
  }

  private replaySentences(): string[] {
    const all = [...this.parts.replays.timesAccepted].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const sentences = all
      .slice(0, SHOWN_MAX)
      .map(([signature, times]) => `signature number ${signature} was accepted ${countText(times, 'time')}`);
    if (all.length > SHOWN_MAX) sentences.push(`and ${countText(all.length - SHOWN_MAX, 'more signature')}`);
    return sentences;
  }

  private perActor(expectation: Expectation): string[] {
    const { run } = this.parts;
    const metric = expectation.metric as MetricName;
    const { actors } = selectionOf(run.plan, expectation.subject, expectation.phase);
    return actors.flatMap((index) => {
      const name = run.plan.actors[index]?.name ?? '';
      const { value } = measure(run, name, metric, expectation.phase);
      if (value === null) return [];
      const service = measure(run, name, 'service.p99', expectation.phase).value;
      const served =
        service === null || !metric.startsWith('latency') ? '' : `, of which service.p99 ${durationText(service)}`;
      return [`${name}: ${metric} ${metricText(value, metricTable[metric].unit)}${served}`];
    });
  }

  private counts(expectation: Expectation): string[] {
    const { plan, tally } = this.parts.run;
    const { actors, phases } = selectionOf(plan, expectation.subject, expectation.phase);
    return actors.map((index) => {
      const one = { actors: [index], phases };
      const refused = tally.count(Outcome.refused, one) + tally.count(Outcome.denied, one);
      const unclear = tally.count(Outcome.unclear, one);
      return (
        `${plan.actors[index]?.name ?? ''}: sent ${tally.sent.sum(one)}, admitted ${tally.count(Outcome.admitted, one)}, ` +
        `throttled ${tally.count(Outcome.throttled, one)}, refused ${refused}, ` +
        `banned ${tally.count(Outcome.banned, one)}, errors ${tally.errors.sum(one)}${unclear > 0 ? `, unclear ${unclear}` : ''}`
      );
    });
  }
}
