/**
 * The one table of operating errors. A refusal of a request is never in here: that is a decision, and a value.
 *
 * Each row: the message (what was wrong, what was received), the default hint (what to do), the exit code of the
 * process when the error ends it. `test/unit/errors.test.ts` holds this table and `ARCHITECTURE.md` together.
 */

/** Exit codes of every command. */
export const ExitCode = {
  pass: 0,
  bug: 1,
  usage: 2,
  failed: 3,
  environment: 4,
  inconclusive: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

interface ErrorRow {
  readonly exit: ExitCode;
  readonly hint: string;
}

export const errorTable = {
  // Arguments of the core.
  FP_TIME_INVALID: { exit: ExitCode.bug, hint: 'pass whole microseconds from 0 to 2^53 - 1' },
  FP_CLASS_INVALID: { exit: ExitCode.bug, hint: 'pass an index into the classes that the gate was compiled with' },
  FP_GATE_INVALID: { exit: ExitCode.usage, hint: 'see the list of faults; each names the field' },
  FP_BATCH_INVALID: { exit: ExitCode.bug, hint: 'write records with encodeRecord and pass buffers of matching length' },
  FP_KEY_INVALID: {
    exit: ExitCode.usage,
    hint: 'a key id is 1 to 256 visible ASCII characters, a secret is not empty',
  },
  FP_CALLER_INVALID: { exit: ExitCode.bug, hint: 'pass a number that internCaller of this gate has returned' },
  FP_CALLERS_FULL: { exit: ExitCode.bug, hint: 'intern each caller once; pass texts for callers that come and go' },
  FP_ELEMENTS_INVALID: { exit: ExitCode.bug, hint: 'pass a whole number of elements from 1 to 65535, or leave it out' },
  FP_CREDIT_INVALID: {
    exit: ExitCode.bug,
    hint: 'pass the index of a limit that takes credit, and whole cells from 1 to 2^31 - 1',
  },
  FP_GATE_NAME: {
    exit: ExitCode.usage,
    hint: 'attach with the policy that the name was first used with, or take another name',
  },
  FP_CONTRACT_INVALID: { exit: ExitCode.usage, hint: 'see the list of faults; each names the field' },
  // Files.
  FP_FILE_UNREADABLE: { exit: ExitCode.usage, hint: 'check the path and its permissions' },
  FP_FILE_EMPTY: { exit: ExitCode.usage, hint: 'name a file, or a folder that holds .yaml files' },
  FP_FILE_INVALID: { exit: ExitCode.usage, hint: 'mend the faults listed above; all of them are listed' },
  FP_CONVERT_EMPTY: {
    exit: ExitCode.usage,
    hint: 'see the reasons above; what no file of ours can say has to be written by hand',
  },
  FP_PART_ABSENT: {
    exit: ExitCode.usage,
    hint: 'such a scenario stands in "floodproof list"; choose one that does not wait',
  },
  // Environment.
  FP_ENGINE_ABSENT: {
    exit: ExitCode.environment,
    hint: 'run "npm run build:native" (needs Rust, https://rustup.rs), or use --engine ts',
  },
  FP_PACKAGE_ABSENT: { exit: ExitCode.environment, hint: 'install the package that is named with npm' },
  FP_SYSTEM_ABSENT: {
    exit: ExitCode.environment,
    hint: 'leave the option out, or use a system that has what is named',
  },
  FP_PORT_TAKEN: { exit: ExitCode.environment, hint: 'choose another port with --port, or 0 for a free one' },
  FP_PAGE_ABSENT: {
    exit: ExitCode.environment,
    hint: 'build it with "npm run build", or leave --ui out; the package that npm installs has it',
  },
  FP_GATEWAY_FAILED: {
    exit: ExitCode.environment,
    hint: 'run it again; what the gateway process said last, if anything, stands above',
  },
  FP_TARGET_FORBIDDEN: {
    exit: ExitCode.environment,
    hint: 'use http://127.0.0.1:PORT; anything but loopback needs its owner\'s consent, see "floodproof consent --help"',
  },
  FP_CONSENT_KEY: {
    exit: ExitCode.environment,
    hint: 'make a key with "floodproof consent new", and keep it in FLOODPROOF_CONSENT_KEY or a file that FLOODPROOF_CONSENT_KEY_FILE names',
  },
  FP_CONSENT_REFUSED: {
    exit: ExitCode.environment,
    hint: 'ask the owner of the target for a consent that covers it, or make the run smaller',
  },
  FP_CONSENT_LOST: {
    exit: ExitCode.environment,
    hint: 'the run was stopped; "floodproof consent check URL" says what is there now',
  },
  FP_TARGET_UNTRUSTED: {
    exit: ExitCode.environment,
    hint: 'name the authority that has signed its certificate with --ca, or mend the certificate; it is always verified',
  },
  FP_ADAPTER_CREDENTIALS: {
    exit: ExitCode.environment,
    hint: 'set the variables that the adapter names under "credentials"',
  },
  FP_ADAPTER_UNFIT: { exit: ExitCode.usage, hint: 'add to the adapter what is missing; "floodproof doctor" tries it' },
  FP_ADAPTER_MODULE: {
    exit: ExitCode.usage,
    hint: 'mend the module; docs/your-own-server.md says what it is to return',
  },
  FP_HOOK_FAILED: { exit: ExitCode.environment, hint: 'mend the hook, or what it asks for; its own words stand above' },
  FP_INTERRUPTED: { exit: ExitCode.interrupted, hint: 'nothing was judged; give the command again' },
  FP_TARGET_UNREACHABLE: { exit: ExitCode.environment, hint: 'start the target first, and check host and port' },
  FP_DISK: { exit: ExitCode.environment, hint: 'free some space or choose another folder with --out' },
  FP_RUN_UNREADABLE: { exit: ExitCode.usage, hint: 'name a folder made by "floodproof run" (results/runs/...)' },
  FP_LOG_UNREADABLE: { exit: ExitCode.usage, hint: 'see docs/judge-a-log.md for how a log is described' },
  FP_USAGE: { exit: ExitCode.usage, hint: 'see "floodproof --help"' },
  FP_PLUGIN_OPTIONS: { exit: ExitCode.usage, hint: 'see docs/plugins.md for what each option takes' },
  FP_COMPARE_UNLIKE: {
    exit: ExitCode.usage,
    hint: 'compare judged runs of one scenario, one set of limits and one target; --anyway compares what bears the same names',
  },
  FP_BENCH_DISAGREES: {
    exit: ExitCode.failed,
    hint: 'figures of rivals that decide differently say nothing, so none were taken; mend the one that is named',
  },
  FP_ORACLE_RANGE: {
    exit: ExitCode.usage,
    hint: 'shorten the run or write the limit with smaller numbers: exact sums must stay below 2^53',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** One fault of a file: where it stands and how to mend it. */
export interface Fault {
  /** A finer code than the error's, for example FP_RATE_NOT_POSITIVE. */
  readonly code: string;
  readonly file: string;
  /** 1-based; 0 when the place is not known. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
}

/** An operating error. Match on `code`, not on the class: several copies of a module may be loaded. */
export class FloodproofError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly faults: readonly Fault[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown; faults?: readonly Fault[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FloodproofError';
    this.code = code;
    this.hint = options.hint ?? errorTable[code].hint;
    this.faults = options.faults ?? [];
  }

  get exitCode(): ExitCode {
    return errorTable[this.code].exit;
  }
}

/** What a terminal would obey, and what turns the direction of writing: words of a server or a module may hold it. */
const spoiling = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu;

/** The text that a person sees: every fault with its place, then the message, then the hint. */
export function formatError(error: FloodproofError): string {
  const lines: string[] = [];
  for (const fault of error.faults) {
    const place = fault.line > 0 ? `${fault.file}:${fault.line}:${fault.column}` : fault.file;
    lines.push(`error ${fault.code}  ${place}`, `  ${fault.message}`, `  hint: ${fault.hint}`);
  }
  lines.push(`error ${error.code}  ${error.message}`, `  hint: ${error.hint}`);
  return lines.join('\n').replaceAll(spoiling, ' ');
}
