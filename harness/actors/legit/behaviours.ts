/** How the honest rows of the behaviour table are played. */
import type { Behaviour } from '../actor.js';
import type { Setting } from '../setting.js';
import { createLogin } from './login.js';
import { createMarketMaker } from './market-maker.js';
import { createRetailTrader } from './retail-trader.js';

export const legitBehaviours = {
  'retail-trader': createRetailTrader,
  'market-maker': createMarketMaker,
  login: createLogin,
  'retail-ui': createRetailTrader,
  'retail-bot': createRetailTrader,
  'history-scan': createRetailTrader,
  reconnect: createLogin,
} satisfies Record<string, (setting: Setting) => Behaviour>;
