/** Where the run came from, and how to play it again. */
import { useRef, useState } from 'preact/hooks';
import type { PageRun } from '../report/page-data.js';
import { Name } from './name.js';
import { ScrollingTable, scrolledByKeys } from './scrolling-table.js';
import { Section } from './section.js';

export function Provenance({ run }: { run: PageRun }) {
  const { verdict, enforcedPolicy: enforced } = run;
  return (
    <Section id="provenance" title="This run">
      {verdict !== null && <Replay command={verdict.replay} />}
      {verdict !== null && verdict.notes.length > 0 && (
        <>
          <h3>Notes</h3>
          <ul class="sentences">
            {verdict.notes.map((note) => (
              <li key={note}>
                <Name text={note} />
              </li>
            ))}
          </ul>
        </>
      )}
      {verdict !== null && (
        <ScrollingTable name="Versions">
          <caption>Versions</caption>
          <tbody>
            {Object.entries(verdict.versions).map(([part, version]) => (
              <tr key={part}>
                <th scope="row">
                  <Name text={part} />
                </th>
                <td>
                  <Name text={version} />
                </td>
              </tr>
            ))}
          </tbody>
        </ScrollingTable>
      )}
      <Source title="Plan" text={run.plan} />
      <Source title="Policy" text={run.policyText ?? run.policyFile} />
      {enforced !== undefined && (
        <Source title="Policy that the target enforced" text={enforced.text ?? enforced.file} />
      )}
    </Section>
  );
}

function Replay({ command }: { command: string }) {
  const code = useRef<HTMLElement>(null);
  const [told, setTold] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(command);
      setTold('Copied.');
    } catch {
      // A browser that refuses the clipboard leaves the text selected, for its own copy command.
      if (code.current !== null) getSelection()?.selectAllChildren(code.current);
      setTold('Selected: copy it with the keyboard.');
    }
  };
  return (
    <>
      <h3>Play it again</h3>
      <p class="command">
        <code ref={code}>
          <Name text={command} />
        </code>{' '}
        <button type="button" onClick={copy}>
          Copy
        </button>{' '}
        <span aria-live="polite">{told}</span>
      </p>
    </>
  );
}

function Source({ title, text }: { title: string; text: string | null }) {
  if (text === null) return null;
  return (
    <>
      <h3>{title}</h3>
      {/* Line by line, since what is visible of a text has no line ends. */}
      <div class="source" {...scrolledByKeys(title)}>
        {text.split('\n').map((line, index) => (
          <div key={`${index}`}>
            <Name text={line} />
          </div>
        ))}
      </div>
    </>
  );
}
