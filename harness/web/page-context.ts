/** What every part of the page may need to know of it. */
import { createContext } from 'preact';
import { Zoom } from './zoom.js';

export interface PageContextValue {
  readonly zoom: Zoom;
  readonly theme: 'light' | 'dark';
  /** Everything is then opened and drawn. */
  readonly printing: boolean;
}

export const PageContext = createContext<PageContextValue>({ zoom: new Zoom(), theme: 'light', printing: false });
