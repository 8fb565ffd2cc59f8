/** Ways to change the time, the window and the number of a request of any profile, signed anew or not. */
import type { Slot, Stamp } from '../profile.js';
import type { SignedWire } from '../signed-wire.js';
import { readSlot, writeSlot } from './slots.js';
import * as at from './tamper-setting.js';

type Spoil = at.SpoilAny;

const SECOND_US = 1_000_000;
const TEN_YEARS_US = 10 * 366 * 86_400 * SECOND_US;
const DAY_SECONDS = 86_400;
/** Seconds since 1970 have fewer digits than this, milliseconds have not. */
const MS_DIGITS_MIN = 12;
const NONCE_CHARS = 65;
/** The longest that any venue takes for a window: Binance. */
const WINDOW_MS_WIDE = 60_000;

/** What the profile would write into the slot under another stamp, without a signature for it. */
function slotOf(name: 'timestamp' | 'nonce' | 'window', stampOf: (stamp: Stamp, seed: number) => Stamp): Spoil {
  return (wire, setting, seed) => {
    const slot = setting.profile.slots[name];
    if (slot === undefined) return null;
    const text = readSlot(at.made(setting, { stamp: stampOf(setting.stamp, seed) }), slot);
    return text === null || text === readSlot(wire, slot) ? null : writeSlot(wire, slot, text);
  };
}

export const laterStamp = slotOf('timestamp', (stamp, seed) => {
  return { ...stamp, nowUs: stamp.nowUs + SECOND_US * (1 + (seed % 5)) };
});

export const otherNonce = slotOf('nonce', ({ nonce, rising, ...stamp }, seed) => {
  const fresh = `${seed.toString(36)}-${nonce}`.slice(0, 32);
  return { ...stamp, nonce: fresh === nonce ? `x${nonce.slice(1)}` : fresh, rising: rising + 1 + (seed % 1_000) };
});

const windowOf = slotOf('window', (stamp, seed) => ({ ...stamp, windowMs: WINDOW_MS_WIDE - 1_000 - (seed % 1_000) }));

/** A longer one; a token's is when it expires. */
export const widerWindow: Spoil = (wire, setting, seed) => {
  const slot = setting.profile.slots.window;
  if (slot?.place !== 'token') return windowOf(wire, setting, seed);
  return writeSlot(wire, slot, String(Number(readSlot(wire, slot)) + 1 + (seed % DAY_SECONDS)));
};

/** Rightly signed under another stamp; null where that is the same. */
function under(stampOf: (setting: at.TamperSetting, seed: number) => Stamp): Spoil {
  return (_wire, setting, seed) => {
    const { freshness } = setting.profile;
    if (freshness !== 'window' && freshness !== 'expiry') return null;
    return at.made(setting, { stamp: stampOf(setting, seed) });
  };
}

/** Older than the policy and its own window allow. */
export const staleSigned = under(({ stamp, windowUs }, seed) => {
  const oldUs = Math.max(windowUs, stamp.windowMs * 1_000) + 2 * SECOND_US + (seed % SECOND_US);
  return { ...stamp, nowUs: stamp.nowUs - oldUs };
});

export const futureSigned = under(({ stamp, futureUs }, seed) => {
  return { ...stamp, nowUs: stamp.nowUs + futureUs + 2 * SECOND_US + (seed % SECOND_US) };
});

export const farFutureSigned = under(({ stamp }, seed) => {
  return { ...stamp, nowUs: stamp.nowUs + TEN_YEARS_US + (seed % SECOND_US) };
});

/** Asks for a minute; null where a request can ask for nothing. */
export const widerWindowSigned: Spoil = (_wire, setting) => {
  const slot = setting.profile.slots.window;
  if (slot === undefined || slot.place === 'token') return null;
  return at.made(setting, { stamp: { ...setting.stamp, windowMs: WINDOW_MS_WIDE } });
};

/** A token that is good for a day. */
export const expFurther: Spoil = (wire, setting, seed) => {
  const slot = setting.profile.slots.window;
  if (slot?.place !== 'token') return null;
  const exp = Number(readSlot(wire, slot)) + DAY_SECONDS + (seed % DAY_SECONDS);
  return at.signedAnew(writeSlot(wire, slot, String(exp)), setting);
};

/** The time in another unit, rightly signed: a client's mistake. null for a time that is no number or in that unit. */
export function otherUnit(unit: 's' | 'ms' | 'us'): Spoil {
  return (wire, setting) => {
    const slot = setting.profile.slots.timestamp;
    const text = slot === undefined ? null : readSlot(wire, slot);
    if (slot === undefined || text === null || !/^\d+$/.test(text)) return null;
    const isMs = text.length >= MS_DIGITS_MIN;
    if (unit === (isMs ? 'ms' : 's')) return null;
    const ms = isMs ? Number(text) : Number(text) * 1_000;
    const changed = { s: Math.floor(ms / 1_000), ms, us: ms * 1_000 }[unit];
    return at.signedAnew(writeSlot(wire, slot, String(changed)), setting);
  };
}

/** A nonce of more characters than anybody allows, rightly signed. Numbers that rise have kinds of their own. */
export const hugeNonce: Spoil = (wire, setting, seed) => {
  const slot = setting.profile.slots.nonce;
  if (slot === undefined || setting.profile.freshness === 'nonce') return null;
  const nonce = 'n'.repeat(NONCE_CHARS + (seed % 1_000));
  return at.signedAnew(writeSlot(wire, slot, nonce), setting);
};

/** A number that must rise, rightly signed. */
export function risingNonce(nonce: bigint): Spoil {
  return (wire, setting) => {
    const slot = risingSlot(setting);
    if (slot === null) return null;
    const quote = slot.place === 'payload' ? '"' : '';
    return at.signedAnew(writeSlot(wire, slot, quote + String(nonce) + quote), setting);
  };
}

function risingSlot({ profile: { slots, freshness } }: at.TamperSetting): Slot | null {
  return freshness === 'nonce' ? (slots.nonce ?? null) : null;
}

/** Another request a second before, under the same nonce. */
export const reusedNonce: Spoil = (_wire, setting) => {
  const { profile, stamp } = setting;
  if (profile.slots.nonce === undefined) return null;
  return another(setting, { ...stamp, nowUs: stamp.nowUs - SECOND_US });
};

export const lowerNonce: Spoil = (_wire, setting, seed) => {
  const { stamp } = setting;
  if (risingSlot(setting) === null) return null;
  return another(setting, { ...stamp, rising: stamp.rising - 1 - (seed % 1_000) });
};

function another(setting: at.TamperSetting, stamp: Stamp): SignedWire {
  const { path } = setting.request;
  const request = { ...setting.request, path: `${path}${path.includes('?') ? '&' : '?'}again=1` };
  return at.made(setting, { request, stamp });
}

/** The path's last digit in front of the stamp behind it, for texts that join the two without a separator. */
export const digitShift: Spoil = (wire, { profile }) => {
  const slot = profile.name === 'bitmex' ? profile.slots.timestamp : profile.slots.nonce;
  if ((profile.name !== 'bitmex' && profile.name !== 'bitfinex') || slot === undefined) return null;
  const digit = /\d$/.exec(wire.path)?.[0];
  if (digit === undefined) return null;
  return writeSlot({ ...wire, path: wire.path.slice(0, -1) }, slot, digit + (readSlot(wire, slot) ?? ''));
};
