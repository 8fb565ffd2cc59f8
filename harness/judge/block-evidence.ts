/** Remembers what shows a false or wrongful block: whom it hit, how often and by what. */
import { Outcome, outcomeNames } from '../actors/outcome.js';
import { type Plan, requestClasses } from '../scenario/plan.js';
import type { BlockJudgement } from './block-oracle.js';
import type { Row } from './row.js';
import { phaseAt, type Selection } from './scope.js';
import { countText, momentText } from './wording.js';

/** Wrongful blocks that are kept, and identities that are spelled out. */
const ROWS_MAX = 1000;
const SHOWN_MAX = 5;
/** Of so many identities the kinds of false blocks are kept; further ones are only known to be there. */
const IDENTITIES_MAX = 100_000;

interface Blocked {
  readonly actor: number;
  /** By phase and kind of block: how often. */
  readonly kinds: Map<string, number>;
}

export class BlockEvidence {
  private readonly plan: Plan;
  private readonly falseBlocks = new Map<number, Blocked>();
  private hasOthers = false;
  private readonly wrongful: Row[] = [];

  constructor(plan: Plan) {
    this.plan = plan;
  }

  judge({ row, shared, own }: BlockJudgement): void {
    const phase = phaseAt(this.plan.phases, row.intendedUs);
    if (phase < 0) return;
    if (shared === 'wrongful' && this.wrongful.length < ROWS_MAX) this.wrongful.push(row);
    if (own !== 'wrongful') return;
    let blocked = this.falseBlocks.get(row.identity);
    if (blocked === undefined) {
      if (this.falseBlocks.size >= IDENTITIES_MAX) {
        this.hasOthers = true;
        return;
      }
      blocked = { actor: row.actor, kinds: new Map() };
      this.falseBlocks.set(row.identity, blocked);
    }
    const kind = `${phase} ${this.blockText(row)}`;
    blocked.kinds.set(kind, (blocked.kinds.get(kind) ?? 0) + 1);
  }

  /** The identities with the most false blocks. */
  falseBlockSentences(selection: Selection, nameOf: (identity: number) => string): string[] {
    const all = [...this.falseBlocks].flatMap(([identity, { actor, kinds }]) => {
      if (!selection.actors.includes(actor)) return [];
      const byBlock = new Map<string, number>();
      for (const [kind, count] of kinds) {
        const space = kind.indexOf(' ');
        if (!selection.phases.includes(Number(kind.slice(0, space)))) continue;
        const block = kind.slice(space + 1);
        byBlock.set(block, (byBlock.get(block) ?? 0) + count);
      }
      const total = [...byBlock.values()].reduce((sum, count) => sum + count, 0);
      return total === 0 ? [] : [{ identity, total, byBlock }];
    });
    all.sort((a, b) => b.total - a.total || a.identity - b.identity);
    const sentences = all.slice(0, SHOWN_MAX).map(({ identity, total, byBlock }) => {
      const kinds = [...byBlock].map(([block, count]) => `${count} x ${block}`).join(', ');
      return `${nameOf(identity)} was falsely blocked ${countText(total, 'time')}: ${kinds}`;
    });
    if (all.length > SHOWN_MAX)
      sentences.push(`and ${countText(all.length - SHOWN_MAX, 'more identity', 'more identities')}`);
    if (this.hasOthers) sentences.push(`these are of the first ${IDENTITIES_MAX} identities that were falsely blocked`);
    return sentences;
  }

  wrongfulSentences(selection: Selection): string[] {
    const rows = this.wrongful.filter(
      (row) =>
        selection.actors.includes(row.actor) && selection.phases.includes(phaseAt(this.plan.phases, row.intendedUs)),
    );
    return rows.slice(0, SHOWN_MAX).map((row) => {
      const actor = this.plan.actors[row.actor]?.name ?? '';
      const { warmupUs } = this.plan;
      return (
        `${actor} ${requestClasses[row.requestClass] ?? ''}, sent at ${momentText(row.sentUs, warmupUs)} and answered at ` +
        `${momentText(row.answeredUs, warmupUs)}, was ${this.blockText(row)} though the cells were there all that time`
      );
    });
  }

  private blockText(row: Row): string {
    const limit = this.plan.policy.limits[row.limit]?.name;
    if (row.outcome === Outcome.refused) return 'refused by the verifier';
    const word = row.outcome === Outcome.never ? 'told "never"' : (outcomeNames[row.outcome] ?? '');
    return limit === undefined ? word : `${word} by ${limit}`;
  }
}
