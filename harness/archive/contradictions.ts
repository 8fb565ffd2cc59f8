/**
 * What of a run folder can't all be true: numbers of a verdict that do not add up with its own parts, or parts of another
 * run. A folder that nobody touched after its run has none, and each of them is a sentence that says what was found.
 */
import type { RunRecord } from '../engine/record/run-folder.js';
import type { VerdictDocument } from '../judge/verdict.js';
import type { SeriesDocument } from '../timeline/series.js';

/** What tells runs apart that lie in one folder. */
export interface RunMark {
  readonly scenario: string;
  readonly seed: number;
}

/** null = both are of one run. */
export function otherRun(name: string, mark: RunMark, referenceName: string, reference: RunMark): string | null {
  if (mark.scenario === reference.scenario && mark.seed === reference.seed) return null;
  return (
    `${name} is of another run: it says ${mark.scenario} with seed ${mark.seed}, and ${referenceName} says ` +
    `${reference.scenario} with seed ${reference.seed}; it is left out`
  );
}

/** @see `verdictOf` in judge.ts for how a verdict follows from its parts. */
export function verdictContradictions(document: VerdictDocument): readonly string[] {
  const found: string[] = [];
  for (const [name, actor] of Object.entries(document.actors)) {
    const concluded = actor.admitted + actor.throttled + actor.refused + actor.banned;
    if (concluded > actor.sent) {
      found.push(`${name} was answered ${concluded} times and sent only ${actor.sent} requests`);
    }
  }
  const expected = verdictFrom(document);
  if (document.verdict !== expected && document.verdict !== 'interrupted') {
    found.push(
      `the verdict is ${document.verdict}, and from its own expectations and generator it would be ${expected}`,
    );
  }
  for (const { limit, key, admittedCells, boundCells } of document.leaks) {
    if (admittedCells > boundCells) continue;
    found.push(
      `a leak of ${limit} (${key}) admitted ${admittedCells} cells, which is within its bound of ${boundCells}`,
    );
  }
  const { sent, answered } = document.generator;
  if (answered > sent) found.push(`the generator had ${answered} answers to ${sent} requests`);
  return found.map((sentence) => `verdict.json contradicts itself, as if it had been edited: ${sentence}`);
}

function verdictFrom({ expectations, generator }: VerdictDocument): VerdictDocument['verdict'] {
  if (generator.faults.length > 0) return 'invalid';
  if (expectations.some(({ pass }) => pass === false)) return 'fail';
  return expectations.some(({ pass }) => pass === null) ? 'undecided' : 'pass';
}

/** Whether record and verdict speak of the same actors, expectations and target: one that was edited after its run does not. */
export function planContradictions(
  { plan, target }: Pick<RunRecord, 'plan' | 'target'>,
  verdict: VerdictDocument,
): readonly string[] {
  const found: string[] = [];
  const planned = plan.expectations.map(({ text }) => text);
  const judged = verdict.expectations.map(({ text }) => text);
  if (!sameTexts(planned, judged)) found.push('its expectations are not those that were judged');
  const actors = plan.actors.map(({ name, label }) => `${name} ${label}`);
  const counted = Object.entries(verdict.actors).map(([name, { label }]) => `${name} ${label}`);
  if (!sameTexts([...actors].sort(), counted.sort())) found.push('its actors are not those that were counted');
  if (plan.claim !== verdict.claim) found.push('its claim is not the one that was judged');
  if (target !== verdict.target) found.push(`its target is ${target}, and ${verdict.target} was judged`);
  return found.map((sentence) => `plan.json does not fit verdict.json, as if it had been edited: ${sentence}`);
}

/** Whether series and verdict counted the same requests: the series have those of the warm-up too, and so never fewer. */
export function seriesContradictions(series: SeriesDocument, verdict: VerdictDocument): readonly string[] {
  const found: string[] = [];
  const counted = new Map(series.actors.map((actor) => [actor.name, actor]));
  for (const [name, { sent, admitted }] of Object.entries(verdict.actors)) {
    const actor = counted.get(name);
    if (actor === undefined) {
      found.push(`${name} is not in it`);
      continue;
    }
    const [sentThere, admittedThere] = [sum(actor.sent), sum(actor.admitted)];
    if (sentThere < sent) found.push(`it has ${sentThere} requests of ${name}, of which ${sent} were judged`);
    if (admittedThere < admitted) {
      found.push(`it has ${admittedThere} admitted requests of ${name}, of which ${admitted} were judged`);
    }
  }
  for (const { leak } of series.leaks) {
    if (leak >= verdict.leaks.length)
      found.push(`it shows leak ${leak + 1}, and the verdict has ${verdict.leaks.length}`);
  }
  return found.map((sentence) => `series.json does not fit verdict.json: ${sentence}`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, index) => text === right[index]);
}
