/**
 * How long requests and answers are on their way in virtual time, and which are lost. What befalls the nth request is
 * worked out from the seed and n alone: neither the order of evaluation nor another request changes it.
 */
import { deriveSeed } from '../../actors/random.js';
import type { VirtualWorld } from '../../scenario/plan.js';

/** On its way for ever. */
export const LOST = Number.POSITIVE_INFINITY;

const WORD = 2 ** 32;

/** Numbers in [0, 1) by index: the same for the same index, in whatever order they are asked for. */
class NumberedDraws {
  private readonly low: number;
  private readonly high: number;

  constructor(seed: number) {
    this.low = seed | 0;
    this.high = Math.floor(seed / WORD) | 0;
  }

  /** 53 bits. Each word is the finaliser of MurmurHash3 over a counter, as in splitmix. @param index - 0 to 2^53 - 1. */
  unit(index: number): number {
    const lowIndex = index | 0;
    const highIndex = Math.floor(index / WORD) | 0;
    const first = mix(Math.imul(lowIndex, 0x9e3779b1) ^ this.low ^ mix(highIndex ^ this.high));
    const second = mix(first ^ mix(Math.imul(lowIndex, 0x85ebca77) + this.high));
    return ((first >>> 5) * 2 ** 26 + (second >>> 6)) / 2 ** 53;
  }

  /** Exponential with this mean, whole microseconds. */
  exponentialUs(index: number, meanUs: number): number {
    return Math.round(-Math.log(1 - this.unit(index)) * meanUs);
  }
}

export class Network {
  private readonly world: VirtualWorld;
  private readonly losses: readonly NumberedDraws[];
  private readonly jitters: readonly NumberedDraws[];
  private readonly overtaken: NumberedDraws;
  private readonly held: NumberedDraws;

  constructor(world: VirtualWorld, seed: number) {
    const draws = (name: string): NumberedDraws => new NumberedDraws(deriveSeed(seed, 'network', name));
    this.world = world;
    this.losses = [draws('lost request'), draws('lost answer')];
    this.jitters = [draws('request jitter'), draws('answer jitter')];
    this.overtaken = draws('overtaken');
    this.held = draws('held back');
  }

  /** How long the nth request takes to the server, whole microseconds, or `LOST`. */
  forthUs(n: number): number {
    const { reorderShare, reorderUs } = this.world;
    const onWayUs = this.onWayUs(0, n);
    if (reorderShare === 0 || this.overtaken.unit(n) >= reorderShare) return onWayUs;
    return onWayUs + this.held.exponentialUs(n, reorderUs);
  }

  /** How long the answer to the nth request takes to the client, whole microseconds, or `LOST`. */
  backUs(n: number): number {
    return this.onWayUs(1, n);
  }

  private onWayUs(way: 0 | 1, n: number): number {
    const { delayUs, jitterUs, loss } = this.world;
    if (loss > 0 && (this.losses[way] as NumberedDraws).unit(n) < loss) return LOST;
    return jitterUs === 0 ? delayUs : delayUs + (this.jitters[way] as NumberedDraws).exponentialUs(n, jitterUs);
  }
}

function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
