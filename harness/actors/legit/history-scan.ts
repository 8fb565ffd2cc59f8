import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, FollowUp, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { IntentKind, Outcome } from '../outcome.js';
import type { Setting } from '../setting.js';
import { Patience } from './patience.js';

/**
 * Reads an account's history page by page, as an aggregator or a tax program does: the next page a fixed time after the
 * answer to the last. A page that is not given in the end, after all patience, ends the scan.
 *
 * Steps: `page/arrival/page`, from 0.
 */
export function createHistoryScan(setting: Setting): Behaviour {
  const { pages, gapUs } = paramsOf(setting.actor, 'history-scan');
  const patience = new Patience(setting);

  function onArrival(identity: Identity): Intent {
    return read(identity, setting.events.arrival(identity).number, 0, IntentKind.arrival);
  }

  function onOutcome(intent: Intent, answered: Answered): FollowUp | null {
    const again = patience.after(intent, answered);
    if (answered.outcome !== Outcome.admitted) return again;
    const [, arrival, page] = intent.step.split('/');
    const next = Number(page) + 1;
    if (answered.status >= 400 || next >= pages) return null;
    return { intent: read(intent.identity, Number(arrival), next, IntentKind.followUp), afterUs: gapUs };
  }

  function read(identity: Identity, arrival: number, page: number, kind: IntentKind): Intent {
    return setting.intent(identity, api.account(page), { step: `page/${arrival}/${page}`, kind });
  }

  return { onArrival, onOutcome };
}
