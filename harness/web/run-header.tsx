/** What was run, and what came of it. */
import type { PageRun } from '../report/page-data.js';
import { latencyPowerText, leakPowerText } from '../report/power-text.js';
import { formatCount, formatDurationMs } from '../report/quantity.js';
import { heldOf, verdictMeanings } from '../report/verdict-word.js';
import { Name } from './name.js';
import { RunMark } from './verdict-mark.js';

export function RunHeader({ run }: { run: PageRun }) {
  const { verdict } = run;
  return (
    <header class="run">
      <div class="headline">
        <h1>
          <Name text={run.scenario} />
        </h1>
        <RunMark run={run} large />
      </div>
      {run.claim !== '' && (
        <p class="claim">
          <Name text={run.claim} />
        </p>
      )}
      {verdict !== null && <p class="meaning">{verdictMeanings[verdict.verdict]}.</p>}
      {run.error !== null && (
        <p class="notice bad" role="alert">
          <Name text={run.error} />
        </p>
      )}
      {run.enforcedPolicy !== undefined && (
        <p class="notice unsure">
          The target enforced the policy <Name text={run.enforcedPolicy.file} />, and is judged by{' '}
          <Name text={run.policyFile ?? 'another'} />.
        </p>
      )}
      {run.missing.length > 0 && (
        <div class="notice unsure">
          <p>Not all of this run is here:</p>
          <ul>
            {run.missing.map((sentence) => (
              <li key={sentence}>
                <Name text={sentence} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {verdict !== null && verdict.generator.faults.length > 0 && (
        <div class="notice unsure">
          <p>The generator:</p>
          <ul>
            {verdict.generator.faults.map((fault) => (
              <li key={fault}>
                <Name text={fault} />
              </li>
            ))}
          </ul>
        </div>
      )}
      <Facts run={run} />
      {run.state === 'running' && <Progress run={run} />}
    </header>
  );
}

function Facts({ run }: { run: PageRun }) {
  const { verdict, series } = run;
  const facts: [string, string][] = [];
  if (verdict !== null) {
    facts.push(['expectations held', heldOf(verdict)], ['requests sent', formatCount(verdict.generator.sent)]);
    // A log that was judged was drawn by no seed, and no engine played it.
    facts.push(['target', verdict.target]);
    if (verdict.target !== 'log') facts.push(['engine', verdict.engine], ['seed', String(verdict.seed)]);
    facts.push(['took', formatDurationMs(verdict.durationMs)], ['started', verdict.startedAt]);
    facts.push(['unsure requests', formatCount(verdict.unsure)]);
    if (verdict.decisionHash !== null) facts.push(['decisions', verdict.decisionHash]);
  } else if (series !== null) {
    facts.push(['seed', String(series.seed)], ['length', formatDurationMs(run.totalMs)]);
  }
  if (run.policyFile !== null) facts.push([run.enforcedPolicy === undefined ? 'policy' : 'judged by', run.policyFile]);
  if (run.enforcedPolicy !== undefined) facts.push(['enforced', run.enforcedPolicy.file]);
  if (run.folder !== null) facts.push(['folder', run.folder]);
  const power = verdict === null ? [] : [leakPowerText(verdict), latencyPowerText(verdict)];
  return (
    <>
      <dl class="facts">
        {facts.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              <Name text={value} />
            </dd>
          </div>
        ))}
      </dl>
      {power.map(
        (text) => text !== null && <p class="power" key={text}>{`What this run could have seen: ${text}.`}</p>,
      )}
    </>
  );
}

function Progress({ run }: { run: PageRun }) {
  const { series, totalMs, warmupMs } = run;
  const doneMs = series === null ? 0 : series.fromMs + (series.firstBin + series.bins) * series.binMs + warmupMs;
  const done = Math.min(totalMs, Math.max(0, doneMs));
  return (
    <p class="progress">
      <label for="progress">Played</label> <progress id="progress" max={Math.max(1, totalMs)} value={done} />{' '}
      {formatDurationMs(Math.round(done))} of {formatDurationMs(totalMs)}
    </p>
  );
}
