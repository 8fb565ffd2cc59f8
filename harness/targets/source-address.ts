/**
 * How an identity's address reaches the target. Where the system lets a socket be bound to any address of 127.0.0.0/8
 * (Linux), every identity has a source address of its own. Where it has only 127.0.0.1 (macOS), the address travels as
 * the entry that a trusted proxy would have added to X-Forwarded-For, and the run says so. Where the target is not on IPv4
 * loopback all identities have the one address of this machine, and the run says that too.
 */
import { createServer } from 'node:net';

export type IdentityTransport = 'source-address' | 'trusted-hop' | 'one-address';

/** Tries to bind a socket to 127.83.71.2, an address that nothing else uses. */
export async function findIdentityTransport(): Promise<IdentityTransport> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve('trusted-hop'));
    probe.listen({ host: '127.83.71.2', port: 0 }, () => {
      probe.close(() => resolve('source-address'));
    });
  });
}
