/** Holds the orders that a server has open against what it has answered: what was refused must not be done. */
import type { Identity } from '../../actors/actor.js';
import { Outcome } from '../../actors/outcome.js';
import type { ObservationSource } from '../../judge/observation.js';
import { requestClasses } from '../../scenario/plan.js';

const CREATED = 201;

type Account = Pick<Identity, 'account' | 'accountIndex'>;

/** Of one account: requests that have, or may have, placed or cancelled an order. */
interface Traffic {
  placed: number;
  mayHavePlaced: number;
  mayHaveCancelled: number;
}

const placeClass = requestClasses.indexOf('order.place');
const cancelClass = requestClasses.indexOf('order.cancel');
const refusals: readonly number[] = [Outcome.throttled, Outcome.never, Outcome.banned, Outcome.refused];

/**
 * Accounts whose open orders no reading of the record explains. What was throttled, banned or refused has placed and
 * cancelled nothing; what was admitted, or did not get an answer that tells, may have. So an account has at most as many
 * open as may have been placed, and at least as many as were placed for certain less those that may be cancelled.
 *
 * @param openOrders - What the server says after the run; undefined: it does not tell.
 * @returns a sentence each.
 */
export function unexplainedOrders(
  identities: Iterable<Account>,
  observations: ObservationSource,
  openOrders: (account: string) => number | undefined,
): string[] {
  const traffic = trafficByAccount(observations);
  return [...identities]
    .filter(({ account }) => account !== '')
    .flatMap(({ accountIndex, account }) => {
      const open = openOrders(account);
      const { placed, mayHavePlaced, mayHaveCancelled } = traffic.get(accountIndex) ?? nothing;
      const least = Math.max(0, placed - mayHaveCancelled);
      if (open === undefined || (least <= open && open <= mayHavePlaced)) return [];
      return [`${account} has ${open} open orders; by what was answered it has ${least} to ${mayHavePlaced}`];
    });
}

const nothing: Readonly<Traffic> = { placed: 0, mayHavePlaced: 0, mayHaveCancelled: 0 };

function trafficByAccount(observations: ObservationSource): ReadonlyMap<number, Traffic> {
  const traffic = new Map<number, Traffic>();
  for (const { rows, columns } of observations()) {
    for (let row = 0; row < rows; row++) {
      const outcome = columns.outcome[row] as number;
      if (refusals.includes(outcome)) continue;
      // A replay acts for the account whose signature it repeats.
      const account = columns.account[row] as number;
      const counted = traffic.get(account) ?? { ...nothing };
      traffic.set(account, counted);
      if (columns.requestClass[row] === cancelClass) counted.mayHaveCancelled += 1;
      if (columns.requestClass[row] !== placeClass) continue;
      counted.mayHavePlaced += 1;
      if (outcome === Outcome.admitted && columns.status[row] === CREATED) counted.placed += 1;
    }
  }
  return traffic;
}
