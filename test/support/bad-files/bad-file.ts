/** A file that is wrong, with every fault that must be told about it; made from right ones by edits. */
import { goodPolicy, goodScenario } from '../scenario-files.js';

export interface BadFile {
  readonly because: string;
  readonly scenario: string;
  readonly policy: string;
  /** `CODE FILE:LINE:COLUMN MESSAGE`, in the order of the error. */
  readonly faults: readonly string[];
}

export function edited(text: string, edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the file has no ${JSON.stringify(from)} to edit`);
    return result.replace(from, () => to);
  }, text);
}

type Edits = readonly (readonly [from: string, to: string])[];

export function badScenario(because: string, edits: Edits, faults: readonly string[]): BadFile {
  return { because, scenario: edited(goodScenario, edits), policy: goodPolicy, faults };
}
export function badText(because: string, text: string, faults: readonly string[]): BadFile {
  return { because, scenario: text, policy: goodPolicy, faults };
}
export function badPolicy(because: string, edits: Edits, faults: readonly string[]): BadFile {
  return { because, scenario: goodScenario, policy: edited(goodPolicy, edits), faults };
}
