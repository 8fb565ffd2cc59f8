/**
 * What the parts of a scenario mean together. Every part that has its own shape is looked at, whatever the others are
 * like, so that one run of the check tells all faults.
 */
import type { Fault } from '../errors.js';
import { checkActor } from './actor-check.js';
import { type ActorEntry, actorSchema } from './actor-schema.js';
import { type BehaviourName, behaviourRow, fileKey, ownsAccount } from './behaviours.js';
import { groupSubjects, parseExpectation } from './expectation.js';
import type { Complaint } from './faults.js';
import { proposal } from './nearest.js';
import { type Expectation, type Policy, requestClasses } from './plan.js';
import { readable } from './readable.js';
import { HTTP_RUN_US_MAX, phaseSchema, RUN_US_MAX, scenarioSchema } from './scenario-schema.js';
import { checkVirtual } from './virtual-check.js';
import { entriesOf, listOf, type Path, type YamlSource } from './yaml-source.js';

/** Behaviours whose victims must have keys. */
const keyAttacks: ReadonlySet<BehaviourName> = new Set(['key-enumeration', 'nonce-exhaustion']);

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

/** What a scenario is held against. */
export interface CheckSetting {
  /** null when it has faults of its own. */
  readonly policy: Policy | null;
  /** Given from outside, it goes before the file's own. */
  readonly capacityPerSecond: number | null;
}

export function checkScenario(source: YamlSource, { policy, capacityPerSecond }: CheckSetting): MeaningReading {
  const check = new ScenarioCheck(source, capacityPerSecond);
  check.phases();
  check.actors(policy);
  check.surroundings();
  const expectations = check.expectations();
  check.weak(expectations);
  check.tags();
  return { expectations, faults: check.faults };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function signsAny(behaviour: BehaviourName, policy: Policy): boolean {
  const classes: readonly string[] = behaviourRow(behaviour).classes;
  return requestClasses.some((name, index) => policy.auth?.signed[index] === true && classes.includes(name));
}

class ScenarioCheck {
  readonly faults: Fault[] = [];
  readonly #source: YamlSource;
  readonly #top: Readonly<Record<string, unknown>>;
  readonly #phaseNames: readonly string[];
  readonly #actors: readonly ActorView[];
  readonly #capacityPerSecond: number | null;
  readonly #isVirtual: boolean;

  constructor(source: YamlSource, capacityPerSecond: number | null) {
    this.#source = source;
    this.#top = entriesOf(source.value);
    this.#capacityPerSecond = capacityPerSecond;
    this.#isVirtual = listOf(this.#top.needs).includes('virtual-time');
    this.#phaseNames = listOf(this.#top.phases).flatMap((phase) => textOf(entriesOf(phase).name) ?? []);
    this.#actors = listOf(this.#top.actors).map((raw, index) => {
      const { name, label } = entriesOf(raw);
      return {
        path: ['actors', index],
        name: textOf(name),
        label: label === 'legit' || label === 'abuse' ? label : null,
        entry: readable(actorSchema, raw, { name: 'unnamed', label: 'legit' }),
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
    const totalUs = this.#warmupUs() + (this.#measuredUs() ?? 0);
    const together = `and the warm-up last ${Math.ceil(totalUs / 1_000_000)}s together`;
    if (totalUs > RUN_US_MAX) {
      const message = `${together}, at most ${RUN_US_MAX / 1_000_000}s`;
      this.#report(['phases'], { code: 'FP_RUN_TOO_LONG', message });
    } else if (totalUs > HTTP_RUN_US_MAX && !this.#isVirtual) {
      const message = `${together}; beyond ${HTTP_RUN_US_MAX / 1_000_000}s a run is for virtual time`;
      this.#report(['phases'], { code: 'FP_NEED_MISSING', message });
    }
  }

  #warmupUs(): number {
    return scenarioSchema.shape.warmup.safeParse(this.#top.warmup).data ?? 0;
  }

  /** Lengths of phases by name; null = one that can't be read. */
  #lengthsUs(): readonly { readonly name: unknown; readonly lengthUs: number | null }[] {
    return listOf(this.#top.phases).map((phase) => {
      const { name, for: length } = entriesOf(phase);
      return { name, lengthUs: phaseSchema.shape.for.safeParse(length).data ?? null };
    });
  }

  #measuredUs(names: readonly unknown[] | null = null): number | null {
    const lengths = this.#lengthsUs().filter(({ name }) => names === null || names.includes(name));
    if (lengths.length === 0 || lengths.some(({ lengthUs }) => lengthUs === null)) return null;
    return lengths.reduce((sum, { lengthUs }) => sum + (lengthUs ?? 0), 0);
  }

  /** How long an actor acts in all; null when that can't be told. */
  #activeUs({ during }: ActorEntry): number | null {
    if (during !== undefined) return this.#measuredUs(typeof during === 'string' ? [during] : during);
    const measuredUs = this.#measuredUs();
    return measuredUs === null ? null : measuredUs + this.#warmupUs();
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
      const { entry, path } = actor;
      if (entry === null) continue;
      const setting = {
        raw: listOf(this.#top.actors)[Number(path[1])],
        activeUs: this.#activeUs(entry),
        capacityPerSecond: this.#capacityPerSecond,
      };
      checkActor(entry, setting, (inside, complaint) => this.#report([...path, ...inside], complaint));
      this.#otherActors(actor, entry, policy);
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

  /** Whoever a parameter names must be there, and have what is taken from him. */
  #otherActors(actor: ActorView, entry: ActorEntry, policy: Policy | null): void {
    for (const [key, param] of Object.entries(behaviourRow(entry.behaviour).params)) {
      if (param.kind !== 'actor') continue;
      const wanted = String(entry.with[fileKey(key, param)]);
      const path: Path = [...actor.path, 'with', fileKey(key, param)];
      const other = this.#otherActor(path, actor, wanted);
      if (other === null || other.entry === null) continue;
      const { behaviour } = other.entry;
      if (key === 'source') this.#signedSource(path, wanted, behaviour, policy);
      else this.#victims(path, { wanted, behaviour, wantsKeys: keyAttacks.has(entry.behaviour) }, policy);
    }
  }

  #otherActor(path: Path, actor: ActorView, wanted: string): ActorView | null {
    const others = this.#actors.filter(({ name }) => name !== null && name !== actor.name);
    const found = others.find(({ name }) => name === wanted);
    if (found !== undefined) return found;
    const known = others.flatMap(({ name }) => name ?? []);
    const complaint: Complaint = {
      code: 'FP_REFERENCE_UNKNOWN',
      message: `names no other actor: "${wanted}"`,
      hint: proposal(wanted, known),
    };
    this.#report(path, complaint);
    return null;
  }

  #signedSource(path: Path, wanted: string, behaviour: BehaviourName, policy: Policy | null): void {
    if (policy === null || (behaviour !== 'replay' && signsAny(behaviour, policy))) return;
    const message = `is ${wanted}, whose requests (${behaviour}) are not signed under the policy ${policy.name}`;
    this.#report(path, { code: 'FP_REFERENCE_UNSIGNED', message });
  }

  #victims(
    path: Path,
    { wanted, behaviour, wantsKeys }: { wanted: string; behaviour: BehaviourName; wantsKeys: boolean },
    policy: Policy | null,
  ): void {
    if (!ownsAccount(behaviour)) {
      const message = `is ${wanted}, who has no accounts (${behaviour})`;
      this.#report(path, { code: 'FP_REFERENCE_ACCOUNTLESS', message });
    } else if (wantsKeys && policy !== null && !signsAny(behaviour, policy)) {
      const message = `is ${wanted}, who has no keys (${behaviour}) under the policy ${policy.name}`;
      this.#report(path, { code: 'FP_REFERENCE_ACCOUNTLESS', message });
    }
  }

  surroundings(): void {
    const setting = {
      measuredUs: this.#measuredUs() ?? Number.POSITIVE_INFINITY,
      capacityPerSecond: this.#capacityPerSecond,
      isVirtual: this.#isVirtual,
    };
    checkVirtual(this.#top.virtual, setting, (path, complaint) => this.#report(path, complaint));
  }

  /** Each name must be that of an expectation, or the twin could never be exposed in it. */
  weak(expectations: readonly Expectation[]): void {
    const texts = listOf(this.#top.expect);
    // One that can't be read may be the one that is meant.
    if (expectations.length < texts.length) return;
    const known = [...new Set(expectations.map(({ subject, metric }) => `${subject}.${metric}`))];
    const seen = new Set<unknown>();
    for (const [index, name] of listOf(entriesOf(this.#top.weak).fails).entries()) {
      if (typeof name !== 'string') continue;
      const path: Path = ['weak', 'fails', index];
      const message = `names no expectation of this file: "${name.slice(0, 64)}"`;
      if (!known.includes(name.trim())) {
        this.#report(path, { code: 'FP_WEAK_INVALID', message, hint: proposal(name.trim(), known) });
      } else if (seen.has(name.trim())) {
        this.#report(path, { code: 'FP_NAME_TAKEN', message: `names ${name.trim()} twice` });
      }
      seen.add(name.trim());
    }
  }

  tags(): void {
    const tags = listOf(this.#top.tags);
    for (const [index, tag] of tags.entries()) {
      if (typeof tag !== 'string' || tags.indexOf(tag) === index) continue;
      this.#report(['tags', index], { code: 'FP_NAME_TAKEN', message: `is ${tag}, which stands there already` });
    }
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
