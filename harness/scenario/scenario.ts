/** Scenario file with its policies -> plan, or what can be told of one that no target can play yet. */
import { type Fault, FloodproofError } from '../errors.js';
import { buildActor } from './actor.js';
import { expectedTraffic } from './expected-traffic.js';
import { invalidFiles } from './faults.js';
import type { FileReader } from './file-reader.js';
import { deepFreeze } from './freeze.js';
import { type Expectation, type Phase, type Plan, type Policy, planEndUs, type WeakTwin } from './plan.js';
import { type PolicyReading, readPolicy } from './policy.js';
import { checkScenario } from './scenario-check.js';
import { type ScenarioFile, scenarioSchema } from './scenario-schema.js';
import { checkShape } from './shape.js';
import { TraceList } from './traces.js';
import { buildVirtual } from './virtual.js';
import { missingParts, readWaiting, type WaitingScenario, waitingText } from './waiting.js';
import { entriesOf, type Path, readYaml, type YamlSource } from './yaml-source.js';

/** Beyond it a run would take days even in virtual time, and its counts would leave 32 bits. */
const REQUESTS_MAX = 2_000_000_000;

/** What is known from outside of the files. */
export interface LoadOptions {
  /** Requests per second that the target can serve; it goes before what a file says. null = as the file says. */
  readonly capacityPerSecond: number | null;
}
const nothingKnown: LoadOptions = { capacityPerSecond: null };

/** What one file is: of a good one exactly one of `plan` and `waiting` is there. */
export interface ScenarioReading {
  readonly plan: Plan | null;
  readonly waiting: WaitingScenario | null;
  readonly faults: readonly Fault[];
}

/** Scenarios that can be played, and those that wait for a part that no target has yet; each in the order of the files. */
export interface ScenarioSet {
  readonly plans: readonly Plan[];
  readonly waiting: readonly WaitingScenario[];
}

/**
 * Reads a scenario and the policies that it names.
 * @throws {FloodproofError} FP_FILE_UNREADABLE, FP_FILE_INVALID with every fault of all files, or FP_PART_ABSENT when no
 * target can play it yet.
 */
export function loadScenario(reader: FileReader, file: string, options: LoadOptions = nothingKnown): Plan {
  const { plan, waiting, faults } = readScenario(reader, file, options);
  if (plan !== null) return plan;
  if (waiting !== null) throw new FloodproofError('FP_PART_ABSENT', `${file} ${waitingText(waiting)}`);
  throw invalidFiles(faults);
}

/** The same for a suite: the faults of all files are told at once, and those that wait are told apart. */
export function loadScenarios(
  reader: FileReader,
  files: readonly string[],
  options: LoadOptions = nothingKnown,
): ScenarioSet {
  const readings = files.map((file) => readScenario(reader, file, options));
  const faults = readings.flatMap((reading) => reading.faults);
  if (faults.length > 0) throw invalidFiles(faults);
  return {
    plans: readings.flatMap(({ plan }) => plan ?? []),
    waiting: readings.flatMap(({ waiting }) => waiting ?? []),
  };
}

/** @throws {FloodproofError} FP_FILE_UNREADABLE when the file itself can't be read. */
export function readScenario(reader: FileReader, file: string, options: LoadOptions = nothingKnown): ScenarioReading {
  const { source, faults: textFaults } = readYaml(file, reader.read(file));
  const nothing = { plan: null, waiting: null };
  if (source === null) return { ...nothing, faults: textFaults };
  const kind = wrongKind(source);
  if (kind !== null) return { ...nothing, faults: [...textFaults, kind] };
  if (missingParts(source).length > 0) return readForLater(reader, source, textFaults);
  const shape = checkShape(scenarioSchema, source.value, source);
  const own = readReference(reader, source, ['policy']);
  const weak = readReference(reader, source, ['weak', 'policy']);
  const capacityPerSecond = options.capacityPerSecond ?? capacityOf(source);
  const meaning = checkScenario(source, { policy: own.policy, capacityPerSecond });
  const told = [...textFaults, ...shape.faults, ...own.faults, ...weak.faults];
  const faults = [...told, ...sameTwin(source, own, weak), ...withoutEchoes(meaning.faults, shape.faults)];
  if (shape.value === null || own.policy === null || faults.length > 0) return { ...nothing, faults };
  const twin: WeakTwin | null =
    weak.policy === null ? null : { policy: weak.policy, fails: shape.value.weak?.fails ?? [] };
  const plan = buildPlan(shape.value, {
    file,
    policy: own.policy,
    weak: twin,
    capacityPerSecond,
    expectations: meaning.expectations,
    traces: new TraceList((reference) => reader.resolve(file, reference)),
  });
  const tooLarge = largeFaults(source, plan);
  if (tooLarge.length > 0) return { ...nothing, faults: tooLarge };
  return { plan: deepFreeze(plan), waiting: null, faults: [] };
}

function readForLater(reader: FileReader, source: YamlSource, textFaults: readonly Fault[]): ScenarioReading {
  const reference = referenceAt(source, ['policy']);
  const file = reference === null ? null : reader.resolve(source.file, reference);
  const absent = file === null ? null : unreadable(reader, source, ['policy'], file);
  const { waiting, faults } = readWaiting(source, file);
  const all = [...textFaults, ...faults, ...(absent === null ? [] : [absent])];
  return { plan: null, waiting: all.length > 0 || waiting === null ? null : deepFreeze(waiting), faults: all };
}

function capacityOf(source: YamlSource): number | null {
  const { capacity } = entriesOf(source.value);
  return capacity === undefined ? null : (scenarioSchema.shape.capacity.safeParse(capacity).data ?? null);
}

/** A weak twin that is the right policy would prove nothing. */
function sameTwin(source: YamlSource, own: PolicyReading, weak: PolicyReading): readonly Fault[] {
  if (own.policy === null || own.policy.file !== weak.policy?.file) return [];
  const message = 'is the policy of the scenario itself, which has no defect';
  return [source.fault(['weak', 'policy'], { code: 'FP_WEAK_INVALID', message })];
}

function largeFaults(source: YamlSource, plan: Plan): readonly Fault[] {
  const counts = plan.actors.map((actor) => expectedTraffic(plan, actor, 0, planEndUs(plan)).requests);
  const sum = counts.reduce((total, count) => total + count, 0);
  if (sum <= REQUESTS_MAX) return [];
  const message = `are expected to send ${Math.round(sum)} requests, at most ${REQUESTS_MAX}`;
  return [source.fault(['actors'], { code: 'FP_RUN_TOO_LARGE', message })];
}

/** A name that is not even a name is told once, not a second time as a name that nobody has. */
function withoutEchoes(faults: readonly Fault[], told: readonly Fault[]): readonly Fault[] {
  const places = new Set(told.map(({ line, column }) => `${line}:${column}`));
  return faults.filter(({ line, column }) => !places.has(`${line}:${column}`));
}

function wrongKind(source: YamlSource): Fault | null {
  const top = entriesOf(source.value);
  if (top.limits === undefined || top.phases !== undefined || top.actors !== undefined) return null;
  return source.fault([], { code: 'FP_FILE_KIND', message: 'is a policy, but a scenario is wanted here' });
}

function referenceAt(source: YamlSource, path: Path): string | null {
  let value: unknown = source.value;
  for (const part of path) value = entriesOf(value)[String(part)];
  return scenarioSchema.shape.policy.safeParse(value).data ?? null;
}

function readReference(reader: FileReader, source: YamlSource, path: Path): PolicyReading {
  const reference = referenceAt(source, path);
  if (reference === null) return { policy: null, faults: [] };
  const file = reader.resolve(source.file, reference);
  const fault = unreadable(reader, source, path, file);
  return fault === null ? readPolicy(file, reader.read(file)) : { policy: null, faults: [fault] };
}

/** What prevents that a file that is named can be read; null = nothing. */
function unreadable(reader: FileReader, source: YamlSource, path: Path, file: string): Fault | null {
  if (file === reader.resolve('', source.file)) {
    return source.fault(path, { code: 'FP_REFERENCE_CYCLE', message: 'is the scenario file itself' });
  }
  try {
    reader.read(file);
    return null;
  } catch (error) {
    if (!(error instanceof FloodproofError)) throw error;
    const message = `cannot be read: ${error.message}`;
    return source.fault(path, { code: 'FP_REFERENCE_UNREADABLE', message });
  }
}

function buildPhases(content: ScenarioFile): readonly Phase[] {
  let startUs = content.warmup;
  return content.phases.map((phase) => {
    const built = { name: phase.name, startUs, endUs: startUs + phase.for };
    startUs = built.endUs;
    return built;
  });
}

interface PlanParts {
  readonly file: string;
  readonly policy: Policy;
  readonly weak: WeakTwin | null;
  readonly capacityPerSecond: number | null;
  readonly expectations: readonly Expectation[];
  readonly traces: TraceList;
}

function buildPlan(content: ScenarioFile, parts: PlanParts): Plan {
  const { file, policy, weak, capacityPerSecond, expectations, traces } = parts;
  const phases = buildPhases(content);
  const actors = content.actors.map((entry) => buildActor(entry, phases, { capacityPerSecond, traces }));
  return {
    schema: 'floodproof/plan/1',
    name: content.name,
    file,
    claim: content.claim,
    maps: content.maps,
    tags: content.tags,
    needs: content.needs,
    policy,
    weak,
    capacityPerSecond,
    traces: traces.sources,
    virtual: buildVirtual(content.virtual, capacityPerSecond),
    warmupUs: content.warmup,
    phases,
    actors,
    expectations,
    generator: {
      ownDelayP99Us: content.generator.ownDelayP99,
      ownDelayP99WorstSecondUs: content.generator.ownDelayP99WorstSecond,
      sentShare: content.generator.sentShare,
    },
    request: {
      timeoutUs: content.request.timeout,
      connectionsPerIp: content.request.connectionsPerIp,
      openMax: content.request.openMax,
    },
    holdUs: content.hold,
  };
}
