/**
 * The one table of faults that a scenario or policy file can have, and how they are told. A fault is a value: reading
 * goes on to the end of the file, and one FloodproofError FP_FILE_INVALID carries them all.
 */
import { type Fault, FloodproofError } from '../errors.js';

interface FaultRow {
  readonly means: string;
  /** What to do, where the fault has no better advice of its own. */
  readonly hint: string;
}

export const faultTable = {
  // The text.
  FP_YAML_SYNTAX: { means: 'the text is not YAML 1.2', hint: 'see https://yaml.org/spec/1.2.2 for the syntax' },
  FP_YAML_TAB: { means: 'a tab indents a line', hint: 'indent with spaces' },
  FP_YAML_DUPLICATE_KEY: { means: 'a mapping has a key twice', hint: 'keep one of the two' },
  FP_YAML_DOCUMENTS: {
    means: 'the file holds several YAML documents',
    hint: 'put each document into a file of its own',
  },
  FP_YAML_EMPTY: { means: 'the file holds nothing', hint: 'see docs/scenario-reference.md for the shape of a file' },
  FP_YAML_TAG: {
    means: 'a value has a tag of its own',
    hint: 'remove the tag (!...): only plain YAML values are read',
  },
  FP_YAML_ALIASES: {
    means: 'an alias has no anchor, or aliases make the file too large',
    hint: 'write the values out instead of using aliases (*name)',
  },
  FP_YAML_TOO_LARGE: {
    means: 'the file is longer, deeper or has more values than a file may have',
    hint: 'split the file: at most 1 MiB of text, 20000 values, 32 levels',
  },
  FP_KEY_FORBIDDEN: { means: 'a key that no file may use', hint: 'remove the key' },
  FP_FILE_KIND: {
    means: 'a policy stands where a scenario is wanted, or the other way round',
    hint: 'a scenario has phases and actors and names its policy; a policy has limits',
  },
  // The shape.
  FP_KEY_UNKNOWN: { means: 'a key that is not known here', hint: 'see docs/scenario-reference.md for the keys' },
  FP_KEY_MISSING: { means: 'a key that must be given is not there', hint: 'add the key' },
  FP_TYPE_WRONG: { means: 'a value of another type than is wanted', hint: 'see docs/scenario-reference.md' },
  FP_VALUE_UNKNOWN: { means: 'a word that is none of those allowed', hint: 'use one of the words listed' },
  FP_LIST_LENGTH: { means: 'a list with too few or too many entries', hint: 'add or remove entries' },
  FP_TEXT_INVALID: {
    means: 'a text that is empty, too long, or has control characters in it',
    hint: 'write one line of visible characters',
  },
  FP_NAME_INVALID: {
    means: 'a name that is not kebab-case',
    hint: 'use 1 to 64 of a-z, 0-9 and single hyphens, beginning with a letter',
  },
  FP_NAME_TAKEN: { means: 'a name that is used twice, or that is reserved', hint: 'choose another name' },
  // Quantities.
  FP_DURATION_INVALID: {
    means: 'not a duration',
    hint: 'write a number with its unit: us, ms, s, min, h or d, for example "500ms"',
  },
  FP_DURATION_RANGE: { means: 'a duration out of its range', hint: 'choose a duration in the range stated' },
  FP_RATE_INVALID: { means: 'not a rate', hint: 'write for example "60/s" or "5 per 1s"' },
  FP_RATE_NOT_POSITIVE: {
    means: 'a rate of zero or less',
    hint: 'write a whole number of cells per duration, for example "50 per 1s"',
  },
  FP_RATE_RANGE: { means: 'a rate out of its range', hint: 'choose a rate in the range stated' },
  FP_RATIO_INVALID: { means: 'not a ratio', hint: 'write a share as "0.1%" or 0.001' },
  FP_COUNT_INVALID: { means: 'not a whole number', hint: 'write digits alone, for example 100000' },
  FP_COUNT_RANGE: { means: 'a whole number out of its range', hint: 'choose a number in the range stated' },
  FP_NUMBER_INVALID: { means: 'not a number', hint: 'write digits, for example 0.99' },
  FP_NUMBER_RANGE: { means: 'a number out of its range', hint: 'choose a number in the range stated' },
  // Meaning.
  FP_LIMIT_INEXACT: {
    means: 'a limit that cannot be counted exactly over its horizon of ten years',
    hint: 'write the rate with smaller numbers, for example "1 per 20s" instead of "50000 per 1000001s"',
  },
  FP_LIMIT_CLASS: {
    means: 'a limit counts by key or account, but matches a class that carries none',
    hint: 'match signed classes only (by account also "login"), or count by ip',
  },
  FP_LIMIT_COST: {
    means: 'a cost that no request could ever pay, or for a class that the limit does not match',
    hint: 'give costs up to the capacity, for classes of "match" only',
  },
  FP_LIMIT_BY: {
    means: 'a limit counts by the same thing twice, or has a prefix of addresses without counting by them',
    hint: 'name each part once, and "prefix" only where "ip" is among them',
  },
  FP_LIMIT_AGE: {
    means: 'ages that do not rise, or are for a class that the limit does not match or that is about no order yet',
    hint: 'list the ages of classes of "match", the youngest first',
  },
  FP_LIMIT_CREDIT: {
    means: 'fills of nothing, or of a class that the limit does not match',
    hint: 'name classes of "match", for example { order.place: 1 }',
  },
  FP_LIMIT_SHADOW: {
    means: 'a shadow limit that is to act',
    hint: 'leave out "kill", or "shadow" to enforce the limit',
  },
  FP_BAN_STEPS: {
    means: 'a ladder of bans that falls, or a memory of bans without a ladder',
    hint: 'write rising steps, for example [2min, 10min, 1h], and "forget" only with more than one',
  },
  FP_CLIENT_IP: {
    means: 'proxies that are told by their number and by their addresses, or by neither',
    hint: 'write { trustedHop: 1 } or { trustedProxies: [10.0.0.0/8] }',
  },
  FP_ADDRESS_INVALID: {
    means: 'not a range of addresses',
    hint: 'write an address and the bits that count, for example "10.0.0.0/8" or "2001:db8::/32"',
  },
  FP_REPLAY_SHARE: {
    means: 'the share of one key in the replay memory is larger than the whole',
    hint: 'write a replayPerKey of at most replayCapacity',
  },
  FP_AUTH_PROFILE: {
    means:
      'something of "auth" that the signing profile has no use for, or a profile that no trial account can sign by',
    hint: 'leave it out: the profile says how it is signed and how long it is fresh',
  },
  FP_SCRYPT_INVALID: {
    means: 'parameters that scrypt cannot take',
    hint: 'N is a power of two from 2 to 1048576, and 128 x N x r bytes at most 1 GiB',
  },
  FP_POPULATION_FIXED: {
    means: 'a population for a behaviour that sets its own',
    hint: 'leave "population" out',
  },
  FP_SHARES_ABOVE_ONE: { means: 'shares of one whole that sum to more than 100 %', hint: 'lower one of the shares' },
  FP_REFERENCE_UNKNOWN: { means: 'a phase or actor that the file does not have', hint: 'name one that is listed' },
  FP_REFERENCE_ACCOUNTLESS: {
    means: 'victims who have no accounts, or no keys where keys are wanted',
    hint: 'name an actor that acts under accounts of its own, such as retail-trader',
  },
  FP_REFERENCE_UNSIGNED: {
    means: 'a replay of an actor that signs nothing under this policy',
    hint: 'name an actor that sends requests of a class under "auth.signed" of the policy',
  },
  FP_REFERENCE_UNREADABLE: {
    means: 'a policy file that cannot be read',
    hint: 'the path counts from the folder of the scenario file',
  },
  FP_REFERENCE_CYCLE: { means: 'a file that refers to itself', hint: 'name a policy file' },
  FP_RUN_TOO_LONG: { means: 'warm-up and phases together last too long', hint: 'shorten the phases: at most 366d' },
  FP_RUN_TOO_LARGE: {
    means: 'more requests are expected than a run may have',
    hint: 'lower the rates or shorten the phases: at most 2000000000 requests are expected of a run',
  },
  FP_CAPACITY_UNKNOWN: {
    means: 'a rate is a share of a capacity that nobody tells',
    hint: 'add "capacity: 1000/s" to the file, or give it with --capacity',
  },
  FP_ARRIVALS_INVALID: {
    means: 'numbers of an arrival process that do not fit together',
    hint: 'see the arrival processes in docs/scenario-reference.md',
  },
  FP_TIMES_UNSORTED: { means: 'times that do not rise, or spans that overlap', hint: 'list them in the order of time' },
  FP_TIME_OUTSIDE: {
    means: 'a time at which the run, or the part of it that it belongs to, is over',
    hint: 'times count from the start of the first phase; choose one before the end of the last',
  },
  FP_TRACE_INVALID: {
    means: 'a trace whose format or column is not told',
    hint: 'write format: csv, access-log, har or observations, and "who" for the column that tells callers apart',
  },
  FP_WHO_INVALID: {
    means: 'who arrives is told in two ways, or in none',
    hint: 'write uniform, in-turn, { zipf: 0.99 } or { trace: FILE, who: COLUMN }',
  },
  FP_SETTING_UNUSED: {
    means: 'a setting that this behaviour would not look at',
    hint: 'leave the setting out, or choose another behaviour',
  },
  FP_RETRY_INVALID: {
    means: 'a retry policy whose numbers do not fit together',
    hint: 'write for example { policy: full-jitter, attempts: 3, base: 100ms, cap: 10s }',
  },
  FP_NEED_MISSING: {
    means: 'the scenario does what only some targets can, and does not say so',
    hint: 'add the part to "needs", for example needs: [virtual-time]',
  },
  FP_WEAK_INVALID: {
    means: 'a weak twin that names no expectation of the file, or is the policy itself',
    hint: 'write weak: { policy: FILE, fails: [abuse.leak] } with expectations of this file',
  },
  FP_MAPPING_UNKNOWN: {
    means: 'an id that the catalogue does not have, or that is not known here',
    hint: 'use ids of OWASP (OAT-008, API2:2023), ATT&CK (T1110.004) or CAPEC (CAPEC-60)',
  },
  FP_EXPECTATION_INVALID: {
    means: 'an expectation that cannot be read',
    hint: 'write SUBJECT.METRIC [in PHASE] OPERATOR VALUE, for example "legit.latency.p99 <= max(2x calm, 50ms)"',
  },
  FP_METRIC_UNKNOWN: { means: 'a metric that does not exist', hint: 'see docs/metrics.md for all metrics' },
  FP_UNIT_MISMATCH: {
    means: 'a value in another unit than the metric has',
    hint: 'write the value in the unit stated',
  },
  // Adapters.
  FP_TEMPLATE_INVALID: {
    means: 'a template of an adapter with a place that cannot be filled',
    hint: 'write places as {symbol}, values of the environment as {env:NAME}, and braces as {{ and }}',
  },
  FP_HEADER_INVALID: {
    means: 'a header that cannot be sent, or that is not for an adapter to set',
    hint: 'use letters, digits and hyphens',
  },
  FP_POINTER_INVALID: { means: 'not a JSON pointer', hint: 'write for example "/result/0/orderId"' },
  FP_ADAPTER_SECRET: {
    means: 'a secret, or what may be one, in an adapter',
    hint: 'put it into the environment and write the name of the variable',
  },
  FP_ADAPTER_PARTS: {
    means: 'parts of an adapter that do not go together, or of which one is missing',
    hint: 'see docs/your-own-server.md',
  },
} as const satisfies Record<string, FaultRow>;

export type FaultCode = keyof typeof faultTable;

/** A fault without its place. `message` is a predicate ("must be above 0 cells, got -5"): the path stands before it. */
export interface Complaint {
  readonly code: FaultCode;
  readonly message: string;
  /** Absent: the table's. */
  readonly hint?: string;
}

/** What came of reading a value. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly complaint: Complaint };

export function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}
export function complained(code: FaultCode, message: string, hint?: string): Parsed<never> {
  return { ok: false, complaint: hint === undefined ? { code, message } : { code, message, hint } };
}

/** A value as a message shows it: short, quoted when it is text, free of control characters. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
}

function byPlace(a: Fault, b: Fault): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

/** A summary names no more files than this: each fault says where it is. */
const FILES_NAMED_MAX = 4;

/** All faults as one error: sorted by place, each told once. */
export function invalidFiles(faults: readonly Fault[]): FloodproofError {
  const seen = new Map(faults.map((fault) => [JSON.stringify(fault), fault]));
  const sorted = [...seen.values()].sort(byPlace);
  const files = [...new Set(sorted.map((fault) => fault.file))];
  const count = sorted.length === 1 ? '1 fault' : `${sorted.length} faults`;
  const where = files.length > FILES_NAMED_MAX ? `${files.length} files` : files.join(', ');
  return new FloodproofError('FP_FILE_INVALID', `${count} in ${where}`, { faults: sorted });
}
