/** What `floodproof check` is asked to check: one of the own cores, a package, or a module of the user's. */
import { FloodproofError } from '../errors.js';
import type { PeerContract } from '../invariants/peers/peer.js';
import { proposal } from '../scenario/nearest.js';
import { quote } from './own-command.js';

export interface SubjectFlags {
  readonly core: 'native' | 'ts' | null;
  readonly peer: string | null;
  readonly limiter: string | null;
  /** The name of one of its contracts; null: all. */
  readonly contract: string | null;
}

export interface CheckSubject extends PeerContract {
  /** Options that lead to this contract again: `--peer limiter --contract token-bucket`. */
  readonly options: string;
}

/**
 * @returns one or more.
 * @throws {FloodproofError} FP_USAGE, FP_PACKAGE_ABSENT, FP_ENGINE_ABSENT, FP_FILE_UNREADABLE, FP_FILE_INVALID
 */
export async function openSubjects(flags: SubjectFlags): Promise<readonly CheckSubject[]> {
  const { from, contracts } = await open(flags);
  const subjects = contracts.map((one) => ({ ...one, options: `${from} --contract ${quote(one.name)}` }));
  if (flags.contract === null) return subjects;
  const wanted = flags.contract;
  const found = subjects.filter(({ name }) => name === wanted);
  if (found.length > 0) return found;
  const names = subjects.map(({ name }) => name);
  throw new FloodproofError('FP_USAGE', `${from} has no contract ${JSON.stringify(wanted)}`, {
    hint: proposal(wanted, names),
  });
}

async function open(flags: SubjectFlags): Promise<{ from: string; contracts: readonly PeerContract[] }> {
  const { core, peer, limiter } = flags;
  if ([core, peer, limiter].filter((flag) => flag !== null).length !== 1) {
    throw new FloodproofError('FP_USAGE', 'say what to check: one of --core, --peer and --limiter', {
      hint: 'for example: floodproof check --peer rate-limiter-flexible',
    });
  }
  if (peer !== null) return { from: `--peer ${quote(peer)}`, contracts: await openPeer(peer) };
  if (limiter !== null) {
    const { loadOwnAdapters } = await import('./own-adapter.js');
    return { from: `--limiter ${quote(limiter)}`, contracts: await loadOwnAdapters(limiter) };
  }
  const { ownCoreContracts } = await import('../invariants/peers/own-core.js');
  const engine = core ?? 'ts';
  return { from: `--core ${engine}`, contracts: ownCoreContracts(engine) };
}

async function openPeer(name: string): Promise<readonly PeerContract[]> {
  const { peers } = await import('../invariants/peers/index.js');
  const peer = peers.find((one) => one.name === name);
  if (peer !== undefined) return await peer.open();
  const names = peers.map((one) => one.name);
  throw new FloodproofError('FP_USAGE', `no package ${JSON.stringify(name)} is known to --peer`, {
    hint: `${proposal(name, names)} Anything else: --limiter with a module of your own`,
  });
}
