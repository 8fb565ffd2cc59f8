/** What must be known to read a comparison: what it could not see, and verdicts that turned. */
import type { ComparedSide } from './compared-run.js';

const RUNS_ENOUGH = 5;

export function sideNotes(baseline: ComparedSide, run: ComparedSide, least: number): readonly string[] {
  const sides = [
    ['baseline', baseline],
    ['run', run],
  ] as const;
  return [
    `a change below ${Number((least * 100).toPrecision(4))} % is not told`,
    ...sides.flatMap(([side, { runs }]) =>
      runs.flatMap(({ folder, missing }) => missing.map((what) => `${side} ${folder}: ${what}`)),
    ),
    ...sides.flatMap(([side, one]) => withoutRows(side, one)),
    ...machineNote(baseline, run),
    ...invalidNotes(sides.flatMap(([side, { runs }]) => runs.map((one) => ({ side, ...one })))),
    ...turned(baseline, run),
  ];
}

function withoutRows(side: string, { runs, tally }: ComparedSide): string[] {
  if (tally === null) {
    return [
      `no run of the ${side} has its rows: only what its verdict says is held side by side, and no noise is known`,
    ];
  }
  const without = runs.filter(({ rows }) => rows === null).length;
  return without === 0
    ? []
    : [`${without} of ${runs.length} runs of the ${side} have no rows and count by their verdict`];
}

/** Over HTTP two runs differ by the machine as well, of which one run a side says nothing. */
function machineNote({ runs: baseline }: ComparedSide, { runs: run }: ComparedSide): string[] {
  const isVirtual = [...baseline, ...run].every(({ facts }) => facts.target === 'core');
  const isEnough = baseline.length + run.length >= RUNS_ENOUGH + 1;
  if (isVirtual || isEnough) return [];
  return [
    'so few runs do not tell how runs differ from hour to hour on this machine: what it does to a whole run looks like a ' +
      `change of the target; play each side ${RUNS_ENOUGH} times (--repeat ${RUNS_ENOUGH}) to have that counted as noise`,
  ];
}

interface SidedRun {
  readonly side: string;
  readonly folder: string;
  readonly verdict: { readonly verdict: string } | null;
}

function invalidNotes(runs: readonly SidedRun[]): string[] {
  return runs.flatMap(({ side, folder, verdict }) => {
    if (verdict?.verdict === 'invalid') return [`${side} ${folder} is invalid: its generator fell behind`];
    if (verdict?.verdict === 'interrupted')
      return [`${side} ${folder} was interrupted: its counts are of a part of it`];
    return [];
  });
}

/** Expectations that held in every run of the baseline and do not in one of the run, which may be by chance. */
function turned({ runs: baseline }: ComparedSide, { runs: run }: ComparedSide): string[] {
  const passOf = (runs: typeof baseline, text: string): (boolean | null)[] =>
    runs
      .flatMap(({ verdict }) => verdict?.expectations.filter((one) => one.text === text) ?? [])
      .map(({ pass }) => pass);
  const texts = [...new Set(run.flatMap(({ verdict }) => verdict?.expectations.map(({ text }) => text) ?? []))];
  return texts.flatMap((text) => {
    const [before, after] = [passOf(baseline, text), passOf(run, text)];
    if (before.length === 0 || !before.every((pass) => pass === true) || !after.includes(false)) return [];
    return [`"${text}" held in the baseline and does not now`];
  });
}
