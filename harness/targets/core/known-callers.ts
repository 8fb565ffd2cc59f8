/**
 * Whom the gates of virtual time know. A key is given to them when its holder comes for the first time, and a caller then
 * has a number, by which he is decided on without his texts.
 *
 * Of very many identities those that came last are known: who comes back is made known anew. For decisions it makes no
 * difference, since whatever may need a key asks for it first, and a gate remembers what a key has signed though the key is
 * taken from it.
 */
import type { Identity } from '../../actors/actor.js';
import type { World } from '../../actors/world.js';
import type { Defence } from '../../venue/defence.js';

/** A power of two. */
const KNOWN_MAX = 2 ** 18;
const NOBODY = -1;

/** Numbers of callers by index; one that another index wants as well goes to the one that asked last. */
class NumberedPlaces {
  readonly owners: Int32Array;
  readonly numbers: Int32Array;
  readonly mask: number;

  constructor(count: number, known: number) {
    const length = count > known ? known : 2 ** (32 - Math.clz32(count));
    this.owners = new Int32Array(length).fill(NOBODY);
    this.numbers = new Int32Array(length).fill(NOBODY);
    this.mask = length - 1;
  }
}

export class KnownCallers {
  private readonly world: Pick<World, 'holderOf'>;
  private readonly defence: Defence;
  private readonly anonymous: string;
  private readonly identities: NumberedPlaces;
  /** Their keys, by place; '' = none. */
  private readonly keyIds: string[];
  private readonly addresses: NumberedPlaces;

  /**
   * @param anonymous - The account of requests that name none.
   * @param known - Identities, and addresses, that are known at once at most; a power of two.
   */
  constructor(
    world: Pick<World, 'holderOf' | 'identityCount' | 'ipCount'>,
    defence: Defence,
    anonymous: string,
    known = KNOWN_MAX,
  ) {
    this.world = world;
    this.defence = defence;
    this.anonymous = anonymous;
    this.identities = new NumberedPlaces(world.identityCount, known);
    this.keyIds = new Array(this.identities.owners.length).fill('');
    this.addresses = new NumberedPlaces(world.ipCount, known);
  }

  /** The number of an identity, whose key the gates know until others come. */
  numberOf(identity: Identity): number {
    const { owners, numbers, mask } = this.identities;
    const place = identity.index & mask;
    return owners[place] === identity.index ? (numbers[place] as number) : this.welcome(identity, place);
  }

  /** The number of whoever comes from the identity's address and names nobody. */
  numberOfAddress({ ip, ipIndex }: Identity): number {
    const { owners, numbers, mask } = this.addresses;
    const place = ipIndex & mask;
    if (owners[place] !== ipIndex) {
      owners[place] = ipIndex;
      numbers[place] = this.intern(numbers[place] as number, ip, this.anonymous, '');
    }
    return numbers[place] as number;
  }

  /** Sees to it that the gates know a key, if it is anybody's. @returns its holder. */
  holderOf(keyId: string): Identity | null {
    const holder = this.world.holderOf(keyId);
    if (holder !== null) this.numberOf(holder);
    return holder;
  }

  private welcome(identity: Identity, place: number): number {
    const { owners, numbers } = this.identities;
    const { ip, account, keyId } = identity;
    const former = this.keyIds[place] as string;
    if (former !== '') this.defence.removeKey(former);
    if (keyId !== '') this.defence.addKey(identity);
    this.keyIds[place] = keyId;
    owners[place] = identity.index;
    numbers[place] = this.intern(numbers[place] as number, ip, account, keyId);
    return numbers[place] as number;
  }

  private intern(number: number, ip: string, account: string, keyId: string): number {
    return this.defence.internCaller(ip, account, keyId, number === NOBODY ? undefined : number);
  }
}
