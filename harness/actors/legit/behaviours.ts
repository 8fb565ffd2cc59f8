/** How the honest rows of the behaviour table are played. */
import type { Behaviour } from '../actor.js';
import type { Setting } from '../setting.js';
import { createHistoryScan } from './history-scan.js';
import { createLogin } from './login.js';
import { createMarketMaker } from './market-maker.js';
import { createReconnect } from './reconnect.js';
import { createRecorded } from './recorded.js';
import { createRetailBot } from './retail-bot.js';
import { createRetailTrader } from './retail-trader.js';
import { createRetailUi } from './retail-ui.js';

export const legitBehaviours = {
  'retail-trader': createRetailTrader,
  'market-maker': createMarketMaker,
  login: createLogin,
  'retail-ui': createRetailUi,
  'retail-bot': createRetailBot,
  'history-scan': createHistoryScan,
  reconnect: createReconnect,
  recorded: createRecorded,
} satisfies Record<string, (setting: Setting) => Behaviour>;
