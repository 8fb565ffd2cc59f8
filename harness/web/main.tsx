/** Draws the page: from the data that stand in it, or from those that a live run sends. */
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import type { PageData } from '../report/page-data.js';
import { Guarded } from './guarded.js';
import { listen } from './live-source.js';
import { Page } from './page.js';
import './page.css';
import { afterEvent, type PageState } from './page-state.js';

const text = document.getElementById('page-data')?.textContent ?? 'null';
const data = JSON.parse(text) as PageData | null;
const root = document.getElementById('page');

let state: PageState = { data, connection: data?.mode === 'live' ? 'opening' : 'none', exitCode: null };

function show(next: PageState): void {
  state = next;
  if (root === null) return;
  const page = (
    <Guarded id="whole" title="Floodproof" data={state}>
      <Page state={state} />
    </Guarded>
  );
  render(page, root);
}

show(state);
if (data?.mode === 'live') {
  listen({
    onEvent: (event) => show(afterEvent(state, event)),
    onLost: () => show({ ...state, connection: state.connection === 'over' ? 'over' : 'lost' }),
  });
}
