/** The catalogue of scenarios: the table of its page, and its files as they are read. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileReader } from '../../harness/cli/file-reader.js';
import type { Plan } from '../../harness/scenario/plan.js';
import { loadScenarios, type ScenarioSet } from '../../harness/scenario/scenario.js';

/** A row of the table in scenarios/README.md. */
export interface CatalogueRow {
  readonly no: number;
  readonly name: string;
  readonly file: string;
  readonly policy: string;
  /** '' = none. */
  readonly weak: string;
  readonly needs: readonly string[];
}

const rowForm =
  /^\| (?<no>\d+) \| \[(?<name>[^\]]+)\]\((?<file>[^)]+)\) \| \[[^\]]+\]\((?<policy>[^)]+)\) \| (?:\[[^\]]+\]\((?<weak>[^)]+)\))? \| (?<needs>[^|]*) \|$/;

export function catalogueRows(): readonly CatalogueRow[] {
  return readFileSync('scenarios/README.md', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const found = rowForm.exec(line)?.groups;
      if (found === undefined) return [];
      const { no = '', name = '', file = '', policy = '', weak = '', needs = '' } = found;
      const parts = needs.trim() === '' ? [] : needs.trim().split(', ');
      return [{ no: Number(no), name, file: `scenarios/${file}`, policy, weak: weak ?? '', needs: parts }];
    });
}

/** The scenario files of the catalogue, from the root of the project. */
export function catalogueFiles(): readonly string[] {
  return ['abuse', 'load'].flatMap((folder) =>
    readdirSync(`scenarios/${folder}`)
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => `scenarios/${folder}/${name}`),
  );
}

export function readCatalogue(): ScenarioSet {
  return loadScenarios(fileReader, catalogueFiles());
}

/** A scenario that takes days, or has so many callers that a play of it takes long. */
export function isLong({ tags }: Plan): boolean {
  return tags.includes('long') || tags.includes('many-callers');
}
