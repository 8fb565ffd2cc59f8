/** The reference page `docs/signing-profiles.md`, made from the profiles and the truth table. */
import type { Coverage, SigningProfile } from './profile.js';
import { type ProfileName, profileNames } from './profile-names.js';
import { profileOf } from './profiles.js';
import { allTamperKinds, kindTable } from './tampers/tamper-kinds.js';
import { kindsOfTruth, truthOf } from './tampers/truth-table.js';

const US_PER_S = 1_000_000;

function row(cells: readonly string[]): string {
  // A bar would end the cell.
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(row)].join('\n');
}

const partNames = ['method', 'path', 'query', 'body', 'host'] as const satisfies readonly (keyof Coverage)[];

function coveredWords(coverage: Coverage): readonly string[] {
  return partNames.map((part) => ({ true: 'yes', false: '-', 'by-method': 'by method' })[String(coverage[part])] ?? '');
}

function proofWords(profile: SigningProfile): string {
  if (profile.kind === 'hmac') return `HMAC-${profile.hash.toUpperCase()} in ${profile.encoding}`;
  switch (profile.keyKind) {
    case 'ed25519':
      return 'Ed25519';
    case 'p256':
      return 'ECDSA P-256';
    case 'rsa':
      return 'RSA';
    case 'token':
    case 'secret-and-passphrase':
      return 'the secret itself';
    case 'secret':
      return profile.name === 'sigv4' ? 'HMAC-SHA256 under a key for a day' : 'the secret itself';
  }
}

function seconds(us: number): string {
  return `${us / US_PER_S} s`;
}

function freshWords({ freshness, defaults }: SigningProfile): string {
  const { windowUs, futureUs, replay } = defaults;
  const again = replay === 'refuse' ? 'once' : 'again while it is fresh';
  switch (freshness) {
    case 'window':
      return `at most ${seconds(windowUs)} old, less than ${seconds(futureUs)} ahead; ${again}`;
    case 'nonce':
      return 'a number that rises from request to request of a key; no time';
    case 'expiry':
      return `until the expiry that it names; ${again}`;
    case 'none':
      return 'for ever, and again';
  }
}

function nameList(kinds: readonly string[]): string {
  return kinds.length === 0 ? 'none.' : `${kinds.map((kind) => `\`${kind}\``).join(', ')}.`;
}

function section(name: ProfileName): string {
  const { title, source, coverage } = profileOf(name);
  const weaknesses = coverage.weaknesses.map((sentence) => `- ${sentence}\n`).join('');
  return `### ${name}

${title}. Written from: ${source}.

${weaknesses === '' ? '' : `${weaknesses}\n`}Must be let in: ${nameList(kindsOfTruth(name, 'accept'))}

Does nothing here: ${nameList(kindsOfTruth(name, 'none'))}
`;
}

/** Text of the page. */
export function profilesPage(): string {
  const overview = profileNames.map((name) => {
    const profile = profileOf(name);
    return [`[\`${name}\`](#${name})`, proofWords(profile), ...coveredWords(profile.coverage), freshWords(profile)];
  });
  const kinds = allTamperKinds.map((kind) => {
    const { what, on } = kindTable[kind];
    const accepting = profileNames.filter((name) => truthOf(name, kind) === 'accept');
    const rejecting = profileNames.filter((name) => truthOf(name, kind) === 'reject');
    const word = accepting.length === 0 ? 'nobody' : accepting.length === profileNames.length ? 'all' : '';
    return [`\`${kind}\``, what, on, word === '' ? accepting.join(', ') : word, String(rejecting.length)];
  });
  return `# Signing profiles

How requests are signed that a policy names by \`auth.profile\`, and what a right verifier of each makes of requests that were
spoiled after they were signed. Made from \`harness/signing\`; a test holds page and tables together, and other tests
hold the tables against the reference verifier and against both engines of the gate.

## What is covered

What is not covered, whoever holds a request in his hands can change. \`by method\`: of GET and DELETE the query is
signed, of other methods the body.

${markdownTable(['profile', 'proof', ...partNames, 'good'], overview)}

## Ways to spoil a request

Tried on: an \`order\` is a POST with a JSON body and a query, a \`plain\` one has no query; a \`reading\` is a GET with escapes and a
blank in its query; a \`cancel\` is a DELETE of a path that ends with a digit. Times are those of the profile's own rules.

${markdownTable(['kind', 'what is spoiled', 'tried on', 'must be let in by', 'must be kept out by'], kinds)}

## Profiles

Everything that is in neither list must be kept out.

${profileNames.map(section).join('\n')}`;
}
