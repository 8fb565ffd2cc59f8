/** The reference pages of `docs/`, made from the tables and schemas that files are checked with. */
import { z } from 'zod';
import { arrivalsSchema } from './arrivals-schema.js';
import { behaviourNames, behaviourRow, fileKey, type ParamRow } from './behaviours.js';
import { formatDuration } from './durations.js';
import { faultTable } from './faults.js';
import { limitSchema } from './limit-schema.js';
import { type MetricRow, type MetricUnit, metricTable } from './metrics.js';
import { formatRatio } from './numbers.js';
import { type PolicyLimit, partTable, weaknessTable } from './plan.js';
import { policySchema } from './policy-schema.js';
import { scenarioSchema } from './scenario-schema.js';

type JsonSchema = z.core.JSONSchema.BaseSchema;

const unitWords: Readonly<Record<MetricUnit, string>> = {
  count: 'number',
  cells: 'cells',
  ratio: 'ratio: `0.1%` or `0.001`',
  us: 'duration: `50ms`',
  perSecond: 'per second: `100` or `100/s`',
};

function row(cells: readonly string[]): string {
  // A bar would end the cell.
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(row)].join('\n');
}

/** Text of `docs/metrics.md`. */
export function metricsPage(): string {
  const entries: readonly [string, MetricRow][] = Object.entries(metricTable);
  const rows = entries.map(([name, { unit, means, better }]) => [
    `\`${name}\``,
    unitWords[unit],
    better === 'neither' ? '' : better,
    means,
  ]);
  return `# Metrics

Every metric that an expectation may name. Made from \`harness/scenario/metrics.ts\`; a test holds the two together.

An expectation reads \`SUBJECT.METRIC [in PHASE] OPERATOR VALUE [(95%)]\`. The subject is \`legit\`, \`abuse\`, \`all\` or
the name of an actor. Without a phase all phases count; the warm-up never does. The operator is \`<=\`, \`<\`, \`>=\`,
\`>\` or \`==\`. The value is a number in the unit of the metric, \`2x calm\` (twice the same metric in the phase
\`calm\`), or \`max(...)\` or \`min(...)\` of such values. \`(95%)\` demands that the whole 95 % interval holds, not
only the point estimate.

${markdownTable(['metric', 'unit', 'better', 'what it is'], rows)}
`;
}

/** The kind of value in one or two words. */
function kindOf(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title;
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if (schema.type === 'array') return 'list';
  if (schema.type === 'object' || schema.oneOf !== undefined) return 'mapping';
  if (schema.type === 'boolean') return '`true`, `false`';
  return (schema.anyOf ?? []).map((option) => kindOf(option as JsonSchema)).join(' or ');
}

interface KeyRow {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** The keys of a mapping and of everything in it. Keys of variants carry the word that chooses the variant. */
function keysOf(schema: JsonSchema, base: string): readonly KeyRow[] {
  if (schema.oneOf !== undefined) return variantKeys(schema.oneOf as readonly JsonSchema[], base);
  return Object.entries(schema.properties ?? {}).flatMap(([key, member]) => {
    const inner = member as JsonSchema;
    const path = base === '' ? key : `${base}.${key}`;
    const isRequired = schema.required?.includes(key) === true;
    return [{ path, schema: inner, isRequired }, ...keysWithin(inner, path)];
  });
}

function keysWithin(schema: JsonSchema, path: string): readonly KeyRow[] {
  if (schema.type === 'array') return keysOf(schema.items as JsonSchema, `${path}[]`);
  const options = (schema.anyOf ?? []) as readonly JsonSchema[];
  return [...keysOf(schema, path), ...options.flatMap((option) => keysOf(option, path))];
}

/** The words of the key that chooses the variant. */
function chooserOf(options: readonly JsonSchema[]): { readonly key: string; readonly words: readonly string[] } {
  const wordsOf = (key: string) => options.map((option) => (option.properties?.[key] as JsonSchema | undefined)?.const);
  const key = Object.keys(options[0]?.properties ?? {}).find((name) =>
    wordsOf(name).every((word) => word !== undefined),
  );
  return { key: key ?? '', words: key === undefined ? [] : wordsOf(key).map(String) };
}

function variantKeys(options: readonly JsonSchema[], base: string): readonly KeyRow[] {
  const { key, words } = chooserOf(options);
  const chooser: KeyRow = {
    path: `${base}.${key}`,
    schema: { enum: [...words], description: 'the variant; keys of one variant alone are marked with it' },
    isRequired: true,
  };
  const found = new Map<string, { readonly row: KeyRow; readonly variants: string[] }>();
  for (const [index, option] of options.entries()) {
    for (const one of keysOf(option, base)) {
      // Parameters of behaviours have tables of their own.
      if (one.path === chooser.path || one.path.startsWith(`${base}.with.`)) continue;
      const known = found.get(one.path) ?? { row: one, variants: [] };
      known.variants.push(words[index] ?? '');
      found.set(one.path, known);
    }
  }
  const members = [...found.values()].map(({ row: one, variants }) =>
    variants.length === options.length ? one : { ...one, path: `${one.path} (${variants.join(', ')})` },
  );
  return [chooser, ...members];
}

function defaultText({ schema, isRequired }: KeyRow): string {
  if (isRequired) return '**required**';
  if (schema.default === undefined) return '';
  const text = typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default);
  return text === '{}' || text === '[]' ? '' : `\`${text}\``;
}

function keyTable(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  // One row for a mapping from request classes says enough.
  const rows = keysOf(json, '')
    .filter(({ path }) => !/\.(cost|age|fills|earns)\./.test(path))
    .map((one) => [`\`${one.path}\``, kindOf(one.schema), defaultText(one), one.schema.description ?? '']);
  return markdownTable(['key', 'value', 'default', 'meaning'], rows);
}

function presetText(param: ParamRow): string {
  if (param.kind === 'actor') return '**required**';
  if (param.kind === 'ratio') return `\`${formatRatio(param.preset)}\``;
  return param.kind === 'duration' ? `\`${formatDuration(param.preset)}\`` : `\`${param.preset}\``;
}

const populationWords = { free: 'as written', one: 'always 1', ips: 'one for each of `ips`' } as const;

function behaviourSections(): string {
  const sections = behaviourNames.map((name) => {
    const { does, label, classes, population, params } = behaviourRow(name);
    const rows = Object.entries(params).map(([key, param]) => [
      `\`${fileKey(key, param)}\``,
      param.kind === 'choice' ? param.choices.map((word) => `\`${word}\``).join(', ') : param.kind,
      presetText(param),
      param.means,
    ]);
    const table =
      rows.length === 0 ? 'It has no parameters.' : markdownTable(['with', 'value', 'default', 'meaning'], rows);
    const sends = classes.map((one) => `\`${one}\``).join(', ');
    const facts = `Usually \`${label}\`. Sends ${sends}. Population: ${populationWords[population]}.`;
    return `### ${name}\n\n${does}\n\n${facts}\n\n${table}`;
  });
  return sections.join('\n\n');
}

function arrivalRows(): readonly (readonly string[])[] {
  return arrivalsSchema.options.map(({ shape }) => [`\`${shape.process.value}\``, shape.process.description ?? '']);
}

/** Rows of a table of words and what they mean. */
function wordRows(words: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  return Object.entries(words).map(([word, means]) => [`\`${word}\``, means]);
}

/** What each family is, and what it promises, with the names of its keys. */
const promiseByFamily: Readonly<Record<PolicyLimit['family'], string>> = {
  'token-bucket': 'capacity + refill x w',
  'decaying-counter': 'capacity + decay x w',
  'leaky-queue': 'capacity + queue + refill x w',
  'fixed-window': 'capacity x (ceil(w / window) + 1)',
  'fill-counter': 'capacity x (ceil(w / window) + 1) + what fills give back',
  'ratio-monitor': 'capacity x (ceil(w / window) + 1) + what fills earn',
  'sliding-log': 'capacity x (floor(w / window) + 1)',
  'sliding-counter': 'capacity + capacity x w / window',
  'earned-budget': 'capacity + what fills earn + (floor(w / trickle) + 1) requests',
  concurrency: 'any number',
};

function familyRows(): readonly (readonly string[])[] {
  return limitSchema.options.map((option) => {
    const { value } = option.shape.family;
    return [`\`${value}\``, option.description ?? '', promiseByFamily[value]];
  });
}

/** Text of `docs/scenario-reference.md`. */
export function scenarioPage(): string {
  const faults = Object.entries(faultTable).map(([code, { means, hint }]) => [`\`${code}\``, means, hint]);
  return `# Scenario and policy files

Made from the schemas in \`harness/scenario\`; a test holds the two together. Files are YAML 1.2. Unknown keys are
faults, and all faults of a file are told at once. \`floodproof explain FILE\` says in words what a scenario will do.

## Values

- **duration**: a number with \`us\`, \`ms\`, \`s\`, \`min\`, \`h\` or \`d\`: \`500ms\`, \`1.5s\`, \`5 min\`. Whole microseconds. There is no \`m\`.
- **rate** of a limit: whole cells in a duration, exactly: \`5 per 1s\`, \`7 per 3s\`, \`60/s\`, \`160000 per 1d\`.
- **rate** of arrivals: the same forms, and any number: \`0.5/s\`; or \`60% of capacity\`, where the capacity is that of
  \`--capacity\`, or else the file's own.
- **ratio**: \`0.1%\` or \`0.001\`.
- **name**: kebab-case, at most 64 characters.
- **request classes**: \`login\`, \`ticker\`, \`account\`, \`order.place\`, \`order.amend\`, \`order.cancel\`.

## Scenario file

${keyTable(scenarioSchema)}

### Arrivals

Fixed by the seed before the run, whatever the answers are. Times of steps, herds and peaks count in active time: from the
actor's start, and only while it acts.

${markdownTable(['process', 'what it is'], arrivalRows())}

### Parts that a scenario may need

A scenario that needs a part which its target has not is left out. Where no target has the part yet, the file may use
behaviours and metrics that are still to come; it is checked as far as that goes, stands in \`floodproof list\`, and waits.
What happens to the server (\`outages\`, \`restarts\`, \`clock.steps\`, \`clock.freezes\`) and runs of more than a day need
\`virtual-time\`.

${markdownTable(['part', 'what it is'], wordRows(partTable))}

A behaviour's parameters stand under \`with\`, see below. Expectations and metrics are described in [metrics.md](metrics.md).

## Behaviours

${behaviourSections()}

## Policy file

${keyTable(policySchema)}

A limit must be countable exactly over ten years: the refill or decay, as a reduced fraction, has at most 29000 cells,
and 2 x capacity (with the queue) x its period in microseconds stays below 2^53; so does 2 x capacity x window of a
sliding counter. \`match: "*"\` means every class that carries what the limit counts by: for \`key\` the signed ones, for
\`account\` and \`master\` these and \`login\`. A cost is for each element: a batch of seven orders costs seven times as
much, what its age adds is added once. \`age\` is the age of the order that a request is about; one that is not known is
as young as can be.

### Weaknesses

Whoever enforces a policy with \`weaknesses\` has these defects; a verdict is by the promises all the same. They are for the
\`weak\` policy of a scenario.

${markdownTable(['weakness', 'what is wrong'], wordRows(weaknessTable))}

### Families

\`w\` is the length of an interval; nodes, slack and the grain of the clock come on top.

${markdownTable(['family', 'what it is', 'cells that one key is admitted in it at most'], familyRows())}

A window of length W is touched by an interval at its edges too, hence one more. Between admission and answer there are
never more cells than the capacity of \`concurrency\`, however many there are over time.

## Faults

${markdownTable(['code', 'meaning', 'what to do'], faults)}
`;
}
