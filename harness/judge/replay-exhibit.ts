/**
 * The accepted copies of a signature, each behind the request whose signature was accepted first. That one need not be of
 * the subject, nor in the phase: it is shown so that both can be seen. The most repeated signatures come first.
 */
import { Outcome } from '../actors/outcome.js';
import { SHOWN_MAX, type Shown } from './exhibit.js';
import type { Exhibitor } from './exhibitor.js';
import { Foremost } from './foremost.js';
import type { AcceptedReplay } from './replay-audit.js';
import type { Row } from './row.js';

/** Copies of one signature that are shown: so there is room for several signatures. */
const COPIES_MAX = 4;

interface Copy {
  readonly row: Row;
  readonly times: number;
  readonly isCertain: boolean;
}

function compare(a: Copy, b: Copy): number {
  return (
    Number(b.isCertain) - Number(a.isCertain) ||
    b.times - a.times ||
    a.row.signature - b.row.signature ||
    a.row.concludedUs - b.row.concludedUs
  );
}

export interface ReplaysMeant {
  /** Whether an acceptance counts: its row's phase, and the actors that it is laid to. */
  readonly counts: (row: Row, replay: AcceptedReplay) => boolean;
  readonly showsUnsure: boolean;
  /** `timesAccepted` of the audit of the whole run: of these the first acceptance is remembered. */
  readonly timesAccepted: ReadonlyMap<number, number>;
}

export function ofReplays({ counts, showsUnsure, timesAccepted }: ReplaysMeant): Exhibitor {
  const originals = new Map<number, Row>();
  const copiesOf = new Map<number, number>();
  const copies = new Foremost<Copy>(SHOWN_MAX, compare);
  return {
    seeReplay: (row, replay) => {
      const { signature } = row;
      const times = timesAccepted.get(signature) ?? 0;
      if (row.outcome === Outcome.admitted && times > 0 && !originals.has(signature)) {
        originals.set(signature, { ...row });
      }
      if (replay === null || !counts(row, replay) || (!replay.isCertain && !showsUnsure)) return;
      // A signature that is not remembered by name is not counted either.
      if (replay.isCertain && times > 0) {
        const count = copiesOf.get(signature) ?? 0;
        if (count >= COPIES_MAX) return;
        copiesOf.set(signature, count + 1);
      }
      copies.add({ row: { ...row }, times, isCertain: replay.isCertain });
    },
    shown: () => {
      const shown: Shown[] = [];
      const introduced = new Set<number>();
      for (const { row, isCertain } of copies.items) {
        const original = originals.get(row.signature);
        // The first acceptance may itself be a copy of what was never answered; then it is shown already.
        if (original?.intendedUs === row.intendedUs && introduced.has(row.signature)) continue;
        const isNew = original !== undefined && isCertain && !introduced.has(row.signature);
        if (shown.length + (isNew ? 2 : 1) > SHOWN_MAX) break;
        if (isNew) {
          shown.push({ row: original, role: 'original', isSigned: true });
          introduced.add(row.signature);
        }
        shown.push({ row, isSigned: true, ...(!isCertain && { role: 'unsure' }) });
      }
      return shown;
    },
  };
}
