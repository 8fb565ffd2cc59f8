/** Who asks, under names that say nothing of who it is: `c1`, `c2` in the order in which they come first. */
import { isSecretName } from './secret-names.js';

/** Callers that are told apart; those beyond share one name. */
const CALLERS_MAX = 100_000;
/** These differ from request to request, or say nothing of who asks. */
const changing = /sign|hmac|nonce|digest|set-cookie|otp|csrf|xsrf/i;

export class CallerNames {
  readonly #names = new Map<string, string>();

  /**
   * By the credentials that stay the same from request to request, else by the address.
   *
   * A header of several parts (`Signature keyId=...`) tells by its key id alone; one with none by its whole value.
   */
  nameOf(address: string, headers: readonly (readonly [string, string])[]): string {
    const held = headers
      .filter(([name]) => isSecretName(name) && !changing.test(name))
      .map(([name, value]) => `${name.toLowerCase()}=${lasting(value)}`);
    const key = held.length === 0 ? address : held.sort().join('\n');
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    if (this.#names.size >= CALLERS_MAX) return 'others';
    const name = `c${this.#names.size + 1}`;
    this.#names.set(key, name);
    return name;
  }

  get count(): number {
    return this.#names.size;
  }
}

/** What stays the same of a credential: the key that a token or a signature names, else all of it. */
function lasting(value: string): string {
  const [, head = '', claims = ''] = /\b(eyJ[\w-]+)\.(eyJ[\w-]+)\.[\w-]*$/.exec(value) ?? [];
  if (head !== '') return memberOf(claims, 'sub') ?? memberOf(head, 'kid') ?? value;
  return /(?:keyid|credential|key)="?([^",;\s/]+)/i.exec(value)?.[1] ?? value;
}

/** A member of a part of a JSON Web Token. */
function memberOf(part: string, name: string): string | null {
  try {
    const member = (JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>)[name];
    return typeof member === 'string' ? member : null;
  } catch {
    return null;
  }
}
