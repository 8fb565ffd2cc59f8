/** Makes forgers of those who flood: the server knows their keys under another secret than they sign with. */
import type { RegisteredAccount } from '../../actors/world.js';
import type { BuildStand } from './play-scene.js';

/** In the scene of forgeries the flooder is the last who has a key. */
export function withForgers(build: BuildStand): BuildStand {
  return (policy, registered) => {
    const last = registered.findLastIndex(({ keyId }) => keyId !== '');
    const changed = registered.map(
      (account, index): RegisteredAccount => (index === last ? { ...account, secret: 'not the one it has' } : account),
    );
    return build(policy, changed);
  };
}
