/** Scenario file with its policy -> plan. */
import { type Fault, FloodproofError } from '../errors.js';
import { behaviourRow, fileKey } from './behaviours.js';
import { invalidFiles } from './faults.js';
import type { FileReader } from './file-reader.js';
import { deepFreeze } from './freeze.js';
import type { ActorPlan, Arrivals, Expectation, Phase, Plan, Policy } from './plan.js';
import { actorDefaults, planDefaults } from './plan-defaults.js';
import { type PolicyReading, readPolicy } from './policy.js';
import { checkScenario } from './scenario-check.js';
import { type ActorEntry, type ScenarioFile, scenarioSchema } from './scenario-schema.js';
import { checkShape } from './shape.js';
import { entriesOf, readYaml, type YamlSource } from './yaml-source.js';

interface PlanReading {
  readonly plan: Plan | null;
  readonly faults: readonly Fault[];
}

/**
 * Reads a scenario and the policy that it names.
 * @throws {FloodproofError} FP_FILE_UNREADABLE, or FP_FILE_INVALID with every fault of both files.
 */
export function loadScenario(reader: FileReader, file: string): Plan {
  const { plan, faults } = readScenario(reader, file);
  if (plan === null) throw invalidFiles(faults);
  return plan;
}

/** The same for a suite: the faults of all files are told at once. */
export function loadScenarios(reader: FileReader, files: readonly string[]): readonly Plan[] {
  const readings = files.map((file) => readScenario(reader, file));
  const faults = readings.flatMap((reading) => reading.faults);
  if (faults.length > 0) throw invalidFiles(faults);
  return readings.flatMap(({ plan }) => plan ?? []);
}

function readScenario(reader: FileReader, file: string): PlanReading {
  const { source, faults: textFaults } = readYaml(file, reader.read(file));
  if (source === null) return { plan: null, faults: textFaults };
  const kind = wrongKind(source);
  if (kind !== null) return { plan: null, faults: [...textFaults, kind] };
  const shape = checkShape(scenarioSchema, source.value, source);
  const { policy, faults: policyFaults } = readReference(reader, source);
  const meaning = checkScenario(source, policy);
  const faults = [...textFaults, ...shape.faults, ...policyFaults, ...withoutEchoes(meaning.faults, shape.faults)];
  if (shape.value === null || policy === null || faults.length > 0) return { plan: null, faults };
  return { plan: deepFreeze(buildPlan(file, shape.value, policy, meaning.expectations)), faults: [] };
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

function readReference(reader: FileReader, source: YamlSource): PolicyReading {
  const reference = scenarioSchema.shape.policy.safeParse(entriesOf(source.value).policy).data;
  if (reference === undefined) return { policy: null, faults: [] };
  const file = reader.resolve(source.file, reference);
  if (file === reader.resolve('', source.file)) {
    const fault = source.fault(['policy'], { code: 'FP_REFERENCE_CYCLE', message: 'is the scenario file itself' });
    return { policy: null, faults: [fault] };
  }
  let text: string;
  try {
    text = reader.read(file);
  } catch (error) {
    if (!(error instanceof FloodproofError)) throw error;
    const message = `cannot be read: ${error.message}`;
    return { policy: null, faults: [source.fault(['policy'], { code: 'FP_REFERENCE_UNREADABLE', message })] };
  }
  return readPolicy(file, text);
}

function buildPhases(content: ScenarioFile): readonly Phase[] {
  let startUs = content.warmup;
  return content.phases.map((phase) => {
    const built = { name: phase.name, startUs, endUs: startUs + phase.for };
    startUs = built.endUs;
    return built;
  });
}

/** Spans of neighbouring phases are one span, so that a ramp over both does not start anew. */
function buildActive(entry: ActorEntry, phases: readonly Phase[]): ActorPlan['active'] {
  const { during } = entry;
  if (during === undefined) return [{ startUs: 0, endUs: phases.at(-1)?.endUs ?? 0 }];
  const named = typeof during === 'string' ? [during] : during;
  const spans: { startUs: number; endUs: number }[] = [];
  for (const { name, startUs, endUs } of phases) {
    if (!named.includes(name)) continue;
    const last = spans.at(-1);
    if (last?.endUs === startUs) last.endUs = endUs;
    else spans.push({ startUs, endUs });
  }
  return spans;
}

function buildArrivals(arrivals: ActorEntry['arrivals']): Arrivals {
  if (arrivals.process === 'ramp') {
    return { process: 'ramp', fromPerSecond: arrivals.from, toPerSecond: arrivals.to };
  }
  return { process: arrivals.process, ratePerSecond: arrivals.rate };
}

function buildActor(entry: ActorEntry, phases: readonly Phase[]): ActorPlan {
  const row = behaviourRow(entry.behaviour);
  const params: Record<string, number | string> = {};
  for (const [key, param] of Object.entries(row.params)) {
    const value = entry.with[fileKey(key, param)];
    if (value !== undefined) params[key] = value;
  }
  return {
    name: entry.name,
    label: entry.label,
    population: row.population === 'ips' ? Number(params.ips) : (entry.population ?? 1),
    behaviour: entry.behaviour,
    params,
    arrivals: buildArrivals(entry.arrivals),
    ...actorDefaults,
    active: buildActive(entry, phases),
  };
}

function buildPlan(file: string, content: ScenarioFile, policy: Policy, expectations: readonly Expectation[]): Plan {
  const phases = buildPhases(content);
  return {
    schema: 'floodproof/plan/1',
    name: content.name,
    file,
    claim: content.claim,
    maps: content.maps,
    ...planDefaults,
    policy,
    warmupUs: content.warmup,
    phases,
    actors: content.actors.map((entry) => buildActor(entry, phases)),
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
