/** What each actor sent, what came of it, and how evenly it was served. */
import type { ActorResult, ExpectationResult, VerdictDocument } from '../report/page-data.js';
import { formatCount, formatDurationMs, formatMeasured, formatRatio } from '../report/quantity.js';
import { Name } from './name.js';
import { carries, TOO_FEW } from './percentiles.js';
import { ScrollingTable } from './scrolling-table.js';
import { Section } from './section.js';

const msOr = (ms: number | null): string => (ms === null ? '-' : formatDurationMs(ms, 3));

export function Actors({ verdict }: { verdict: VerdictDocument }) {
  const actors = Object.entries(verdict.actors);
  return (
    <Section id="actors" title="Actors">
      {actors.length === 0 ? (
        <p>No actor sent anything.</p>
      ) : (
        <ScrollingTable name="Actors" wide>
          <caption>
            Of the phases, without the warm-up. p50, p99 and p99.9 of what callers felt; a dash: {TOO_FEW}.
          </caption>
          <thead>
            <tr>
              <th scope="col">actor</th>
              <th scope="col">label</th>
              {['sent', 'admitted', 'throttled', 'refused', 'banned', 'errors', 'false blocks', 'leak, cells'].map(
                (title) => (
                  <th scope="col" class="number" key={title}>
                    {title}
                  </th>
                ),
              )}
              {['p50', 'p99', 'p99.9'].map((title) => (
                <th scope="col" class="number" key={title}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {actors.map(([name, actor]) => (
              <tr key={name}>
                <th scope="row">
                  <Name text={name} />
                </th>
                <td>
                  <span class={`label ${actor.label}`}>{actor.label}</span>
                </td>
                <td class="number">{formatCount(actor.sent)}</td>
                <td class="number">{formatCount(actor.admitted)}</td>
                <td class="number">{formatCount(actor.throttled)}</td>
                <td class="number">{formatCount(actor.refused)}</td>
                <td class="number">{formatCount(actor.banned)}</td>
                <td class="number">{formatCount(actor.errors)}</td>
                <td class="number">{actor.falseBlockRate === null ? '-' : formatRatio(actor.falseBlockRate)}</td>
                <td class="number">{formatCount(actor.leakCells)}</td>
                <Percentile actor={actor} percent={50} ms={actor.latencyMs.p50} />
                <Percentile actor={actor} percent={99} ms={actor.latencyMs.p99} />
                <Percentile actor={actor} percent={99.9} ms={actor.latencyMs.p999} />
              </tr>
            ))}
          </tbody>
        </ScrollingTable>
      )}
    </Section>
  );
}

function Percentile({ actor, percent, ms }: { actor: ActorResult; percent: number; ms: number | null }) {
  if (ms !== null && !carries(actor.admitted, percent)) {
    return (
      <td class="number" title={TOO_FEW}>
        -
      </td>
    );
  }
  return <td class="number">{msOr(ms)}</td>;
}

const fairnessMetric = /\.(?:fairness|blastRadius|falseBlockRate\.worst)(?: in |$)/;

/** Shares of what each actor sent that were admitted, and what the scenario expects of fairness. */
export function Fairness({ verdict }: { verdict: VerdictDocument }) {
  const measured = verdict.expectations.filter(({ metric }) => fairnessMetric.test(metric));
  const actors = Object.entries(verdict.actors).filter(([, { sent }]) => sent > 0);
  return (
    <Section id="fairness" title="Fairness">
      {measured.map((expectation) => (
        <Measured key={expectation.text} expectation={expectation} />
      ))}
      <ScrollingTable name="Share admitted">
        <caption>Admitted of what each actor sent; abuse is meant to get little</caption>
        <thead>
          <tr>
            <th scope="col">actor</th>
            <th scope="col">label</th>
            <th scope="col" class="number">
              admitted of sent
            </th>
            <th scope="col">share</th>
          </tr>
        </thead>
        <tbody>
          {actors.map(([name, { label, sent, admitted }]) => (
            <tr key={name}>
              <th scope="row">
                <Name text={name} />
              </th>
              <td>
                <span class={`label ${label}`}>{label}</span>
              </td>
              <td class="number">
                {formatCount(admitted)} of {formatCount(sent)}
              </td>
              <td class="share">
                <span
                  class={`bar ${label}`}
                  style={{ width: `${(100 * Math.min(1, admitted / sent)).toFixed(2)}px` }}
                />
                {formatRatio(admitted / sent)}
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollingTable>
    </Section>
  );
}

function Measured({ expectation: { text, metric, measured, unit } }: { expectation: ExpectationResult }) {
  return (
    <p>
      <Name text={metric} />: {formatMeasured(measured, unit)} (expected: <Name text={text} />)
    </p>
  );
}
