/** Which identities of recorded actors sign and which log in: the others need no credentials. */
import type { RegisteredAccount, World } from '../actors/world.js';
import { type ActorPlan, type Plan, requestClasses } from '../scenario/plan.js';
import { loadTraces } from '../trace/load-traces.js';
import type { LoadedTrace } from '../trace/loaded-trace.js';

const LOGIN = requestClasses.indexOf('login');

/** By account, of recorded actors alone. */
export interface RecordedNeeds {
  readonly signs: boolean;
  readonly logsIn: boolean;
}

/** @throws {FloodproofError} what loading the recordings throws. */
export async function recordedNeeds(
  plan: Plan,
  world: World,
  seed: number,
): Promise<ReadonlyMap<string, RecordedNeeds>> {
  const needs = new Map<string, RecordedNeeds>();
  if (!plan.actors.some(({ behaviour }) => behaviour === 'recorded')) return needs;
  const traces = await loadTraces(plan, { seed });
  let first = 0;
  for (const actor of plan.actors) {
    const numbers = actor.behaviour === 'recorded' ? numbersOf(plan, actor, traces) : null;
    for (const [number, need] of numbers ?? []) needs.set(world.identity(first + number).account, need);
    first += actor.population;
  }
  return needs;
}

/** By number within the actor; null where callers are not those of the recording, and anybody may ask anything. */
function numbersOf(
  plan: Plan,
  { arrivals, who, population }: ActorPlan,
  traces: readonly LoadedTrace[],
): ReadonlyMap<number, RecordedNeeds> | null {
  if (arrivals.process !== 'trace' || who.choice !== 'trace') return null;
  const asked = traces[arrivals.trace]?.requests ?? null;
  const callers = traces[who.trace]?.who ?? null;
  const isOneFile = plan.traces[arrivals.trace]?.file === plan.traces[who.trace]?.file;
  if (asked === null || callers === null || !isOneFile) return null;
  const found = new Map<number, RecordedNeeds>();
  for (let number = 0; number < population; number++) found.set(number, { signs: false, logsIn: false });
  for (const [row, caller] of callers.entries()) {
    const request = asked.distinct[asked.rows[row] as number] ?? null;
    const number = caller % population;
    if (request === null) continue;
    const { signs, logsIn } = found.get(number) as RecordedNeeds;
    found.set(number, {
      signs: signs || plan.policy.auth?.signed[request.requestClass] === true,
      logsIn: logsIn || request.requestClass === LOGIN,
    });
  }
  return found;
}

/** Without those who need nothing, and without the keys of those who never sign. */
export function withNeeds(
  accounts: readonly RegisteredAccount[],
  needs: ReadonlyMap<string, RecordedNeeds>,
): readonly RegisteredAccount[] {
  return accounts.flatMap((one) => {
    const need = needs.get(one.account);
    if (need === undefined || need.signs) return [one];
    return need.logsIn ? [{ ...one, keyId: '', secret: '' }] : [];
  });
}
