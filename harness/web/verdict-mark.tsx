/** The word of a verdict or of a finding, with a symbol, so that it needs no colour. */

import type { PageRun, Verdict } from '../report/page-data.js';
import { verdictWords } from '../report/verdict-word.js';

export type Tone = 'good' | 'bad' | 'unsure' | 'still';

const symbols: Readonly<Record<Tone, string>> = { good: '✓', bad: '✗', unsure: '?', still: '…' };

export function Mark({ tone, word, large = false }: { tone: Tone; word: string; large?: boolean }) {
  return (
    <span class={`mark ${tone}${large ? ' large' : ''}`}>
      <span aria-hidden="true">{symbols[tone]}</span> {word}
    </span>
  );
}

function verdictTone(verdict: Verdict): Tone {
  if (verdict === 'pass') return 'good';
  return verdict === 'fail' ? 'bad' : 'unsure';
}

export function RunMark({ run, large = false }: { run: PageRun; large?: boolean }) {
  if (run.verdict !== null) {
    return <Mark tone={verdictTone(run.verdict.verdict)} word={verdictWords[run.verdict.verdict]} large={large} />;
  }
  if (run.state === 'ended')
    return <Mark tone="unsure" word={run.error === null ? 'NO VERDICT' : 'ERROR'} large={large} />;
  return <Mark tone="still" word={run.state} large={large} />;
}
