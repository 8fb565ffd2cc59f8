/** Light or dark: as the system has it, or as the reader chose. Print is always light. */
import { useLayoutEffect, useState } from 'preact/hooks';

export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const KEY = 'floodproof-theme';

/** A page that was opened from a file may have no storage; then the choice lasts as long as the page. */
function remembered(): ThemeChoice {
  try {
    return themeChoices.find((choice) => choice === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}

function remember(choice: ThemeChoice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Without storage there is nothing to remember it in.
  }
}

/** Whether a media query holds, now and from now on. */
function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useLayoutEffect(() => {
    const list = matchMedia(query);
    const tell = (): void => setHolds(list.matches);
    list.addEventListener('change', tell);
    return () => list.removeEventListener('change', tell);
  }, [query]);
  return holds;
}

/** True from before the browser lays the page out for paper until after. */
export function usePrinting(): boolean {
  const media = useMedia('print');
  const [asked, setAsked] = useState(false);
  useLayoutEffect(() => {
    const before = (): void => setAsked(true);
    const after = (): void => setAsked(false);
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, []);
  return media || asked;
}

export interface Theme {
  readonly choice: ThemeChoice;
  readonly choose: (choice: ThemeChoice) => void;
  readonly shown: 'light' | 'dark';
}

/** Also sets it on the document, from which the style takes its colours, and the charts theirs. */
export function useTheme(printing: boolean): Theme {
  const [choice, setChoice] = useState(remembered);
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const dark = !printing && (choice === 'dark' || (choice === 'system' && systemDark));
  const shown = dark ? 'dark' : 'light';
  document.documentElement.dataset.theme = shown;
  const choose = (next: ThemeChoice): void => {
    remember(next);
    setChoice(next);
  };
  return { choice, choose, shown };
}
