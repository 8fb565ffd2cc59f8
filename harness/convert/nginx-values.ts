/**
 * Parameters of nginx's limits -> numbers, refused as `ngx_http_limit_req_module.c` and `ngx_http_limit_conn_module.c`
 * refuse them.
 */
import type { ForeignFaults } from './faults.js';
import type { Directive } from './nginx-config.js';

export interface ReqZone {
  readonly directive: Directive;
  readonly name: string;
  readonly key: string;
  /** Thousandths of a request a second: nginx counts in them, and cuts off what is less (`rate * 1000 / scale`). */
  readonly milliPerSecond: number;
  /** Whether 60 divides the rate, so that nothing was cut off. */
  readonly isWhole: boolean;
  readonly bytes: number;
}

export interface ConnZone {
  readonly directive: Directive;
  readonly name: string;
  readonly key: string;
  readonly bytes: number;
}

export interface ReqUse {
  readonly directive: Directive;
  readonly zone: string;
  readonly burst: number;
  /** Of the burst so many are not made to wait; the burst itself with `nodelay`. */
  readonly undelayed: number;
}

export interface ConnUse {
  readonly directive: Directive;
  readonly zone: string;
  readonly connections: number;
}

/** 9 digits: what nginx keeps in thousandths stays far below 2^53. */
function positive(text: string): number | null {
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : null;
}

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1_048_576, g: 1_073_741_824 };

function zoneOf(text: string): { name: string; bytes: number } | null {
  const [, name = '', digits = '', unit = ''] = /^zone=([^:]+):(\d{1,9})([kKmMgG]?)$/.exec(text) ?? [];
  return name === '' ? null : { name, bytes: Number(digits) * (units[unit.toLowerCase()] ?? 1) };
}

export function readReqZone(directive: Directive, faults: ForeignFaults): ReqZone | null {
  const { args } = directive;
  const [key, ...rest] = args;
  let zone: { name: string; bytes: number } | null = null;
  let milliPerSecond = 1000;
  let isWhole = true;
  const wrong = (message: string) => faults.add('FP_FOREIGN_VALUE', directive, `limit_req_zone: ${message}`);
  const before = faults.all.length;
  if (key === undefined) wrong('has no key');
  for (const part of rest) {
    if (part.startsWith('zone=')) {
      zone = zoneOf(part);
      if (zone === null) wrong(`"${part}" is no zone: write zone=NAME:SIZE`);
    } else if (part.startsWith('rate=')) {
      const [, digits = '', unit = ''] = /^rate=(\d+)(r\/[sm])?$/.exec(part) ?? [];
      const rate = positive(digits);
      const scale = unit === 'r/m' ? 60 : 1;
      if (rate === null) wrong(`"${part}" is no rate: write for example rate=10r/s or rate=30r/m`);
      else {
        milliPerSecond = Math.floor((rate * 1000) / scale);
        isWhole = milliPerSecond * scale === rate * 1000;
      }
    } else if (part !== 'sync') wrong(`has no parameter "${part}"`);
  }
  if (zone === null && faults.all.length === before) wrong('must have a parameter zone=NAME:SIZE');
  if (zone === null || key === undefined) return null;
  return { directive, key, ...zone, milliPerSecond, isWhole };
}

export function readConnZone(directive: Directive, faults: ForeignFaults): ConnZone | null {
  const [key, written = ''] = directive.args;
  const zone = zoneOf(written);
  if (key === undefined || zone === null) {
    faults.add('FP_FOREIGN_VALUE', directive, 'limit_conn_zone: must have a key and zone=NAME:SIZE');
    return null;
  }
  return { directive, key, ...zone };
}

export function readReqUse(directive: Directive, faults: ForeignFaults): ReqUse | null {
  let zone: string | null = null;
  let burst = 0;
  let delay: number | null = 0;
  const wrong = (message: string) => faults.add('FP_FOREIGN_VALUE', directive, `limit_req: ${message}`);
  for (const part of directive.args) {
    const [, key = '', value = ''] = /^(zone|burst|delay)=(.*)$/.exec(part) ?? [];
    const count = positive(value);
    if (key === 'zone') zone = value;
    else if (part === 'nodelay') delay = null;
    else if (key === '') wrong(`has no parameter "${part}"`);
    else if (count === null) wrong(`"${part}" must be a whole number above 0`);
    else if (key === 'burst') burst = count;
    else delay = count;
  }
  if (zone === null) wrong('must have a parameter zone=NAME');
  if (zone === null) return null;
  return { directive, zone, burst, undelayed: Math.min(burst, delay ?? burst) };
}

export function readConnUse(directive: Directive, faults: ForeignFaults): ConnUse | null {
  const [zone, written = ''] = directive.args;
  const connections = positive(written);
  if (zone === undefined || connections === null || connections > 65_535) {
    faults.add('FP_FOREIGN_VALUE', directive, 'limit_conn: must have a zone and a number from 1 to 65535');
    return null;
  }
  return { directive, zone, connections };
}
