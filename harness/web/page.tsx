/** The page: the list of runs, where there are several, and the chosen one. */
import { useMemo, useState } from 'preact/hooks';
import type { PageRun } from '../report/page-data.js';
import { formatCount } from '../report/quantity.js';
import { visible } from '../report/text.js';
import { heldOf } from '../report/verdict-word.js';
import { ControlsBar } from './controls-bar.js';
import { Guarded } from './guarded.js';
import { Name } from './name.js';
import { PageContext } from './page-context.js';
import type { PageState } from './page-state.js';
import { RunView } from './run-view.js';
import { ScrollingTable } from './scrolling-table.js';
import { usePrinting, useTheme } from './theme.js';
import { RunMark } from './verdict-mark.js';
import { Zoom } from './zoom.js';

export function Page({ state }: { state: PageState }) {
  const printing = usePrinting();
  const theme = useTheme(printing);
  const runs = state.data?.runs ?? [];
  // null = nobody chose: then it is the one that is being played, or the first that did not pass.
  const [chosen, setChosen] = useState<number | null>(null);
  const index = Math.min(chosen ?? firstToSee(runs), Math.max(0, runs.length - 1));
  const run = runs[index];
  // Another run is another time: what was zoomed of one says nothing of the next.
  const zoom = useMemo(() => new Zoom(), [index]);
  const shared = useMemo(() => ({ zoom, theme: theme.shown, printing }), [zoom, theme.shown, printing]);
  document.title = run === undefined ? 'Floodproof' : `${visible(run.scenario)}: ${wordOf(run)} - Floodproof`;
  return (
    <PageContext.Provider value={shared}>
      <a class="skip" href="#main">
        Skip to the report
      </a>
      <ControlsBar run={run} theme={theme} connection={state.connection} exitCode={state.exitCode} />
      <main id="main">
        {runs.length > 1 && <RunList runs={runs} index={index} onChoose={setChosen} />}
        {run === undefined ? (
          <Empty live={state.connection !== 'none'} />
        ) : (
          <Guarded key={`${index} ${run.scenario}`} id="run" title="This run" data={run}>
            <RunView run={run} baseline={index === 0 ? (state.data?.baseline ?? null) : null} />
          </Guarded>
        )}
      </main>
    </PageContext.Provider>
  );
}

function Empty({ live }: { live: boolean }) {
  return (
    <>
      <h1>Floodproof</h1>
      <p>{live ? 'Nothing has been heard of the run yet.' : 'No run was put into this page.'}</p>
    </>
  );
}

function firstToSee(runs: readonly PageRun[]): number {
  const playing = runs.findIndex(({ state }) => state === 'running');
  if (playing >= 0) return playing;
  const failed = runs.findIndex(({ state, verdict }) => state === 'ended' && verdict?.verdict !== 'pass');
  return Math.max(0, failed);
}

function wordOf({ verdict, state }: PageRun): string {
  return verdict?.verdict ?? state;
}

interface RunListProps {
  readonly runs: readonly PageRun[];
  readonly index: number;
  readonly onChoose: (index: number) => void;
}

function RunList({ runs, index, onChoose }: RunListProps) {
  return (
    <nav class="runs" aria-label="Runs of this suite">
      <ScrollingTable name="Runs of this suite" tall>
        <thead>
          <tr>
            <th scope="col">verdict</th>
            <th scope="col">scenario</th>
            <th scope="col" class="number">
              held
            </th>
            <th scope="col" class="number">
              leaks
            </th>
            <th scope="col" class="number">
              requests
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run, at) => (
            <tr key={at} class={at === index ? 'current' : ''}>
              <td>
                <RunMark run={run} />
              </td>
              <th scope="row">
                <button
                  type="button"
                  class="opens"
                  aria-current={at === index ? 'true' : undefined}
                  onClick={() => onChoose(at)}
                >
                  <Name text={run.scenario} />
                </button>
              </th>
              <td class="number">{run.verdict === null ? '-' : heldOf(run.verdict)}</td>
              <td class="number">{run.verdict === null ? '-' : formatCount(run.verdict.leaks.length)}</td>
              <td class="number">{run.verdict === null ? '-' : formatCount(run.verdict.generator.sent)}</td>
            </tr>
          ))}
        </tbody>
      </ScrollingTable>
    </nav>
  );
}
