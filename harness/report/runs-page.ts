/** The list of runs as a page of its own, without a script: names in it are text, whatever they hold. */

import { formatCount } from './quantity.js';
import { formatBytes, listedWord, policyWord, type RunRow, type UnusableRow, unusableText } from './run-table.js';
import { visible } from './text.js';
import { heldOf, verdictMeanings } from './verdict-word.js';

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

export function renderRunsPage(
  folder: string,
  runs: readonly LinkedRun[],
  unusable: readonly UnusableRow[] = [],
): string {
  const rows = runs.map((run) => {
    const verdict = run.verdict;
    const meaning = verdict === null ? 'the run has no verdict that can be read' : verdictMeanings[verdict.verdict];
    const faults = run.faults.map((sentence) => `<br><small><bdi>${html(sentence)}</bdi></small>`);
    return (
      `<tr><td>${html(run.started)}</td>` +
      `<td class="${verdict?.verdict ?? 'none'}" title="${html(meaning)}">${listedWord(run)}</td>` +
      `<td>${linked(`<bdi>${html(run.scenario)}</bdi>`, run.href)}</td>` +
      `<td><bdi>${html(run.target ?? '-')}</bdi></td>` +
      `<td title="${html(run.otherPolicy?.file ?? '')}">${policyWord(run.otherPolicy)}</td>` +
      `<td class="number">${verdict === null ? '-' : html(heldOf(verdict))}</td>` +
      `<td class="number">${verdict === null ? '-' : html(formatCount(verdict.generator.sent))}</td>` +
      `<td class="number">${html(formatBytes(run.bytes))}</td>` +
      `<td><bdi>${html(run.name)}</bdi>${run.isKept ? ' (kept)' : ''}${faults.join('')}</td></tr>`
    );
  });
  const heads = ['started (UTC)', 'verdict', 'scenario', 'target', 'policy', 'held', 'requests', 'size', 'folder'];
  const left = unusableText(unusable);
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
${left === null ? '' : `<p><bdi>${html(left)}</bdi></p>\n`}</main>
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
