/** What `floodproof selftest` prints: the kill table, the right ones, the totals. */
import { type Ink, inkOf } from '../report/ink.js';
import { layOutTable, type TableColumn } from '../report/table.js';
import { visible } from '../report/text.js';
import { type CheckedMutant, type CheckedRightOne, type CheckedZoo, holds } from '../zoo/checked.js';
import { type CreatureKind, creatureKinds } from '../zoo/zoo.js';

export interface TextOptions {
  readonly color: boolean;
  readonly width: number;
  /** Whether what was seen is printed under each. */
  readonly evidence: boolean;
}

const titles: Readonly<Record<CreatureKind, string>> = {
  limiter: 'limiters',
  verifier: 'verifiers',
  gateway: 'gateways',
  mutation: 'mutants made by a machine',
};

interface Row {
  readonly cells: readonly string[];
  readonly isGood: boolean;
  readonly evidence: readonly string[];
}

export function selftestText(zoo: CheckedZoo, { color, width, evidence }: TextOptions): string {
  const ink = inkOf(color);
  const lines: string[] = [];
  for (const kind of creatureKinds) {
    const mutants = zoo.mutants.filter((one) => one.kind === kind);
    if (mutants.length === 0) continue;
    const rows = kind === 'mutation' && !evidence ? mutationRows(mutants) : mutants.map(mutantRow);
    const head = ['broken on purpose', 'what is wrong', 'caught by', 'ms'];
    lines.push(ink.bold(titles[kind]), ...table(head, rows, { ink, width, evidence }), '');
  }
  if (zoo.right.length > 0) {
    const rows = [...zoo.right.filter(({ kind }) => kind !== 'mutation').map(rightRow), ...equivalentRows(zoo.right)];
    lines.push(
      ink.bold('right ones'),
      ...table(['name', 'kind', 'accused by', 'ms'], rows, { ink, width, evidence }),
      '',
    );
  }
  return [...lines, ...totals(zoo, ink)].join('\n');
}

function mutantRow({ name, defect, caught, by, ms, evidence }: CheckedMutant): Row {
  return { cells: [name, defect, caught ? by.join(', ') : 'NOT CAUGHT', whole(ms)], isGood: caught, evidence };
}

/** Hundreds of mutants in a row for each program that they were made of, and one for each that got away. */
function mutationRows(mutants: readonly CheckedMutant[]): Row[] {
  return [...byFile(mutants)].flatMap(([file, ofFile]) => {
    const caught = ofFile.filter((one) => one.caught);
    const by = [...new Set(caught.flatMap((one) => one.by))].join(', ');
    const ms = ofFile.reduce((sum, one) => sum + one.ms, 0);
    const sum = `${caught.length} of ${ofFile.length} mutants caught`;
    const row = { cells: [file, sum, by, whole(ms)], isGood: caught.length === ofFile.length, evidence: [] };
    return [row, ...ofFile.filter((one) => !one.caught).map(mutantRow)];
  });
}

/** By the file that they were made of, with which their names begin. */
function byFile<One extends { readonly name: string }>(ones: readonly One[]): ReadonlyMap<string, readonly One[]> {
  const files = new Map<string, One[]>();
  for (const one of ones) {
    const file = one.name.split(' ')[0] ?? one.name;
    files.set(file, [...(files.get(file) ?? []), one]);
  }
  return files;
}

function rightRow({ name, kind, accused, by, ms, evidence }: CheckedRightOne): Row {
  return { cells: [name, kind, accused ? by.join(', ') : 'nobody', whole(ms)], isGood: !accused, evidence };
}

function equivalentRows(right: readonly CheckedRightOne[]): Row[] {
  const equivalents = right.filter(({ kind }) => kind === 'mutation');
  const free = [...byFile(equivalents.filter(({ accused }) => !accused))].map(([file, ofFile]) => {
    const ms = ofFile.reduce((sum, one) => sum + one.ms, 0);
    return {
      cells: [
        file,
        `${ofFile.length} ${ofFile.length === 1 ? 'mutant that changes' : 'mutants that change'} nothing`,
        'nobody',
        whole(ms),
      ],
      isGood: true,
      evidence: [],
    };
  });
  return [...free, ...equivalents.filter(({ accused }) => accused).map(rightRow)];
}

function table(
  titles: readonly string[],
  rows: readonly Row[],
  { ink, width, evidence }: { readonly ink: Ink; readonly width: number; readonly evidence: boolean },
): string[] {
  const verdict = (text: string, row: number): string => (rows[row]?.isGood ? ink.green(text) : ink.red(text));
  const [name = '', what = '', by = '', ms = ''] = titles;
  const columns: TableColumn[] = [
    { title: name, align: 'left', narrow: 'wrap', widthMin: 16 },
    { title: what, align: 'left', narrow: 'wrap', widthMin: 24 },
    { title: by, align: 'left', narrow: 'wrap', widthMin: 16, paint: verdict },
    { title: ms, align: 'right', narrow: 'keep' },
  ];
  const laidOut = layOutTable(
    columns,
    rows.map(({ cells }) => cells.map(visible)),
    width - 2,
  );
  const lines = [ink.dim(laidOut.head)];
  for (const [index, row] of laidOut.rows.entries()) {
    const source = rows[index];
    lines.push(...row);
    // What was seen is shown where it was asked for, and where it is what the person has to mend.
    const seen = evidence || source?.isGood === false ? (source?.evidence ?? []) : [];
    lines.push(...seen.map((line) => `    ${visible(line)}`));
  }
  return lines.map((line) => `  ${line}`.trimEnd());
}

function totals(zoo: CheckedZoo, ink: Ink): string[] {
  const lines: string[] = [];
  for (const kind of creatureKinds) {
    const mutants = zoo.mutants.filter((one) => one.kind === kind);
    if (mutants.length > 0) lines.push(`${titles[kind]}: ${share(mutants)}`);
  }
  const accused = zoo.right.filter((one) => one.accused).length;
  const all = [
    zoo.mutants.length > 0 ? `broken ones: ${share(zoo.mutants)}` : '',
    zoo.right.length > 0 ? `right ones: ${accused} of ${zoo.right.length} accused` : '',
    `seed ${zoo.seed}`,
  ];
  const word = holds(zoo) ? ink.green('PASS') : ink.red('FAIL');
  return [...lines, `${word}  ${all.filter((text) => text !== '').join('; ')}`];
}

function share(mutants: readonly CheckedMutant[]): string {
  const caught = mutants.filter((one) => one.caught).length;
  // Rounded down, so that 100 % means all of them.
  const percent = Math.floor((1000 * caught) / mutants.length) / 10;
  return `${caught} of ${mutants.length} caught (${percent} %)`;
}

function whole(ms: number): string {
  return String(Math.round(ms));
}
