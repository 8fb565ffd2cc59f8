/** What the page knows: the data that stand in it, changed by what a live run sends. */
import type { LiveEvent, PageData } from '../report/page-data.js';
import { mergeSeries } from './merge-series.js';

/** `none`: a saved page. `lost`: it was live, and nothing comes any more; the browser tries again by itself. */
export type Connection = 'none' | 'opening' | 'open' | 'lost' | 'over';

export interface PageState {
  readonly data: PageData | null;
  readonly connection: Connection;
  /** How the suite ended; null = it has not, or is long over. */
  readonly exitCode: number | null;
}

export function afterEvent(state: PageState, event: LiveEvent): PageState {
  if (event.event === 'page') return { ...state, data: event.data, connection: 'open' };
  if (event.event === 'end') return { ...state, connection: 'over', exitCode: event.data.exitCode };
  const { data } = state;
  // A page that has not been told yet of its runs has nothing to put this to.
  if (data === null) return state;
  const { index } = event.data;
  const runs = data.runs.map((run, at) => {
    if (at !== index) return run;
    return event.event === 'run' ? event.data.run : { ...run, series: mergeSeries(run.series, event.data.series) };
  });
  return { ...state, data: { ...data, runs }, connection: 'open' };
}
