/** A table that scrolls within itself where the window is narrow, by keyboard too. */
import type { ComponentChildren } from 'preact';

interface ScrollingTableProps {
  readonly name: string;
  /** It may be long: it is cut at a height, and scrolls. */
  readonly tall?: boolean;
  /** As wide as what it stands in. */
  readonly wide?: boolean;
  /** Its rows become blocks where the window is narrow; cells have their names in `data-name`. */
  readonly stacks?: boolean;
  readonly children: ComponentChildren;
}

/** What scrolls has to take the focus, or the keys can't scroll it; it is a group, since it is no landmark of the page. */
export function scrolledByKeys(name: string) {
  return { role: 'group', tabIndex: 0, 'aria-label': name } as const;
}

export function ScrollingTable({ name, tall = false, wide = false, stacks = false, children }: ScrollingTableProps) {
  return (
    <div
      class={`scrolling${tall ? ' tall' : ''}${wide ? ' wide' : ''}${stacks ? ' stacks' : ''}`}
      {...scrolledByKeys(name)}
    >
      <table>{children}</table>
    </div>
  );
}
