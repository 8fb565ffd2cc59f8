/** `floodproof gateway`: the embedded gateway in this process, to be tried by hand. */
import process from 'node:process';
import { buildWorld } from '../actors/identities/world.js';
import type { RegisteredAccount } from '../actors/world.js';
import { ExitCode, FloodproofError, formatError } from '../errors.js';
import type { Face, FaceName } from '../gateway/faces/face.js';
import { faceOf } from '../gateway/faces/faces.js';
import { type Gateway, startGateway } from '../gateway/gateway.js';
import type { PolicyChange } from '../gateway/policy-change.js';
import { isPolicyText } from '../scenario/file-kind.js';
import type { Policy } from '../scenario/plan.js';
import { loadScenario } from '../scenario/scenario.js';
import { credentialFrom, secretText } from '../signing/keys/credential.js';
import { profileOf } from '../signing/profiles.js';
import type { Console } from './console.js';
import { fileReader } from './file-reader.js';
import { catchHangup, catchInterrupt } from './interrupt.js';
import { loadPolicyFile } from './load.js';
import { quote } from './own-command.js';
import { meantPath } from './package-file.js';
import { checkVenuePolicy, venueLines, venuePolicyFile } from './venue-gateway.js';

export interface GatewayFlags {
  /** May be left out where there is a venue, whose own it is then. */
  readonly policy?: string;
  readonly venue?: FaceName;
  readonly port: number;
  readonly seed: number;
  readonly engine: 'auto' | 'native' | 'ts';
}

/** One account to try with when the file names no actors. */
const trialAccount: RegisteredAccount = {
  account: 'trader',
  password: 'correct horse battery staple',
  keyId: 'trial-key',
  secret: 'trial-secret',
};
const ACCOUNTS_SHOWN = 3;

/** @throws {FloodproofError} FP_USAGE when neither policy nor venue is named, or they do not go together. */
function open(flags: GatewayFlags, face: Face | null): { policy: Policy; registered: readonly RegisteredAccount[] } {
  const file = flags.policy ?? (face === null ? undefined : venuePolicyFile(face));
  if (file === undefined) {
    throw new FloodproofError('FP_USAGE', 'nothing says which limits the gateway has', {
      hint: 'name a file with --policy, or a venue with --venue',
    });
  }
  const opened = read(meantPath(file), flags.seed);
  if (face !== null) checkVenuePolicy(face, opened.policy);
  return opened;
}

function read(file: string, seed: number): { policy: Policy; registered: readonly RegisteredAccount[] } {
  if (isPolicyText(file, fileReader.read(file))) {
    return { policy: loadPolicyFile(file), registered: [trialAccount] };
  }
  const plan = loadScenario(fileReader, file);
  return { policy: plan.policy, registered: [...buildWorld(plan, seed).registered] };
}

function loginCommand(url: string, { account, password }: RegisteredAccount): string {
  const body = JSON.stringify({ username: account, password });
  return `curl -i ${url}/v1/login -H 'content-type: application/json' -d ${quote(body)}`;
}

function houseLines(url: string, first: RegisteredAccount | undefined): readonly string[] {
  const lines = [`  try: curl -i '${url}/v1/ticker?symbol=BTC-USDT'`];
  return first === undefined ? lines : [...lines, `  try: ${loginCommand(url, first)}`];
}

/** What the holder of a key is given, as clients of the policy's signing profile take it. */
function keyText({ auth }: Policy, { keyId, secret }: RegisteredAccount): string {
  if (keyId === '') return 'no key';
  if (auth === null) return `key ${keyId}  secret ${secret}`;
  const profile = profileOf(auth.profile, auth);
  const credential = credentialFrom(profile, { keyId, secret });
  const { passphrase, privateKey } = credential;
  const parts = [`key ${keyId}`];
  const text = secretText(profile, credential);
  if (text !== '') parts.push(`secret ${text}`);
  if (passphrase !== '') parts.push(`passphrase ${passphrase}`);
  if (privateKey !== '') parts.push(`private key ${JSON.stringify(privateKey)}`);
  return parts.join('  ');
}

/** As a person reads it: `kept: a, b; fresh: c; gone: none`. */
function changeText({ kept, fresh, gone }: PolicyChange): string {
  const named = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
  return `counters kept: ${named(kept)}; fresh: ${named(fresh)}; gone: ${named(gone)}`;
}

/** Reads the policy again; where that is not to be had, everything stays as it is. */
function reload(gateway: Gateway, console: Console, open: () => { readonly policy: Policy }): void {
  try {
    const { policy } = open();
    const change = gateway.change(policy);
    console.result(`now under ${policy.name} (${policy.file}); ${changeText(change)}`);
  } catch (error) {
    if (!(error instanceof FloodproofError)) throw error;
    console.error(formatError(error));
    console.error('the gateway goes on under the policy that it had');
  }
}

/** Serves until Ctrl-C. */
export async function gatewayCommand(flags: GatewayFlags, console: Console): Promise<number> {
  const face = flags.venue === undefined ? null : faceOf(flags.venue);
  const { policy, registered } = open(flags, face);
  const gateway = await startGateway({
    policy,
    engine: flags.engine,
    host: '127.0.0.1',
    port: flags.port,
    registered,
    face: face?.name ?? null,
  });
  if (gateway.note !== '') console.note(gateway.note);
  const ended = untilEnded(() => reload(gateway, console, () => open(flags, face)));
  const clothes = face === null ? '' : ` as ${face.title}`;
  console.result(`gateway at ${gateway.url}${clothes} under ${policy.name} (${policy.file}); Ctrl-C ends it`);
  for (const shown of registered.slice(0, ACCOUNTS_SHOWN)) {
    const { account, password } = shown;
    console.result(`  account ${account}  password ${JSON.stringify(password)}  ${keyText(policy, shown)}`);
  }
  if (registered.length > ACCOUNTS_SHOWN) console.result(`  and ${registered.length - ACCOUNTS_SHOWN} more accounts`);
  console.result(`  kill -HUP ${process.pid} makes it read the policy again`);
  const [first] = registered;
  const lines = face === null ? houseLines(gateway.url, first) : venueLines(face, gateway.url, first);
  for (const line of lines) console.result(line);
  await ended;
  await gateway.close();
  return ExitCode.pass;
}

async function untilEnded(onReload: () => void): Promise<void> {
  const release = catchHangup(onReload);
  await new Promise<void>((resolve) => {
    const interrupt = catchInterrupt(() => {
      interrupt.release();
      resolve();
    });
  });
  release();
}
