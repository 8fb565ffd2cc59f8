/**
 * A verdict as a person reads it at the end of a run: what was run, what came of it, which expectation held, what shows
 * the ones that did not, and how to see it again.
 */
import type { GeneratorResult, SuiteDocument, SuiteError, VerdictDocument } from '../judge/verdict.js';
import { renderActors } from './actor-table.js';
import { requestSentences } from './evidence-text.js';
import type { Ink } from './ink.js';
import { inkOf } from './ink.js';
import { renderLeaks } from './leak-text.js';
import { latencyPowerText, leakPowerText } from './power-text.js';
import { formatCount, formatDurationMs, formatRatio } from './quantity.js';
import { repeatText } from './repeats.js';
import { layOutTable } from './table.js';
import { displayWidth, truncate, visible, wrapBehind } from './text.js';
import {
  expectationWord,
  heldOf,
  isJudged,
  measuredText,
  paintVerdict,
  verdictMeanings,
  verdictWords,
} from './verdict-word.js';

export interface TerminalOptions {
  readonly color: boolean;
  /** Columns of the terminal; fewer than 80 are taken as 80. */
  readonly width: number;
}

/** Sections are set in by two columns. */
const INDENT = '  ';
const WIDTH_MIN = 80;
/** Sentences under one expectation; the others are counted, and stand in verdict.json. */
const EVIDENCE_SHOWN_MAX = 12;
/** Scenarios without a verdict under a suite; the others are counted, and stand in its JSON. */
const ERRORS_SHOWN_MAX = 20;

interface Page {
  readonly ink: Ink;
  readonly width: number;
}

/** The whole verdict of one scenario, ending in a line end. Only the replay command may be wider than the page. */
export function renderVerdict(document: VerdictDocument, { color, width }: TerminalOptions): string {
  const page = { ink: inkOf(color), width: Math.max(WIDTH_MIN, width) };
  const inner = { ink: page.ink, width: page.width - INDENT.length };
  const sections = [
    header(document, page),
    renderActors(document.actors, inner).map(setIn),
    expectations(document, inner).map(setIn),
    section('leaks', renderLeaks(document.leaks, inner.width - INDENT.length), page.ink),
    facts(document, inner).map(setIn),
    section(
      'notes',
      document.notes.flatMap((note) => wrapBehind('', visible(note), inner.width - INDENT.length)),
      page.ink,
    ),
    replay(document, page.ink),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** One line a scenario, and the sum; why others have no verdict; the replay command of each that did not pass. */
export function renderSuite(suite: SuiteDocument, { color, width }: TerminalOptions): string {
  const ink = inkOf(color);
  const page = Math.max(WIDTH_MIN, width);
  const table = layOutTable(
    [
      {
        title: 'verdict',
        align: 'left',
        narrow: 'keep',
        paint: (text, row) => paintVerdict(text, suite.scenarios[row]?.verdict ?? 'undecided', ink),
      },
      { title: 'scenario', align: 'left', narrow: 'cut', widthMin: 16 },
      { title: 'expectations', align: 'right', narrow: 'keep' },
      { title: 'leaks', align: 'right', narrow: 'keep' },
      { title: 'requests', align: 'right', narrow: 'keep' },
      { title: 'took', align: 'right', narrow: 'keep' },
    ],
    suite.scenarios.map((scenario) => [
      verdictWords[scenario.verdict],
      visible(scenario.scenario),
      heldOf(scenario),
      formatCount(scenario.leaks.length),
      formatCount(scenario.generator.sent),
      formatDurationMs(scenario.durationMs),
    ]),
    page,
  );
  const passed = suite.scenarios.filter((scenario) => scenario.verdict === 'pass').length;
  const all = suite.scenarios.length + suite.errors.length;
  const sum = `${formatCount(passed)} of ${formatCount(all)} scenarios passed, exit code ${suite.exitCode}`;
  const lines = [
    ...(suite.scenarios.length === 0 ? [] : [ink.dim(table.head), ...table.rows.flat()]),
    `${paintVerdict(verdictWords[suite.verdict], suite.verdict, ink)}  ${sum}`,
  ];
  for (const repeat of suite.repeats) lines.push(...wrapBehind('runs: ', visible(repeatText(repeat)), page));
  lines.push(...errorLines(suite.errors, page));
  for (const scenario of suite.scenarios) {
    if (scenario.verdict !== 'pass') lines.push(`replay: ${visible(scenario.replay)}`);
  }
  return `${lines.join('\n')}\n`;
}

function errorLines(errors: readonly SuiteError[], width: number): string[] {
  const lines = errors
    .slice(0, ERRORS_SHOWN_MAX)
    .flatMap(({ scenario, code, message }) =>
      wrapBehind('no verdict: ', visible(`${scenario}: ${code}, ${message}`), width),
    );
  const more = errors.length - ERRORS_SHOWN_MAX;
  return more > 0 ? [...lines, `and ${formatCount(more)} more without a verdict`] : lines;
}

function header(document: VerdictDocument, { ink, width }: Page): string[] {
  const word = verdictWords[document.verdict];
  const name = truncate(visible(document.scenario), width - displayWidth(word) - 2);
  const took = `took ${formatDurationMs(document.durationMs)}`;
  // A log that was judged was drawn by no seed, and no engine played it.
  const run =
    document.target === 'log'
      ? ['target log', took]
      : [`seed ${document.seed}`, `target ${document.target}`, `engine ${document.engine}`, took];
  const lines = [
    `${ink.bold(name)}  ${paintVerdict(word, document.verdict, ink)}`,
    ...wrapBehind(INDENT, visible(document.claim), width),
    ...wrapBehind(INDENT, visible(run.join(', ')), width).map(ink.dim),
  ];
  if (document.decisionHash !== null) {
    lines.push(...wrapBehind(`${INDENT}decisions `, visible(document.decisionHash), width).map(ink.dim));
  }
  if (document.verdict === 'pass') return lines;
  lines.push(...wrapBehind(INDENT, `${document.verdict}: ${verdictMeanings[document.verdict]}`, width));
  for (const fault of document.generator.faults) lines.push(...wrapBehind(`${INDENT}- `, visible(fault), width));
  return lines;
}

function expectations(document: VerdictDocument, { ink, width }: Page): string[] {
  if (document.expectations.length === 0) return ['no expectation was written for this scenario'];
  const judged = isJudged(document.verdict);
  const table = layOutTable(
    [
      { title: 'expectation', align: 'left', narrow: 'wrap', widthMin: 20 },
      { title: 'wanted', align: 'left', narrow: 'wrap', widthMin: 8 },
      { title: 'measured [95 %]', align: 'left', narrow: 'wrap', widthMin: 12 },
      {
        title: '',
        align: 'left',
        narrow: 'keep',
        paint: (text, row) => {
          const pass = document.expectations[row]?.pass ?? null;
          if (pass === null || !judged) return ink.yellow(text);
          return pass ? ink.green(text) : ink.bold(ink.red(text));
        },
      },
    ],
    document.expectations.map((expectation) => [
      visible(expectation.text),
      visible(expectation.wanted),
      visible(measuredText(expectation)),
      expectationWord(expectation, document),
    ]),
    width,
  );
  const lines = [ink.dim(table.head)];
  for (const [index, expectation] of document.expectations.entries()) {
    lines.push(...(table.rows[index] ?? []));
    if (expectation.pass === true) continue;
    const shown = expectation.evidence.slice(0, EVIDENCE_SHOWN_MAX);
    for (const sentence of shown) lines.push(...wrapBehind('    - ', visible(sentence), width));
    const more = expectation.evidence.length - shown.length;
    if (more > 0) lines.push(`    and ${formatCount(more)} more, see verdict.json`);
    for (const sentence of requestSentences(expectation)) {
      lines.push(...wrapBehind('      ', visible(sentence), width));
    }
  }
  return lines;
}

function facts(document: VerdictDocument, { width }: Page): string[] {
  const { generator } = document;
  // A log that was judged has no generator.
  const lines =
    document.target === 'log'
      ? [`log        ${formatCount(generator.asked)} requests`]
      : wrapBehind('generator  ', generatorLine(generator), width);
  const worst = generator.worstSecond;
  if (worst !== null) {
    const parts = [
      `own delay p99 ${formatDurationMs(worst.ownDelayMsP99)}`,
      `event loop held up ${formatDurationMs(worst.eventLoopLagMsMax)}`,
      `garbage collection ${formatDurationMs(worst.gcMs)}`,
      `stolen CPU ${formatRatio(worst.stolenCpuShare)}`,
    ];
    lines.push(...wrapBehind('worst      ', `second ${worst.second}: ${parts.join(', ')}`, width));
  }
  const unsure = document.unsure === 1 ? '1 request' : `${formatCount(document.unsure)} requests`;
  lines.push(...wrapBehind('unsure     ', `${unsure}; ${leakPowerText(document)}`, width));
  const change = latencyPowerText(document);
  if (change !== null) lines.push(...wrapBehind('latency    ', change, width));
  return lines;
}

function generatorLine(generator: GeneratorResult): string {
  return (
    `${formatCount(generator.asked)} asked, ${formatCount(generator.sent)} sent, ` +
    `${formatCount(generator.answered)} answered; own delay p99 ${formatDurationMs(generator.ownDelayMsP99)}, ` +
    `waiting for the target p99 ${formatDurationMs(generator.targetWaitMsP99)}`
  );
}

/** Never wrapped: it is there to be copied. */
function replay(document: VerdictDocument, ink: Ink): string[] {
  return document.verdict === 'pass' ? [] : [`${INDENT}replay: ${ink.bold(visible(document.replay))}`];
}

function section(title: string, lines: readonly string[], ink: Ink): string[] {
  return lines.length === 0 ? [] : [`${INDENT}${ink.dim(title)}`, ...lines.map((line) => setIn(setIn(line)))];
}

function setIn(line: string): string {
  return line === '' ? '' : INDENT + line;
}
