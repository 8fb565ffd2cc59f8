/** The list of runs as a page of its own, without a script: names in it are text, whatever they hold. */

import { formatCount } from './quantity.js';
import type { RunRow } from './run-table.js';
import { formatBytes } from './run-table.js';
import { visible } from './text.js';
import { heldOf, verdictMeanings, verdictWords } from './verdict-word.js';

export interface LinkedRun extends RunRow {
  /** Where its page is; null = it has none. */
  readonly href: string | null;
}

const style = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { padding: .35rem .75rem .35rem 0; text-align: start; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
.number { text-align: end; font-variant-numeric: tabular-nums }
.fail, .none { font-weight: bold }`;

export function renderRunsPage(folder: string, runs: readonly LinkedRun[]): string {
  const rows = runs.map((run) => {
    const verdict = run.verdict;
    const word = verdict === null ? 'NONE' : verdictWords[verdict.verdict];
    const meaning = verdict === null ? 'the run has no verdict that can be read' : verdictMeanings[verdict.verdict];
    return (
      `<tr><td>${html(run.started)}</td>` +
      `<td class="${verdict?.verdict ?? 'none'}" title="${html(meaning)}">${word}</td>` +
      `<td>${linked(`<bdi>${html(run.scenario)}</bdi>`, run.href)}</td>` +
      `<td class="number">${verdict === null ? '-' : html(heldOf(verdict))}</td>` +
      `<td class="number">${verdict === null ? '-' : html(formatCount(verdict.generator.sent))}</td>` +
      `<td class="number">${html(formatBytes(run.bytes))}</td>` +
      `<td><bdi>${html(run.name)}</bdi>${run.isKept ? ' (kept)' : ''}</td></tr>`
    );
  });
  const heads = ['started (UTC)', 'verdict', 'scenario', 'held', 'requests', 'size', 'folder'];
  const count = runs.length === 1 ? '1 run' : `${formatCount(runs.length)} runs`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Floodproof runs</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1>Runs</h1>
<p>${count} in <bdi>${html(folder)}</bdi></p>
<table>
<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`;
}

function linked(inside: string, href: string | null): string {
  return href === null ? inside : `<a href="${html(href)}">${inside}</a>`;
}

function html(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
