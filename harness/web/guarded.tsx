/** Keeps what can't be drawn from taking the rest of the page along: in its place stands a sentence that says so. */
import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary, useRef } from 'preact/hooks';
import { visible } from '../report/text.js';
import { Section } from './section.js';

export interface GuardedProps {
  /** Of the section in its place; the one that could not be drawn would have it. */
  readonly id: string;
  readonly title: string;
  /** What is drawn: when another comes, drawing is tried again. */
  readonly data: unknown;
  readonly children: ComponentChildren;
}

export function Guarded({ id, title, data, children }: GuardedProps) {
  const [error, tryAgain] = useErrorBoundary();
  const drawn = useRef(data);
  useEffect(() => {
    if (drawn.current === data) return;
    drawn.current = data;
    tryAgain();
  }, [data]);
  if (error === undefined) return <>{children}</>;
  return (
    <Section id={id} title={title}>
      <p class="notice bad" role="alert">
        {title}: this part could not be drawn, as if the data in this page were damaged or of another version. (
        {visible(error instanceof Error ? error.message : String(error))})
      </p>
    </Section>
  );
}
