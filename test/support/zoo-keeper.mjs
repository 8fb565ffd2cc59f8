/** The task of a pool thread for tests of the zoo's runner: does what the name of the inhabitant says. */
export default function keep({ name, isRight, options }) {
  if (name === 'loops') for (;;);
  if (name === 'throws') throw new Error('the keeper has stumbled');
  return { convicted: name === 'bad', by: [`${isRight} ${options.seed}`], ms: 1, evidence: [] };
}
