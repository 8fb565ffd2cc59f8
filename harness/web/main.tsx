/** Draws the page: from the data that stands in it, or from those that a live run sends. */
import { render } from 'preact';
import type { PageData } from '../report/page-data.js';

const text = document.getElementById('page-data')?.textContent ?? 'null';
const data = JSON.parse(text) as PageData | null;
const root = document.getElementById('page');
if (root !== null) render(<h1>{data?.runs[0]?.scenario ?? 'Floodproof'}</h1>, root);
