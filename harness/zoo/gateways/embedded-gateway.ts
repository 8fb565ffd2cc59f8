/** The embedded gateway, as it is, in this process. */
import type { RegisteredAccount } from '../../actors/world.js';
import { type Gateway, startGateway } from '../../gateway/gateway.js';
import type { Policy } from '../../scenario/plan.js';
import type { Stand } from './play-scene.js';

export class EmbeddedGateway implements Stand {
  readonly #policy: Policy;
  readonly #registered: readonly RegisteredAccount[];
  #gateway: Gateway | null = null;

  constructor(policy: Policy, registered: readonly RegisteredAccount[]) {
    this.#policy = policy;
    this.#registered = registered;
  }

  async listen(): Promise<string> {
    const policy = { ...this.#policy, password: { scryptN: 2, scryptR: 1, scryptP: 1 } };
    this.#gateway = await startGateway({
      policy,
      engine: 'auto',
      host: '127.0.0.1',
      port: 0,
      registered: this.#registered,
    });
    return this.#gateway.url;
  }

  async close(): Promise<void> {
    await this.#gateway?.close();
  }
}
