/** All faces by name. */
import { binance } from './binance.js';
import { bybit } from './bybit.js';
import { deribit } from './deribit.js';
import type { Face, FaceName } from './face.js';
import { kraken } from './kraken.js';
import { kucoin } from './kucoin.js';
import { okx } from './okx.js';

const faces: Readonly<Record<FaceName, Face>> = {
  binance,
  bybit,
  deribit,
  kraken,
  okx,
  kucoin,
};

export function faceOf(name: FaceName): Face {
  return faces[name];
}
