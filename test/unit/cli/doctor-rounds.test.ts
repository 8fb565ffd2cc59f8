import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../harness/actors/outcome.js';
import { ROUND_MS, ROUNDS_MS_MAX, Rounds, type RoundsClock } from '../../../harness/cli/doctor/doctor-rounds.js';
import type { Trial } from '../../../harness/cli/doctor/doctor-trials.js';
import { ANSWER_MS_MAX, type Visit, type VisitEnd } from '../../../harness/cli/doctor/doctor-visit.js';

const trial = {} as Trial;

/** Visits that take so long each, on a clock of their own that begins at 7. */
function practice(options: { takesMs: number; isPaced: boolean; isAnswered?: boolean; stopAt?: number }) {
  const { takesMs, isPaced, isAnswered = true, stopAt = Number.POSITIVE_INFINITY } = options;
  const stop = new AbortController();
  let nowMs = 7;
  const clock: RoundsClock = {
    nowMs: () => nowMs,
    wait: async (ms) => {
      nowMs += ms;
    },
  };
  const sent: { atMs: number; answerMsMax: number }[] = [];
  const visit = async (one: Trial, { answerMsMax }: VisitEnd): Promise<Visit> => {
    sent.push({ atMs: nowMs, answerMsMax });
    nowMs += Math.max(0, Math.min(takesMs, answerMsMax));
    if (sent.length === stopAt) stop.abort();
    return { trial: one, outcome: Outcome.admitted, reading: isAnswered ? {} : null } as Visit;
  };
  return { rounds: new Rounds({ visit }, { isPaced, stop: stop.signal }, clock), sent, now: () => nowMs };
}

describe('the rounds of a doctor', () => {
  it('never begin faster, off loopback, than the rate that the owner is asked for, over two visits of trials too', async () => {
    const { rounds, sent } = practice({ takesMs: 3, isPaced: true });
    await rounds.make([trial, trial, trial]);
    await rounds.make([trial]);
    const gaps = sent.slice(1).map(({ atMs }, index) => atMs - (sent[index]?.atMs ?? 0));
    expect(gaps).toHaveLength(3);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(ROUND_MS);
    expect(sent[0]?.atMs).toBe(7);
  });

  it('wait for nothing on loopback', async () => {
    const { rounds, sent } = practice({ takesMs: 3, isPaced: false });
    await rounds.make([trial, trial, trial]);
    expect(sent.map(({ atMs }) => atMs)).toEqual([7, 10, 13]);
  });

  it('are over within the duration that the owner is asked for, however long each answer takes', async () => {
    const { rounds, sent, now } = practice({ takesMs: ANSWER_MS_MAX, isPaced: true });
    const visits = await rounds.make(Array.from({ length: 9 }, () => trial));
    expect(visits).toHaveLength(9);
    expect(sent.slice(0, 6).every(({ answerMsMax }) => answerMsMax === ANSWER_MS_MAX)).toBe(true);
    // What is asked for no time is not sent.
    expect(sent.slice(6).every(({ answerMsMax }) => answerMsMax <= 0)).toBe(true);
    expect(sent.filter(({ answerMsMax }) => answerMsMax > 0).at(-1)?.atMs).toBeLessThan(7 + ROUNDS_MS_MAX);
    expect(now()).toBeGreaterThanOrEqual(7 + ROUNDS_MS_MAX);
  });

  it('end at the stop, and one that it cut short says nothing', async () => {
    const cut = practice({ takesMs: 3, isPaced: false, stopAt: 2, isAnswered: false });
    expect(await cut.rounds.make([trial, trial, trial])).toHaveLength(1);
    expect(cut.sent).toHaveLength(2);
    const answered = practice({ takesMs: 3, isPaced: false, stopAt: 2 });
    expect(await answered.rounds.make([trial, trial, trial])).toHaveLength(2);
  });
});
