/** One run: its verdict, and what shows it. */
import { useContext, useMemo, useState } from 'preact/hooks';
import type { PageData, PageRun, SeriesDocument } from '../report/page-data.js';
import { type ActorStyle, actorStyles } from './actor-style.js';
import { Actors, Fairness } from './actor-table.js';
import { ActorsSoFar } from './actors-so-far.js';
import { Swatch } from './chart/legend.js';
import { Comparison } from './comparison.js';
import { Expectations } from './expectations.js';
import { Generator } from './generator.js';
import { Guarded } from './guarded.js';
import { HardestHit } from './hardest-hit.js';
import { Latency } from './latency.js';
import { Limits } from './limits.js';
import { Name } from './name.js';
import { PageContext } from './page-context.js';
import { Provenance } from './provenance.js';
import { Refusals } from './refusals.js';
import { RunHeader } from './run-header.js';
import { timeAxisOf } from './time-axis.js';
import { Timeline } from './timeline.js';

/** Actors whose charts are drawn before anybody chooses. */
const CHOSEN_MAX = 8;

interface RunViewProps {
  readonly run: PageRun;
  readonly baseline: PageData['baseline'];
}

export function RunView({ run, baseline }: RunViewProps) {
  const { zoom } = useContext(PageContext);
  const { verdict, series } = run;
  const axis = useMemo(() => (series === null ? null : timeAxisOf(run, series, zoom)), [run, series, zoom]);
  return (
    <>
      <Guarded id="run" title="Verdict" data={run}>
        <RunHeader run={run} />
      </Guarded>
      <Contents run={run} compared={baseline !== null} />
      {verdict !== null && (
        <Guarded id="expectations" title="Expectations" data={run}>
          <Expectations run={run} verdict={verdict} />
        </Guarded>
      )}
      {baseline !== null && (
        <Guarded id="comparison" title="Baseline" data={baseline}>
          <Comparison comparison={baseline.comparison} />
        </Guarded>
      )}
      {verdict !== null && (
        <Guarded id="actors" title="Actors" data={run}>
          <Actors verdict={verdict} />
        </Guarded>
      )}
      {verdict === null && series !== null && (
        <Guarded id="actors" title="Actors" data={series}>
          <ActorsSoFar series={series} />
        </Guarded>
      )}
      {series !== null && axis !== null && (
        <Guarded id="charts" title="Charts" data={series}>
          <Charts series={series} axis={axis} baseline={baseline?.run.series ?? null} verdict={verdict} />
        </Guarded>
      )}
      {verdict !== null && (
        <Guarded id="hardest-hit" title="Hardest hit" data={run}>
          <HardestHit hit={verdict.hardestHit} />
        </Guarded>
      )}
      {verdict !== null && (
        <Guarded id="fairness" title="Fairness" data={run}>
          <Fairness verdict={verdict} />
        </Guarded>
      )}
      <Guarded id="generator" title="Generator" data={run}>
        <Generator run={run} series={series} axis={axis} />
      </Guarded>
      <Guarded id="provenance" title="This run" data={run}>
        <Provenance run={run} />
      </Guarded>
    </>
  );
}

function Contents({ run: { verdict, series }, compared }: { run: PageRun; compared: boolean }) {
  const parts = [
    ...(verdict === null ? [] : [['expectations', 'Expectations']]),
    ...(compared ? [['comparison', 'Baseline']] : []),
    ...(verdict === null && series === null ? [] : [['actors', 'Actors']]),
    ...(series === null
      ? []
      : [
          ['timeline', 'Traffic'],
          ['limits', 'Limits'],
          ['latency', 'Latency'],
          ['refusals', 'Refusals'],
        ]),
    ...(verdict === null
      ? []
      : [
          ['hardest-hit', 'Hardest hit'],
          ['fairness', 'Fairness'],
        ]),
    ['generator', 'Generator'],
    ['provenance', 'This run'],
  ];
  return (
    <nav class="contents" aria-label="Parts of this report">
      <ul>
        {parts.map(([id, title]) => (
          <li key={id}>
            <a href={`#${id}`}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface ChartsProps {
  readonly series: SeriesDocument;
  readonly axis: ReturnType<typeof timeAxisOf>;
  readonly baseline: SeriesDocument | null;
  readonly verdict: PageRun['verdict'];
}

function Charts({ series, axis, baseline, verdict }: ChartsProps) {
  const { actors } = series;
  const shape = actors.map(({ label, name }) => `${label} ${name}`).join('\n');
  // Styles follow from who is there, which stays the same while numbers come in.
  const styles = useMemo(() => actorStyles(actors), [shape]);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(() => new Set([...actors.keys()].slice(CHOSEN_MAX)));
  const chosen = useMemo(() => [...actors.keys()].filter((index) => !hidden.has(index)), [shape, hidden]);
  const all = { series, axis, styles, chosen, baseline, verdict };
  return (
    <>
      {actors.length > 1 && <Choice actors={actors} styles={styles} hidden={hidden} onChange={setHidden} />}
      <Guarded id="timeline" title="Traffic" data={series}>
        <Timeline {...all} />
      </Guarded>
      <Guarded id="limits" title="Limits" data={series}>
        <Limits {...all} />
      </Guarded>
      <Guarded id="latency" title="Latency" data={series}>
        <Latency {...all} />
      </Guarded>
      <Guarded id="refusals" title="Refusals" data={series}>
        <Refusals {...all} />
      </Guarded>
    </>
  );
}

interface ChoiceProps {
  readonly actors: SeriesDocument['actors'];
  readonly styles: readonly ActorStyle[];
  readonly hidden: ReadonlySet<number>;
  readonly onChange: (hidden: ReadonlySet<number>) => void;
}

function Choice({ actors, styles, hidden, onChange }: ChoiceProps) {
  const turn = (index: number): void => {
    const next = new Set(hidden);
    if (!next.delete(index)) next.add(index);
    onChange(next);
  };
  return (
    <fieldset class="choice">
      <legend>Actors in the charts</legend>
      {actors.map(({ name, label }, index) => (
        <label key={index}>
          <input type="checkbox" checked={!hidden.has(index)} onChange={() => turn(index)} />
          <Swatch color={styles[index]?.color ?? 'text'} dash={styles[index]?.dash} kind="line" />
          <Name text={name} /> <span class={`label ${label}`}>{label}</span>
        </label>
      ))}
      <button type="button" class="quiet" onClick={() => onChange(new Set())}>
        All
      </button>
      <button type="button" class="quiet" onClick={() => onChange(new Set(actors.keys()))}>
        None
      </button>
      <p class="aside">
        Drag over a chart to see a part of the run in all of them; double click or Escape shows all again. With the
        keyboard: arrows move, plus and minus zoom.
      </p>
    </fieldset>
  );
}
