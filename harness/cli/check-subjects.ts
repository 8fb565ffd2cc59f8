/** What `floodproof check` is asked to check: one of the own cores, a package, or a module of the user's. */
import { FloodproofError } from '../errors.js';
import type { PeerContract } from '../invariants/peers/peer.js';
import { proposal } from '../scenario/nearest.js';
import { quote } from './own-command.js';

export interface SubjectFlags {
  readonly core: 'native' | 'ts' | null;
  readonly peer: string | null;
  readonly limiter: string | null;
  readonly url: string | null;
  /** What the server at `url` promises. */
  readonly promise: string | null;
  /** The field by which it tells callers apart; null: the usual one. */
  readonly keyField: string | null;
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

interface Opened {
  /** Options that lead to these contracts again. */
  readonly from: string;
  readonly contracts: readonly PeerContract[];
}

async function open(flags: SubjectFlags): Promise<Opened> {
  const { core, peer, limiter, url } = flags;
  if ([core, peer, limiter, url].filter((flag) => flag !== null).length !== 1) {
    throw new FloodproofError('FP_USAGE', 'say what to check: one of --core, --peer, --limiter and --url', {
      hint: 'for example: floodproof check --peer rate-limiter-flexible',
    });
  }
  if (url === null && (flags.promise !== null || flags.keyField !== null)) {
    throw new FloodproofError('FP_USAGE', '--promise and --key-field are for --url; others bring what they claim');
  }
  if (url !== null) return await openUrl(url, flags);
  if (peer !== null) return { from: `--peer ${quote(peer)}`, contracts: await openPeer(peer) };
  if (limiter !== null) {
    const { loadOwnAdapters } = await import('./own-adapter.js');
    return { from: `--limiter ${quote(limiter)}`, contracts: await loadOwnAdapters(limiter) };
  }
  const { ownCoreContracts } = await import('../invariants/peers/own-core.js');
  const engine = core ?? 'ts';
  return { from: `--core ${engine}`, contracts: ownCoreContracts(engine) };
}

async function openUrl(url: string, { promise, keyField }: SubjectFlags): Promise<Opened> {
  if (promise === null) {
    throw new FloodproofError('FP_USAGE', '--url needs --promise: what the server claims', {
      hint: 'for example: --promise "5 per 10s"',
    });
  }
  const [{ assertEndpointAnswers, httpAdapter }, { contractOfText }] = await Promise.all([
    import('../invariants/peers/http-endpoint.js'),
    import('./promise-text.js'),
  ]);
  const contract = contractOfText(promise);
  const endpoint = { url, ...(keyField === null ? {} : { keyField }) };
  const adapter = httpAdapter(endpoint);
  await assertEndpointAnswers(endpoint);
  const field = keyField === null ? '' : ` --key-field ${quote(keyField)}`;
  const from = `--url ${quote(url)} --promise ${quote(promise)}${field}`;
  return { from, contracts: [{ name: 'url', adapter, contract }] };
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
