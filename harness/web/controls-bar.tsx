/** What stays in sight: where one is, the part of the run that is shown, light or dark. */
import { useContext } from 'preact/hooks';
import type { PageRun } from '../report/page-data.js';
import { momentText } from './moment.js';
import { Name } from './name.js';
import { PageContext } from './page-context.js';
import type { Connection } from './page-state.js';
import { type Theme, themeChoices } from './theme.js';
import { RunMark } from './verdict-mark.js';
import { useZoom } from './zoom.js';

interface ControlsBarProps {
  readonly run: PageRun | undefined;
  readonly theme: Theme;
  readonly connection: Connection;
  readonly exitCode: number | null;
}

const connectionWords: Readonly<Record<Exclude<Connection, 'none'>, string>> = {
  opening: 'Asking for the run.',
  open: 'Live.',
  lost: 'The connection to the run is lost. Trying again; what is shown is what came until then.',
  over: 'The run is over.',
};

export function ControlsBar({ run, theme, connection, exitCode }: ControlsBarProps) {
  const { zoom } = useContext(PageContext);
  const range = useZoom(zoom);
  return (
    <header class="bar-top">
      <strong class="product">Floodproof</strong>
      {run !== undefined && (
        <span class="where">
          <Name text={run.scenario} /> <RunMark run={run} />
        </span>
      )}
      <span class={`connection ${connection}`} role="status">
        {connection === 'none' ? '' : connectionWords[connection]}
        {exitCode === null ? '' : ` Exit code ${exitCode}.`}
      </span>
      <span class="zoomed" role="status">
        {range !== null && `Shown: ${momentText(range[0])} to ${momentText(range[1])}`}
      </span>
      {range !== null && (
        <button type="button" id="show-all" onClick={() => zoom.show(null)}>
          Show all
        </button>
      )}
      <label class="theme">
        Colours{' '}
        <select
          value={theme.choice}
          onChange={({ currentTarget }) =>
            theme.choose(themeChoices.find((choice) => choice === currentTarget.value) ?? 'system')
          }
        >
          {themeChoices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      </label>
    </header>
  );
}
