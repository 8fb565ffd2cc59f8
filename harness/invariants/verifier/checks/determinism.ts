/** The same history has the same answers: nothing is decided by chance, by another clock or by another verifier. */
import fc from 'fast-check';
import { defineCheck, type Stage } from '../check.js';
import type { VerifyRequest } from '../contract.js';
import { drafts, Pen, starts, walk } from '../drafts.js';
import { forge } from '../signer.js';

interface Asked {
  readonly nowUs: number;
  readonly request: VerifyRequest;
}

async function answersOf(stage: Stage, history: readonly Asked[]): Promise<boolean[]> {
  const answers: boolean[] = [];
  await stage.with(async (desk) => {
    for (const { nowUs, request } of history) answers.push(await desk.ask(nowUs, request));
  });
  return answers;
}

export const determinism = defineCheck({
  name: 'determinism',
  formula: () => 'two verifiers that are asked the same give the same answers',
  histories: (claims) =>
    fc.record({
      startUs: starts(claims),
      list: fc.array(fc.tuple(drafts, fc.constantFrom('right', 'again', 'forged')), { minLength: 1, maxLength: 12 }),
    }),
  play: async (stage, { startUs, list }) => {
    const { claims } = stage;
    const pen = new Pen(claims);
    const history: Asked[] = [];
    const steps = [
      ...walk(
        claims,
        startUs,
        list.map(([draft]) => draft),
      ),
    ];
    for (const [index, { draft, nowUs }] of steps.entries()) {
      const right = pen.write(draft, nowUs);
      const kind = list[index]?.[1];
      const last = history.at(-1)?.request;
      if (kind === 'again' && last !== undefined) history.push({ nowUs, request: last });
      else if (kind === 'forged') history.push({ nowUs, request: forge(claims, pen.holderOf(draft).secret, right) });
      else history.push({ nowUs, request: right });
    }
    const first = await answersOf(stage, history);
    await stage.with(async (desk) => {
      for (const [index, { nowUs, request }] of history.entries()) {
        const answer = await desk.ask(nowUs, request);
        const before = first[index] === true ? 'accepted' : 'refused';
        if (answer !== first[index]) desk.fail(`in the same history the last request was ${before} the first time`);
      }
    });
  },
});
