/**
 * What the parts of a scenario mean together. Every part that has its own shape is looked at, whatever the others are
 * like, so that one run of the check tells all faults.
 */
import type { Fault } from '../errors.js';
import { behaviourRow } from './behaviours.js';
import { groupSubjects, parseExpectation } from './expectation.js';
import type { Complaint } from './faults.js';
import { proposal } from './nearest.js';
import { type Expectation, type Policy, requestClasses } from './plan.js';
import { type ActorEntry, actorSchema, phaseSchema, RUN_US_MAX, scenarioSchema } from './scenario-schema.js';
import { entriesOf, listOf, type Path, type YamlSource } from './yaml-source.js';

/** An actor with what of it could be read. */
interface ActorView {
  readonly path: Path;
  readonly name: string | null;
  readonly label: 'legit' | 'abuse' | null;
  /** null: it has faults of its own. */
  readonly entry: ActorEntry | null;
}

export interface MeaningReading {
  readonly expectations: readonly Expectation[];
  readonly faults: readonly Fault[];
}

/** @param policy - null when it has faults of its own. */
export function checkScenario(source: YamlSource, policy: Policy | null): MeaningReading {
  const check = new ScenarioCheck(source);
  check.phases();
  check.actors(policy);
  return { expectations: check.expectations(), faults: check.faults };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

class ScenarioCheck {
  readonly faults: Fault[] = [];
  readonly #source: YamlSource;
  readonly #top: Readonly<Record<string, unknown>>;
  readonly #phaseNames: readonly string[];
  readonly #actors: readonly ActorView[];

  constructor(source: YamlSource) {
    this.#source = source;
    this.#top = entriesOf(source.value);
    this.#phaseNames = listOf(this.#top.phases).flatMap((phase) => textOf(entriesOf(phase).name) ?? []);
    this.#actors = listOf(this.#top.actors).map((raw, index) => {
      const { name, label } = entriesOf(raw);
      return {
        path: ['actors', index],
        name: textOf(name),
        label: label === 'legit' || label === 'abuse' ? label : null,
        entry: actorSchema.safeParse(raw).data ?? null,
      };
    });
  }

  #report(path: Path, complaint: Complaint, offset = 0): void {
    this.faults.push(this.#source.fault(path, complaint, { offset }));
  }

  phases(): void {
    const phases = listOf(this.#top.phases);
    const names = phases.map((phase) => textOf(entriesOf(phase).name));
    this.#uniqueNames('phases', names, ['warmup']);
    const warmupUs = scenarioSchema.shape.warmup.safeParse(this.#top.warmup).data ?? 0;
    const lengthsUs = phases.map((phase) => phaseSchema.shape.for.safeParse(entriesOf(phase).for).data ?? 0);
    const totalUs = lengthsUs.reduce((sum, lengthUs) => sum + lengthUs, warmupUs);
    if (totalUs <= RUN_US_MAX) return;
    const message = `and the warm-up last ${Math.ceil(totalUs / 1_000_000)}s together, at most ${RUN_US_MAX / 1_000_000}s`;
    this.#report(['phases'], { code: 'FP_RUN_TOO_LONG', message });
  }

  #uniqueNames(list: string, names: readonly (string | null)[], reserved: readonly string[]): void {
    const first = new Map<string, number>();
    for (const [index, name] of names.entries()) {
      if (name === null) continue;
      const earlier = first.get(name);
      const path: Path = [list, index, 'name'];
      if (reserved.includes(name)) {
        this.#report(path, { code: 'FP_NAME_TAKEN', message: `is ${name}, which is a reserved word` });
      } else if (earlier !== undefined) {
        this.#report(path, { code: 'FP_NAME_TAKEN', message: `is the name of ${list}[${earlier}] too` });
      } else first.set(name, index);
    }
  }

  actors(policy: Policy | null): void {
    const names = this.#actors.map(({ name }) => name);
    this.#uniqueNames('actors', names, groupSubjects);
    for (const actor of this.#actors) {
      this.#during(actor);
      if (actor.entry === null) continue;
      this.#population(actor.path, actor.entry);
      if (actor.entry.behaviour === 'replay') this.#replaySource(actor, String(actor.entry.with.source), policy);
      const { orderShare = 0, accountShare = 0 } = actor.entry.with;
      const shares = Number(orderShare) + Number(accountShare);
      if (shares > 1) {
        const message = `and accountShare are ${Number((shares * 100).toPrecision(6))}% together`;
        this.#report([...actor.path, 'with', 'orderShare'], { code: 'FP_SHARES_ABOVE_ONE', message });
      }
    }
  }

  #during({ path }: ActorView): void {
    const raw = entriesOf(listOf(this.#top.actors)[Number(path[1])]).during;
    const named: readonly [Path, unknown][] = Array.isArray(raw)
      ? raw.map((name, index) => [[...path, 'during', index], name])
      : [[[...path, 'during'], raw]];
    for (const [place, name] of named) {
      if (typeof name !== 'string' || this.#phaseNames.includes(name)) continue;
      const hint = proposal(name, this.#phaseNames);
      this.#report(place, { code: 'FP_REFERENCE_UNKNOWN', message: `names no phase: "${name.slice(0, 64)}"`, hint });
    }
  }

  #population(path: Path, entry: ActorEntry): void {
    const row = behaviourRow(entry.behaviour);
    if (entry.population === undefined || row.population === 'free') return;
    const fixed = row.population === 'one' ? 1 : Number(entry.with.ips);
    if (entry.population === fixed) return;
    const why =
      row.population === 'one' ? `${entry.behaviour} is one identity` : 'there is one identity for each of "ips"';
    const message = `is ${entry.population}, but ${why}`;
    this.#report([...path, 'population'], { code: 'FP_POPULATION_FIXED', message });
  }

  #replaySource(actor: ActorView, wanted: string, policy: Policy | null): void {
    const path: Path = [...actor.path, 'with', 'source'];
    const others = this.#actors.filter(({ name }) => name !== null && name !== actor.name);
    const source = others.find(({ name }) => name === wanted);
    if (source === undefined) {
      const known = others.flatMap(({ name }) => name ?? []);
      const complaint: Complaint = {
        code: 'FP_REFERENCE_UNKNOWN',
        message: `names no other actor: "${wanted}"`,
        hint: proposal(wanted, known),
      };
      this.#report(path, complaint);
      return;
    }
    if (source.entry === null || policy === null) return;
    const { behaviour } = source.entry;
    const classes: readonly string[] = behaviour === 'replay' ? [] : behaviourRow(behaviour).classes;
    if (requestClasses.some((name, index) => policy.auth?.signed[index] === true && classes.includes(name))) return;
    const message = `is ${wanted}, whose requests (${behaviour}) are not signed under the policy ${policy.name}`;
    this.#report(path, { code: 'FP_REFERENCE_UNSIGNED', message });
  }

  expectations(): readonly Expectation[] {
    const actors = this.#actors.flatMap(({ name, label }) => (name === null ? [] : { name, label }));
    const scope = { phases: this.#phaseNames, actors };
    const found: Expectation[] = [];
    for (const [index, text] of listOf(this.#top.expect).entries()) {
      if (typeof text !== 'string') continue;
      const reading = parseExpectation(text, scope);
      if (reading.ok) found.push(reading.expectation);
      else this.#report(['expect', index], reading.complaint, reading.offset);
    }
    return found;
  }
}
