/** The run before beside this one: what differs beyond noise. */
import type { ComparedMetric, ComparisonDocument, Finding } from '../report/page-data.js';
import { formatInterval, formatMeasured, formatRatio } from '../report/quantity.js';
import { Name } from './name.js';
import { ScrollingTable } from './scrolling-table.js';
import { Section } from './section.js';
import { Mark, type Tone } from './verdict-mark.js';

const tones: Readonly<Record<Finding, Tone>> = {
  same: 'good',
  better: 'good',
  worse: 'bad',
  changed: 'unsure',
  untold: 'unsure',
};
/** What needs to be seen comes first. */
const order: readonly Finding[] = ['worse', 'changed', 'better', 'untold', 'same'];

export function Comparison({ comparison }: { comparison: ComparisonDocument }) {
  const metrics = comparison.metrics.toSorted((a, b) => order.indexOf(a.finding) - order.indexOf(b.finding));
  const { warnings = [] } = comparison;
  // What an expectation names is looked for, whatever was found.
  const isShown = ({ finding, expectations }: ComparedMetric) => finding !== 'same' || expectations.length > 0;
  const folded = metrics.filter((metric) => !isShown(metric));
  return (
    <Section id="comparison" title="Beside the baseline">
      <p>
        Baseline: <Name text={comparison.baseline.folders.join(', ')} />, started{' '}
        <Name text={comparison.baseline.startedAt} />, {comparison.baseline.verdicts.join(', ')}. Its lines are drawn
        dashed in the charts below.
      </p>
      {warnings.length > 0 && (
        <div class="notice bad">
          <p>Compared anyway, though:</p>
          <Sentences sentences={warnings} />
        </div>
      )}
      {comparison.regressions.length === 0 ? (
        <p>No metric that an expectation names got worse.</p>
      ) : (
        <div class="notice bad">
          <p>Got worse:</p>
          <Sentences sentences={comparison.regressions} />
        </div>
      )}
      {comparison.differences.length > 0 && (
        <div class="notice unsure">
          <p>Unlike between the two:</p>
          <Sentences sentences={comparison.differences} />
        </div>
      )}
      <MetricTable name="Compared metrics" metrics={metrics.filter(isShown)} />
      {folded.length > 0 && (
        <details class="folded">
          <summary>
            {folded.length} more {folded.length === 1 ? 'metric' : 'metrics'} that did not change
          </summary>
          <MetricTable name="Metrics that did not change" metrics={folded} />
        </details>
      )}
      <Sentences sentences={comparison.notes} />
    </Section>
  );
}

function MetricTable({ name, metrics }: { name: string; metrics: readonly ComparedMetric[] }) {
  if (metrics.length === 0) return null;
  return (
    <ScrollingTable name={name} wide>
      <thead>
        <tr>
          <th scope="col">finding</th>
          <th scope="col">metric</th>
          <th scope="col">baseline</th>
          <th scope="col">this run</th>
          <th scope="col">change</th>
          <th scope="col">because</th>
        </tr>
      </thead>
      <tbody>
        {metrics.map((metric) => (
          <MetricRow key={`${metric.subject} ${metric.metric} ${metric.phase}`} metric={metric} />
        ))}
      </tbody>
    </ScrollingTable>
  );
}

function MetricRow({ metric }: { metric: ComparedMetric }) {
  const { subject, phase, unit, finding, change, changeInterval } = metric;
  const name = `${subject}.${metric.metric}${phase === null ? '' : ` in ${phase}`}`;
  return (
    <tr class={finding === 'worse' ? 'failed' : ''}>
      <td>
        <Mark tone={tones[finding]} word={finding} />
      </td>
      <th scope="row" class="metric">
        <Name text={name} />
        {metric.expectations.length > 0 && <span class="aside"> expected</span>}
      </th>
      <td>
        {formatMeasured(metric.baseline, unit)} {formatInterval(metric.baselineInterval, unit)}
      </td>
      <td>
        {formatMeasured(metric.run, unit)} {formatInterval(metric.runInterval, unit)}
      </td>
      <td>
        {change === null ? '-' : `${change > 0 ? '+' : ''}${formatRatio(change)}`}{' '}
        {formatInterval(changeInterval, 'ratio')}
      </td>
      <td>
        <Name text={metric.because} />
      </td>
    </tr>
  );
}

function Sentences({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <ul class="sentences">
      {sentences.map((sentence) => (
        <li key={sentence}>
          <Name text={sentence} />
        </li>
      ))}
    </ul>
  );
}
