/** A gateway in a venue's clothes, on the command line: which policy it has, and how a client is pointed at it. */
import type { RegisteredAccount } from '../actors/world.js';
import { FloodproofError } from '../errors.js';
import type { Face } from '../gateway/faces/face.js';
import type { Policy } from '../scenario/plan.js';
import { credentialFrom, secretText } from '../signing/keys/credential.js';
import { profileOf } from '../signing/profiles.js';
import { quote } from './own-command.js';
import { packageFile } from './package-file.js';

/** What the venue publishes of its limits, as a policy file. */
export function venuePolicyFile({ policy }: Face): string {
  return packageFile('scenarios', 'policies', policy);
}

/** @throws {FloodproofError} FP_USAGE when clients of the venue can't sign as the policy wants it. */
export function checkVenuePolicy({ name, title, profile }: Face, { auth, file }: Policy): void {
  if (auth === null || auth.profile === profile) return;
  const message = `${file} wants requests signed by the profile ${auth.profile}, and clients of ${title} sign by ${profile}`;
  throw new FloodproofError('FP_USAGE', message, {
    hint: `write "profile: ${profile}" under auth, or leave --policy out for the limits that ${name} publishes`,
  });
}

/** How to try it by hand and from a program: lines for a person, each of which can be copied. */
export function venueLines(face: Face, url: string, registered: RegisteredAccount | undefined): readonly string[] {
  const open = face.routes.find(({ method, requestClass }) => method === 'GET' && requestClass === 'time');
  const lines = open === undefined ? [] : [`  try: curl -i ${quote(url + open.path)}`];
  if (registered === undefined || registered.keyId === '') return lines;
  return [
    ...lines,
    '  try, in JavaScript with ccxt:',
    ...ccxtLines(face, url, registered).map((line) => `    ${line}`),
  ];
}

/** Addresses are replaced by hand: ccxt's sandbox mode would put the venue's own test network back. */
function ccxtLines({ name, profile }: Face, url: string, registered: RegisteredAccount): readonly string[] {
  const signing = profileOf(profile);
  const credential = credentialFrom(signing, registered);
  const keys = {
    apiKey: registered.keyId,
    secret: secretText(signing, credential),
    ...(credential.passphrase !== '' && { password: credential.passphrase }),
  };
  return [
    "import ccxt from 'ccxt';",
    `const exchange = new ccxt.${name}(${JSON.stringify(keys)});`,
    `const api = JSON.stringify(exchange.urls.api).replace(/https?:\\/\\/[^/"]+/g, ${JSON.stringify(url)});`,
    'exchange.urls.api = JSON.parse(api);',
    'console.log(await exchange.fetchBalance());',
  ];
}
