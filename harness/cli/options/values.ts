/** Values and options that more than one command takes. */
import { InvalidArgumentError, Option } from 'commander';

export const SEED_MAX = 2 ** 32 - 1;

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d{1,16}$/.test(text) ? Number(text) + 0 : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

export function seedRange(text: string): { first: number; last: number } {
  const [, from = '', to = ''] = /^(\d{1,10})\.\.(\d{1,10})$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (from !== '' && first <= last && last <= SEED_MAX) return { first, last };
  throw new InvalidArgumentError(
    `It must be two seeds from 0 to ${SEED_MAX}, the smaller first, for example "1..200".`,
  );
}

function speed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const factor = /^\d{1,4}x$/.test(text) ? Number(text.slice(0, -1)) : 0;
  if (factor >= 1 && factor <= 1000) return factor;
  throw new InvalidArgumentError('It must be "max", or a whole number from 1 to 1000 and an x, for example "10x".');
}

export const engineOption = (): Option =>
  new Option('--engine <engine>', 'core of gateway and signer; auto: native, or TypeScript and a line that says why')
    .choices(['auto', 'native', 'ts'])
    .default('auto');
export const speedOption = (): Option =>
  new Option('--speed <speed>', 'core: "max", or how much faster than the clock, "1x" to "1000x"')
    .default(Number.POSITIVE_INFINITY, 'max')
    .argParser(speed);
export const capacityOption = (): Option =>
  new Option(
    '--capacity <rate>',
    'what "60% of capacity" is of: "1000/s", or the file of a probe (default: as each scenario says)',
  );
export const caOption = (): Option => new Option('--ca <file>', 'https: the authorities to trust, PEM');
export const certOption = (): Option => new Option('--cert <file>', 'https: the certificate to show, PEM');
export const keyOption = (): Option => new Option('--key <file>', 'https: its private key, PEM');
export const outOption = (): Option => new Option('--out <dir>', 'where run folders are made').default('results/runs');
export const jsonOption = (): Option => new Option('--json', 'print the suite as one JSON document');
export const junitOption = (): Option => new Option('--junit <file>', 'write a JUnit file of the suite');

export const exitCodes = `
Exit codes:
  0    every expectation held
  1    internal bug
  2    bad usage or file
  3    an expectation did not hold
  4    environment: port taken, target forbidden or not there, disk full
  5    invalid (the generator fell behind) or undecided
  130  interrupted`;
